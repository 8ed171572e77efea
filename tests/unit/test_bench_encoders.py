"""What turns seconds into claims: the rest of the benchmark is the measuring itself."""

from __future__ import annotations

import io
import random
import sys
from pathlib import Path

import numpy as np
import pytest
from bench.encoders.claims import claims
from bench.encoders.contest import QUICK, hold
from bench.encoders.field import OURS, OURS_ENTITIES, REFERENCE
from bench.encoders.lineup import Lineup
from bench.encoders.operations import operations
from bench.encoders.quality import spearman
from bench.encoders.race import Contestant, FailedError, Runner
from bench.encoders.ratios import Interval, median_interval, paired, ratios_of_quantile, verdict
from bench.encoders.report import QualityRow, Report, show
from bench.encoders.rows import DocumentRow, document_rows, fastest, peak_by_round, query_rows
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from scipy.stats import spearmanr

seconds = st.floats(1e-4, 1e3)


@settings(max_examples=25)
@given(st.lists(seconds, min_size=1, max_size=30))
def test_an_interval_holds_its_median_and_stays_within_what_was_measured(values: list[float]) -> None:
    found = median_interval(values)
    assert min(values) <= found.low <= found.median <= found.high <= max(values)


def test_an_interval_covers_the_true_median_about_as_often_as_it_says() -> None:
    draw = random.Random(5)
    covered = 0
    for _ in range(60):
        found = median_interval([draw.lognormvariate(1.0, 0.3) for _ in range(21)])
        covered += found.low <= np.e <= found.high
    assert covered >= 52


def test_the_same_rounds_give_the_same_interval() -> None:
    assert median_interval([1.0, 2.0, 4.0]) == median_interval([1.0, 2.0, 4.0])


def test_no_rounds_have_no_median() -> None:
    with pytest.raises(ValueError, match="nothing"):
        median_interval([])


def test_a_slow_round_is_in_both_and_leaves_the_ratio_as_it_is() -> None:
    ours = [1.0, 1.0, 30.0, 1.0, 1.0]
    found = paired([3 * second for second in ours], ours)
    assert (found.low, found.median, found.high) == pytest.approx((3, 3, 3))


def test_ratios_need_the_same_rounds() -> None:
    with pytest.raises(ValueError, match="zip"):
        paired([1.0, 2.0], [1.0])


def test_a_quantile_is_of_each_round() -> None:
    ours = [[1.0, 1.0, 2.0]] * 4
    theirs = [[4.0, 4.0, 20.0]] * 4
    assert ratios_of_quantile(theirs, ours, 0.5).median == pytest.approx(4)
    assert ratios_of_quantile(theirs, ours, 1.0).median == pytest.approx(10)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Interval(4.2, 4.0, 4.5), "reached"),
        (Interval(4.2, 3.9, 4.5), "reached by the median, not by its interval"),
        (Interval(3.9, 3.5, 4.5), "missed"),
    ],
)
def test_a_verdict_minds_the_interval(found: Interval, said: str) -> None:
    assert verdict(found, 4) == said


def test_rows_are_beside_ours() -> None:
    rows = query_rows({OURS: [[0.001, 0.001]] * 3, REFERENCE: [[0.008, 0.010]] * 3}, OURS)
    assert [row.times_ours_p50.median for row in rows] == pytest.approx([1, 9])
    assert rows[1].p50_ms.median == pytest.approx(9)


def test_a_share_of_the_peak_is_of_the_same_round() -> None:
    peaks = {"int8": [100.0, 50.0], "fp32": [20.0, 10.0]}
    taken = {(OURS, None): [[2.0], [4.0]]}
    (row,) = document_rows(taken, OURS, documents=4, operations=100, peaks=peaks)
    assert (row.of_int8_peak.low, row.of_int8_peak.high) == pytest.approx((0.5, 0.5))
    assert row.of_fp32_peak.median == pytest.approx(2.5)
    assert row.documents_per_s.median == pytest.approx(1.5)


def test_a_peak_is_the_quickest_product_of_any_engine() -> None:
    assert peak_by_round({"a": [[2.0, 1.0], [4.0, 4.0]], "b": [[3.0, 3.0], [2.0, 5.0]]}, 8) == [8, 4]


def test_the_fastest_setting_is_the_one_least_hindered() -> None:
    assert fastest({8: [[3.0], [9.0]], 32: [[4.0], [4.0]]}) == 8


def test_a_peer_is_judged_by_its_best_batch_size() -> None:
    times = {(OURS, None): [[1.0]] * 3, (REFERENCE, 32): [[5.0]] * 3, (REFERENCE, 8): [[3.0]] * 3}
    peaks = {"int8": [1.0] * 3, "fp32": [1.0] * 3}
    rows = document_rows(times, OURS, documents=1, operations=1, peaks=peaks)
    (claim,) = claims([], [], rows, [])
    assert str(claim) == (
        f"documents, times {REFERENCE} with batches of 8: 3.00 [3.00, 3.00]; floor 2.5: reached; aim 4: missed"
    )


