"""The search for the knee, percentiles, and what is said of them."""

from __future__ import annotations

import asyncio
import math

import numpy as np
import pytest

from newsreel.ops.loadtest import Ladder, Plan, Report, Target, Traffic
from newsreel.ops.loadtest.figures import Latencies, Step
from newsreel.ops.loadtest.knee import EXACT, Knee, Unclear, search


def step(rate: float, ms: float, **more: object) -> Step:
    given: dict[str, object] = {
        "rate": rate,
        "seconds": 1.0,
        "sent": 100,
        "latencies": Latencies(np.full(100, ms)),
        "errors": {},
        "said": {},
        "late_ms": np.full(100, 0.1),
        "cpu_share": 0.1,
        "p95_ms": 50.0,
        "answered_s": 1.0,
        "long": Latencies(np.empty(0)),
        "long_errors": {},
    }
    return Step(**{**given, **more})  # type: ignore[arg-type]


def report(*steps: Step, rate: float | None = None, **more: object) -> Report:
    plan = Plan(target=Target(url="http://127.0.0.1"), traffic=Traffic(), rate=rate)
    given: dict[str, object] = {"address": "http://127.0.0.1/v1/embeddings", "date": "2026-11-22", "knee": None}
    return Report(plan=plan, steps=steps, **{**given, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("able", [0.7, 3.0, 10.0, 137.0, 9000.0])
def test_a_knee_is_found_from_below_and_from_above(able: float) -> None:
    held: list[float] = []

    async def sustains(rate: float) -> bool:
        held.append(rate)
        return rate <= able

    knee = asyncio.run(search(sustains, Ladder(searches=2), []))
    assert able / EXACT <= knee.rate <= able
    assert len(knee.found) == 2 and not knee.open_ended
    assert len(held) < 30


def test_searches_that_differ_make_an_interval() -> None:
    able = iter([100.0] * 9 + [120.0] * 6 + [110.0] * 40)

    async def sustains(rate: float) -> bool:
        return rate <= next(able)

    knee = asyncio.run(search(sustains, Ladder(), []))
    assert knee.low < knee.rate < knee.high


def test_what_never_breaks_and_what_always_does() -> None:
    async def always(rate: float) -> bool:
        return True

    async def never(rate: float) -> bool:
        return False

    assert asyncio.run(search(always, Ladder(most=70.0), [])) == Knee((70.0,), open_ended=True)
    with pytest.raises(Unclear, match="not even"):
        asyncio.run(search(never, Ladder(), []))


def test_percentiles_are_latencies_that_there_were() -> None:
    latencies = Latencies(np.arange(1.0, 201.0))
    assert [latencies.percentile(percent) for percent in (50, 90, 95, 99, 100)] == [100, 180, 190, 198, 200]
    assert math.isinf(Latencies(np.empty(0)).percentile(95))


def test_buckets_hold_all_and_are_nine_percent_wide() -> None:
    latencies = Latencies(np.sort(np.random.default_rng(1).lognormal(2, 1, 1000)))
    buckets = latencies.buckets()
    assert sum(count for _, count in buckets) == 1000
    for upper, count in buckets:
        assert ((latencies.ms <= upper * 1.0001) & (latencies.ms > upper / 2 ** (1 / 8) * 1.0001)).sum() == count


def test_a_rate_is_sustained_within_its_p95_and_one_failure_in_a_hundred() -> None:
    assert step(10, 50.0).sustained
    assert not step(10, 50.1).sustained
    assert step(10, 1.0, errors={"429": 1}).sustained
    assert not step(10, 1.0, errors={"429": 2}).sustained


def test_a_knee_is_said_with_its_interval() -> None:
    steps = [step(90, 20), step(100, 30), step(110, 45), step(120, 60)]
    found = report(*steps, knee=Knee((100, 90, 110)))
    assert found.verdict() == [
        "Sustained with a p95 of at most 50 ms: 100 requests a second (3 searches: 90 to 110, each to within 5%)."
    ]
    assert found.best is steps[2]
    assert found.as_json()["knee"] == {
        "rate": 100, "low": 90, "high": 110, "found": [100, 90, 110], "open_ended": False,
    }  # fmt: skip
    assert "at least 70 requests a second (no more was tried)" in report(knee=Knee((70,), open_ended=True)).verdict()[0]


def test_without_a_knee_it_is_said_why() -> None:
    assert report(step(90, 20), unclear="it went home").verdict() == [
        "The server's knee is not known: it went home.",
        "It is at least 90 requests a second.",
    ]
    assert report(step(90, 20), rate=90).verdict() == [
        "90 requests a second are sustained with a p95 of at most 50 ms: it is 20.0 ms."
    ]
    assert report(interrupted=True).verdict() == ["Interrupted: this is what was known by then."]
    assert report().as_json()["steps"] == []


def test_what_failed_and_what_was_late_is_said() -> None:
    failed = step(80, 1.0, errors={"429": 7}, said={"429": "ask again in 2 s"}, late_ms=np.full(100, 6.0))
    said = report(failed, step(160, 1.0, errors={"429": 50}), rate=160).verdict()
    assert said[0].endswith("are not sustained with a p95 of at most 50 ms: it is 1.0 ms, and 50.0% failed.")
    assert said[1].startswith("At 80 a second the client itself was 6.0 ms late at p95")
    assert said[2:] == ["429 at 80 a second, of 7 requests: ask again in 2 s"]
