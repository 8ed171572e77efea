"""What turns seconds and boundaries into the tables of the benchmarks of shots, on tiny films."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from bench.encoders.ratios import Interval
from bench.live import curve as live_curve
from bench.live import feeds, plot
from bench.live import report as live_report
from bench.live.carrying import Carried, Load, carry
from bench.shots import files, inference
from bench.shots.agreement import agreement
from bench.shots.contestants import OURS, PACKAGE, boundaries, scored
from bench.shots.footage import frames_of, pieces
from bench.shots.footage import write_film as code_film
from bench.shots.inference import Stretch, infer
from bench.shots.report import Report, lines, write_json
from bench.shots.several import together
from bench.shots.turns import in_turns
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.film_builders import shots, write_film

from newsreel.evaluate.shots.films import CUT, Edit, Film
from newsreel.live.lag import windows_for
from newsreel.models.shots import Windows
from newsreel.models.shots.config import Probabilities
from newsreel.testing.fakes import FakeShotModel

MODEL = FakeShotModel()


class Package:
    """What the package answers, of the fake model: as Newsreel, but for one boundary."""

    def frames(self, frames: np.ndarray) -> Probabilities:
        found = scored(MODEL, frames)
        found[np.flatnonzero(found[:, 0] > 0.5)[0]] = 0
        return found

    def scenes(self, probabilities: Probabilities) -> frozenset[int]:
        return boundaries(probabilities)

    def film(self, path: Path) -> frozenset[int]:
        return self.scenes(self.frames(frames_of(path)))


@pytest.fixture(autouse=True)
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.shots.turns._REST_S", 0)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("bench") / "film.mp4", frames=40, draw=shots(10, 10, 10, 10))


def test_whoever_comes_first_the_warming_round_is_not_kept() -> None:
    seen: list[str] = []
    rounds = [{name: lambda name=name: seen.append(name) or name for name in "ab"} for _ in range(3)]
    turns = in_turns(rounds, lambda _number: None)
    assert sorted(seen) == [*"aaabbb"]
    assert {name: [turn.gave for turn in taken] for name, taken in turns.items()} == {"a": ["a"] * 2, "b": ["b"] * 2}


def test_boundaries_of_one_alone_are_told_by_film_and_frame() -> None:
    found = agreement("so", [("x", 0, frozenset({3, 9}), frozenset({3})), ("y", 500, frozenset(), frozenset({7}))])
    assert str(found) == "so: 1 of 3 boundaries shared, IoU 0.3333; ours alone: x 9; theirs alone: y 507"
    assert agreement("so", []).iou == 1


def test_a_whole_run_is_told_as_markdown_and_json(film: Path, tmp_path: Path) -> None:
    frames, quiet, package = frames_of(film), lambda _number: None, Package()
    stretches = [Stretch("film", 25 * n, piece) for n, piece in enumerate(pieces(frames, 25))]
    inferred = infer(stretches, {OURS: lambda given: scored(MODEL, given)}, package, quiet)
    size = files.measure("small", film, MODEL, lambda given: scored(MODEL, given), package, {}, 2, quiet)
    report = Report(
        machine="a machine",
        date="today",
        rounds=2,
        about={OURS: "fake"},
        inference=inferred,
        sizes=[size],
        several=together([film], MODEL, 1, quiet),
        claims=inference.claims(inferred),
    )
    assert size.frames == inferred.frames == 40
    assert inferred.agreements[0].ours_alone == ("film 10", "film 30")
    assert sum(share.of_whole.median for share in size.shares) == pytest.approx(1, abs=0.2)
    text = "\n\n".join(lines(report))
    for line in (
        "| inference alone, 40 frames | frames/s |",
        "| --- | --- | --- |",
        "IoU 0.3333",
        "floor 0.99: missed",
    ):
        assert line in text
    write_json(report, tmp_path / "made" / "shots.json")
    told = json.loads((tmp_path / "made" / "shots.json").read_text())
    assert told["sizes"][0]["rows"][1]["name"] == PACKAGE
    assert told["verdicts"] == [str(claim) for claim in report.claims]


def test_speed_is_judged_by_the_issue() -> None:
    six = Interval(6.5, 5.5, 7.0)
    row = inference.Row(name=OURS, frames_per_s=six, faster=six)
    found = inference.Inference(frames=1, rows=[row], gains=[], agreements=[], difference_max=0)
    (claim,) = inference.claims(found)
    assert str(claim).endswith("floor 4: reached; aim 6: reached by the median, not by its interval")


def test_a_file_is_made_with_every_picture_at_the_size_asked_for(film: Path, tmp_path: Path) -> None:
    with av.open(str(film)) as container:
        code_film(tmp_path / "made.mp4", container.decode(video=0), (96, 64))
    assert files.bare_decode(tmp_path / "made.mp4") == 40
    with av.open(str(tmp_path / "made.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.average_rate) == (96, 64, 25)


@settings(max_examples=50, deadline=None)
@given(truth=st.integers(0, 40), lag_s=st.sampled_from([*feeds.AIMS]))
def test_the_number_of_feeds_is_found(truth: int, lag_s: float) -> None:
    def run(load: Load) -> Carried:
        late = 0.9 if load.feeds <= truth else 1.1
        lags_s = (late * load.lag_s,)
        busy = 2 * load.feeds / max(truth, 1)
        return Carried(feeds=load.feeds, lags_s=lags_s, frames=100, dropped=0, due=100, busy_cores=busy)

    found = feeds.capacity(Path("film"), lag_s, 1, 20, lambda _load: None, run)
    assert found.most == truth
    tried = [trial.feeds for trial in found.trials]
    assert tried == sorted(set(tried))
    assert len(tried) <= 12


@pytest.mark.parametrize(
    ("lags_s", "frames", "dropped", "held"),
    [
        ((1.0,) * 20, 100, 0, True),
        ((1.0,) * 18 + (2.0,) * 2, 100, 0, False),
        ((1.0,), 90, 0, False),
        ((1.0,), 100, 1, False),
        ((), 100, 0, False),
    ],
)
def test_feeds_hold_where_none_is_late_slow_or_dropped(
    lags_s: tuple[float, ...], frames: int, dropped: int, held: bool
) -> None:
    carried = Carried(feeds=1, lags_s=lags_s, frames=frames, dropped=dropped, due=100, busy_cores=1)
    assert feeds.judged(carried, 1.5).holds is held


def test_feeds_are_carried_as_they_play(film: Path) -> None:
    found = carry(Load(film=str(film), feeds=2, lag_s=0.7, seconds=1.2), MODEL)
    assert found.frames > 20
    assert found.due == pytest.approx(56, abs=6)
    assert found.lags_s
    assert min(found.lags_s) > 0


def test_f1_by_lag_is_told_and_drawn(tmp_path: Path) -> None:
    pictures = np.stack([shots(40, 40)(number) for number in range(80)])
    small = pictures[:, :27, :48].copy()
    made = Film("made", small, pictures, (Edit(CUT, 40, 40),))
    grid = [Windows(6, after=15), Windows(6, after=5)]
    found = live_curve.scored([("generated dev", made)], MODEL, grid, lambda _film, _done: None)
    assert [point.f1.value for point in (found.archive, *found.points)] == [1, 1, 1]
    assert (found.films, found.transitions) == (1, 1)
    assert [windows_for(live_curve.lag_s(windows) + 0.001, 25) for windows in grid] == grid
    trials = _trials()
    capacity = feeds.Capacity(lag_s=1.5, aim=2, most=1, trials=trials)
    report = live_report.Report(
        machine="a machine", date="today", seconds=1, curve=found, one_feed=trials[0], capacities=[capacity]
    )
    text = "\n\n".join(live_report.lines(report))
    for line in ("| 6 | 25 | 15 | 1.14 |", "one feed: p95 1.20 s; aim 1.5", "1, 2 are too many; aim 2: missed"):
        assert line in text
    live_report.write_json(report, tmp_path / "live.json")
    assert json.loads((tmp_path / "live.json").read_text())["verdicts"] == [*live_report.aims(report)]
    assert [path.name for path in plot.draw(report, tmp_path)] == ["lag.png", "feeds.png"]
    assert all((tmp_path / name).stat().st_size > 5_000 for name in ("lag.png", "feeds.png"))


def _trials() -> list[feeds.Trial]:
    def lasting(count: int, late_s: float) -> Iterator[float]:
        yield from (late_s for _ in range(count * 10))

    return [
        feeds.judged(
            Carried(feeds=n, lags_s=tuple(lasting(n, late_s)), frames=100, dropped=0, due=100, busy_cores=n), 1.5
        )
        for n, late_s in ((1, 1.2), (2, 1.7))
    ]
