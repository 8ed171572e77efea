"""What a benchmark of servers makes of its rounds, and one round of it against a server of ours."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from bench.encoders.race import FailedError
from bench.encoders.ratios import Interval
from bench.serving.cores import Cores, kept_to
from bench.serving.day import QUERIES_A_DAY, Day, rates
from bench.serving.lineup import Lineup
from bench.serving.loads import QUERIES, Asking, Latencies, Pace
from bench.serving.overhead import CONSTANT, Overhead
from bench.serving.race import Measured
from bench.serving.rows import claims, cost_rows, latency_rows, rate_rows
from bench.serving.running import Running

OURS, PLAIN, OTHER = "Newsreel", "plain", "other"


def _measured(sustained: dict[str, float], tails_ms: dict[str, float]) -> Measured:
    """Three rounds, in the second of which the machine is half as fast."""
    slow = (1.0, 2.0, 1.0)
    return Measured(
        ready_s={name: [1.0, 2.0, 1.0] for name in sustained},
        memory_mib={name: [200.0 if name == OURS else 600.0] * 3 for name in sustained},
        knees={(name, "queries"): [rate / by for by in slow] for name, rate in sustained.items()},
        rates={"queries": 50.0},
        latencies={(n, "queries"): [Latencies(np.full(10, ms * by)) for by in slow] for n, ms in tails_ms.items()},
        cpu_ms={(name, "queries"): [ms * by for by in slow] for name, ms in tails_ms.items()},
    )


def _point(value: float) -> Interval:
    return Interval(value, value, value)


def test_ratios_are_of_rounds_so_that_a_slow_one_leaves_them_as_they_are() -> None:
    found = _measured({OURS: 800, PLAIN: 100}, {OURS: 4, PLAIN: 12})
    assert [row.ours_times for row in rate_rows(found, OURS)] == [_point(1), _point(8)]
    assert latency_rows(found, OURS)[1].times_ours == (_point(3),) * 3
    assert latency_rows(found, OURS)[1].times_our_cpu == _point(3)
    assert [row.times_our_memory.median for row in cost_rows(found, OURS)] == [1, 3]


def test_each_peer_is_judged_and_the_best_of_them_twice() -> None:
    found = _measured({OURS: 500, PLAIN: 100, OTHER: 400}, {OURS: 4, PLAIN: 12, OTHER: 3})
    judged = claims(rate_rows(found, OURS), latency_rows(found, OURS), plain=PLAIN, peers=frozenset({PLAIN, OTHER}))
    assert [str(claim) for claim in judged] == [
        "queries, sustained, times plain: 5.00 [5.00, 5.00]; floor 2.5: reached; aim 4: reached",
        "queries, sustained, times other: 1.25 [1.25, 1.25]; floor 1: reached",
        "queries, sustained, times other, the best peer: 1.25 [1.25, 1.25]; floor 1: reached; aim 1.5: missed",
        "queries, p99 of plain, times ours: 3.00 [3.00, 3.00]; floor 1: reached",
        "queries, p99 of other, times ours: 0.75 [0.75, 0.75]; floor 1: missed",
    ]


def test_a_quantile_is_a_latency_that_was_measured() -> None:
    assert Latencies(np.array([1.0, 2.0, 30.0, 40.0])).quantile(0.5) == 2.0


@pytest.mark.parametrize(("late", "failed", "counts"), [(False, 0.0, True), (True, 0.0, False), (False, 0.9, False)])
def test_a_peer_that_sustains_nothing_counts_with_the_least_that_was_tried(
    late: bool, failed: float, counts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [SimpleNamespace(rate=rate, sustained=False, client_late=late, failed_share=failed) for rate in (1.2, 0.8)]
    report = SimpleNamespace(knee=None, unclear="not even 0.8", steps=steps)
    monkeypatch.setattr(Asking, "_run", lambda *_: report)
    looked = (QUERIES, [1.0], Pace(seconds=1, warm_up_s=0), 1)
    if counts:
        assert Asking(url="", task="embed").knee(*looked, at_most=True) == 0.8
    else:
        with pytest.raises(FailedError, match="not even"):
            Asking(url="", task="embed").knee(*looked, at_most=True)
    with pytest.raises(FailedError, match="not even"):
        Asking(url="", task="embed").knee(*looked)


@pytest.mark.parametrize(("times", "said"), [(1.4, "reached"), (1.6, "missed")])
def test_serving_may_add_half_of_what_it_is_made_of(times: float, said: str) -> None:
    found = Overhead(rate=50, query_ms=_point(2), constant_ms=_point(1), bare_ms=_point(1), times=_point(times))
    assert str(found.claim).endswith(f"floor 0.666667: {said}")


def test_the_hours_of_a_day_make_all_of_its_queries() -> None:
    assert len(rates()) == 24
    assert sum(rates()) * 3600 == pytest.approx(QUERIES_A_DAY)


def test_cores_are_half_busy_at_most() -> None:
    day = Day(what="", queries=1, peak_rate=8, p50_ms=1, p95_ms=1, p99_ms=1, peak_p95_ms=1, service_ms=100)
    assert (day.busy_cores, day.cores) == (pytest.approx(0.8), 2)


def test_server_and_client_share_no_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {2, 3, 5})
    assert str(Cores.divided()) == "server on core 2, 3, client on core 5"
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {2})
    with pytest.raises(FailedError, match="too few"):
        Cores.divided()


def test_a_server_that_ends_is_told_of_with_its_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "server.log"
    with (
        Running([sys.executable, "-c", "raise SystemExit(3)"], {}, os.sched_getaffinity(0), log) as process,
        pytest.raises(FailedError, match=rf"ended with 3; see {log}"),
    ):
        process.ready_s(9, "/", None)


def test_a_server_is_started_on_its_cores_asked_and_ended(tmp_path: Path) -> None:
    core = frozenset([min(os.sched_getaffinity(0))])
    lineup = Lineup(cache=tmp_path, cores=Cores(server=core, client=core), weights={}, say=lambda _: None)
    lineup.enter(CONSTANT)
    with kept_to(core), lineup.started(CONSTANT) as server:
        pid = server.process.pid
        assert os.sched_getaffinity(pid) == core
        found = server.asking.hold(QUERIES, 20, Pace(seconds=0.5, warm_up_s=0), seed=1)
        assert server.process.memory_bytes() > 20e6
        assert server.process.cpu_s() > 0
    assert len(found.ms) == 10
    assert server.ready_s > 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