@pytest.mark.parametrize(("ours", "said"), [(86.0, "reached"), (85.8, "missed")])
def test_quality_has_a_floor_and_no_aim(ours: float, said: str) -> None:
    graded = [
        QualityRow(contestant=name, sts_dev=points, sts_test=None, cosine_mean=None, cosine_min=None)
        for name, points in ((OURS, ours), (REFERENCE, 86.2))
    ]
    (claim,) = claims([], [], [], graded)
    assert str(claim).endswith(f"floor -0.3: {said}")


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=50))
def test_rank_correlation_is_scipys(pairs: list[tuple[int, int]]) -> None:
    one, other = ([pair[side] for pair in pairs] for side in (0, 1))
    if len(set(one)) > 1 and len(set(other)) > 1:
        assert spearman(one, other) == pytest.approx(spearmanr(one, other).statistic)


def test_operations_are_those_of_the_matrix_products(tmp_path) -> None:
    shape = '{"num_hidden_layers": 2, "hidden_size": 4, "intermediate_size": 8}'
    (tmp_path / "config.json").write_text(shape)
    projections, feed_forward, attention = 4 * 4 * 4, 2 * 4 * 8, 2 * 3 * 4
    assert operations(tmp_path, [3]) == 2 * 2 * 3 * (projections + feed_forward + attention)
    assert operations(tmp_path, [3, 3]) == 2 * operations(tmp_path, [3])


def graded(contestant: str, dev: float, test: float | None) -> QualityRow:
    return QualityRow(contestant=contestant, sts_dev=dev, sts_test=test, cosine_mean=None, cosine_min=None)


def test_quality_is_judged_on_the_split_that_chose_nothing() -> None:
    (claim,) = claims([], [], [], [graded(OURS, 86.2, 80.0), graded(REFERENCE, 86.2, 82.0)])
    assert str(claim) == "STS-B test, points beside the reference: -2.00 [-2.00, -2.00]; floor -0.3: missed"


def test_quality_is_judged_on_dev_where_one_of_both_lacks_test() -> None:
    (claim,) = claims([], [], [], [graded(OURS, 86.2, 80.0), graded(REFERENCE, 86.2, None)])
    assert claim.what.startswith("STS-B dev")


def test_queries_are_judged_beside_torch_and_the_pipeline_alone() -> None:
    slower = [[0.010]] * 3
    queries = query_rows({OURS: [[0.001]] * 3, REFERENCE: slower, "their int8": slower}, OURS)
    entities = query_rows({OURS_ENTITIES: [[0.001]] * 3, "transformers pipeline": slower}, OURS_ENTITIES)
    judged = claims(queries, entities, [], [])
    assert {claim.what.split(" times ")[1] for claim in judged} == {REFERENCE, "transformers pipeline"}


@pytest.mark.parametrize("measured", [(), ("fp32",), ("fp32", "int8")])
def test_a_peak_that_was_not_measured_has_no_column(measured: tuple[str, ...]) -> None:
    peaks = {kind: [100.0] * 3 for kind in measured}
    times = {(OURS, None): [[1.0]] * 3, (REFERENCE, 8): [[2.0]] * 3}
    rows = document_rows(times, OURS, documents=1, operations=50, peaks=peaks)
    out = io.StringIO()
    show(report(rows), Console(file=out, width=200))
    assert [kind for kind in ("fp32", "int8") if f"of {kind} peak" in out.getvalue()] == list(measured)
    assert out.getvalue().count("50 %") == len(measured)
    assert "2.00 [2.00, 2.00]" in out.getvalue()


def report(documents: list[DocumentRow]) -> Report:
    return Report(
        machine="a machine",
        date="today",
        rounds=3,
        texts="",
        about={},
        versions={},
        left_out=[],
        peaks_gops={},
        queries=[],
        entities=[],
        documents=documents,
        quality=[],
        claims=[],
        notes=[],
    )


def test_without_newsreel_nothing_is_raced(tmp_path: Path) -> None:
    with Lineup(tmp_path, lambda _step: None) as lineup:
        lineup.load(Contestant(name=OURS, module="no_such_module", environment=None), tmp_path)
        with pytest.raises(FailedError, match=f"^{OURS}: ended without an answer"):
            hold(lineup, tmp_path / "no weights: asking for them would fail otherwise", tmp_path, QUICK)


def test_a_peer_never_sees_the_callers_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('the caller leaks')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    peer = Contestant(name="a peer", module="transformers_pipeline", environment="transformers")
    with (
        Runner(peer, sys.executable, tmp_path / "log") as runner,
        pytest.raises(FailedError, match="nothing is loaded yet"),
    ):
        runner.ask("singly")
