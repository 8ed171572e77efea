"""What servers are asked, and how they stand it: the load test's Python interface, an open loop on loopback."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from bench.encoders.race import FailedError

from newsreel.ops.loadtest import Ladder, LoadTest, Plan, Report, Target, Traffic, exact_loop

__all__ = ["DOCUMENTS", "LOADS", "MIX", "P95_MS", "QUERIES", "SEARCH_P95_MS", "Asking", "Latencies", "Load", "Pace"]

P95_MS = 50.0
"""What 95 of 100 answers may take for a rate to be sustained."""

SEARCH_P95_MS = 250.0
"""The same of a search, most of which is not a model's: on one core it takes 50 ms by itself."""

_LOOK_RATE, _LOOK_S = 10.0, 1.0
"""How a server is looked at for the rate that a search begins with."""

_FIRST_SHARE, _FIRST_FACTOR = 0.7, 1.5
_LATER_FACTOR = 1.25

_TRIES = 3
"""Of a search: the client may have been late, and with an hour's rounds behind it no server is left out for that."""


@dataclass(frozen=True, slots=True)
class Load:
    """Texts, and how long they are."""

    name: str
    mix: Literal["queries", "documents", "mixed"]
    long_every_s: float | None = None


QUERIES = Load("queries", "queries")
DOCUMENTS = Load("documents", "documents")
MIX = Load("mix", "mixed", long_every_s=1.0)
LOADS = (QUERIES, DOCUMENTS, MIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a rate is held."""

    seconds: float
    warm_up_s: float

    @property
    def total_s(self) -> float:
        """With the warm-up, which is in no figure."""
        return self.seconds + self.warm_up_s


@dataclass(frozen=True, slots=True)
class Latencies:
    """Of the answers at one rate. What failed is not among them."""

    ms: npt.NDArray[np.float64] = field(repr=False)

    def quantile(self, quantile: float) -> float:
        """In milliseconds."""
        return float(np.quantile(self.ms, quantile, method="inverted_cdf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A server, and a way to ask it."""

    url: str
    """With the path."""

    task: Literal["embed", "entities", "search"]
    fields: Mapping[str, Any] = field(default_factory=dict)
    p95_ms: float = P95_MS

    def knee(self, load: Load, known: Sequence[float], pace: Pace, seed: int, *, at_most: bool = False) -> float:
        """Requests a second that are sustained; looked for around those `known` from before. Raises FailedError.

        `at_most`: of a server that answers and sustains none at all, the lowest rate that was tried. It is less than
        that, so this is for peers, whom it flatters.
        """
        for _ in range(_TRIES):
            report = self._run(load, pace, seed, None, self._ladder(load, known, seed))
            if report.knee is not None:
                return report.knee.rate
            slowest = min(report.steps, key=lambda step: step.rate)
            answers = not slowest.client_late and slowest.failed_share < 0.5
            if at_most and answers and not slowest.sustained:
                return slowest.rate
        raise FailedError(f"{load.name}: {report.unclear}")

    def hold(self, load: Load, rate: float, pace: Pace, seed: int) -> Latencies:
        """Hold a rate. Raises FailedError where hardly anything is answered."""
        (step,) = self._run(load, pace, seed, rate).steps
        if step.failed_share > 0.5 or not len(step.latencies.ms):
            raise FailedError(f"{load.name}: at {rate:.0f} a second most fail: {dict(step.errors)}")
        return Latencies(step.latencies.ms)

    def _ladder(self, load: Load, known: Sequence[float], seed: int) -> Ladder:
        if known:
            return Ladder(first=statistics.median(known), factor=_LATER_FACTOR, searches=1)
        found = self.hold(load, _LOOK_RATE, Pace(seconds=_LOOK_S, warm_up_s=0), seed)
        first = max(1.0, _FIRST_SHARE * 1000 / found.quantile(0.5))
        return Ladder(first=first, factor=_FIRST_FACTOR, searches=1)

    def _run(self, load: Load, pace: Pace, seed: int, rate: float | None, ladder: Ladder | None = None) -> Report:
        plan = Plan(
            target=Target(url=self.url),
            traffic=Traffic(task=self.task, mix=load.mix, fields=self.fields),
            rate=rate,
            ladder=ladder or Ladder(),
            seconds=pace.seconds,
            warm_up_s=pace.warm_up_s,
            p95_ms=self.p95_ms,
            long_every_s=load.long_every_s,
            seed=seed,
        )
        with asyncio.Runner(loop_factory=exact_loop) as runner:
            return runner.run(LoadTest(plan).run())
