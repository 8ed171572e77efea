"""What serving adds to inference: a query's p50 beside that of a constant answer, and of the bare embedder."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.encoders.race import FailedError
from bench.encoders.ratios import Interval, median_interval, paired
from bench.encoders.rows import Claim
from bench.serving.cores import kept_to
from bench.serving.field import OURS, Contestant
from bench.serving.lineup import Lineup
from bench.serving.loads import QUERIES, Pace

__all__ = ["CONSTANT", "Overhead", "overhead"]

CONSTANT = Contestant(
    name="Newsreel, a constant",
    about="the same server, the same body, no model",
    command=("{bin}/python", "-m", "bench.serving.constant", "{port}"),
    environment=None,
    variables=OURS.variables,
)

_ROOT = Path(__file__).parents[2]
_RATE = 50.0
"""Requests a second: hardly any of them waits for another."""

_MOST_TIMES = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Overhead:
    """p50, each at the same rate of the same queries, in milliseconds."""

    rate: float
    query_ms: Interval
    constant_ms: Interval
    bare_ms: Interval
    times: Interval
    """A query, as a multiple of the other two together."""

    @property
    def claim(self) -> Claim:
        """That it is no more than 1.5 times: turned round, since a claim is of at least something."""
        found = Interval(1 / self.times.median, 1 / self.times.high, 1 / self.times.low)
        return Claim(
            what="a constant answer and bare inference, as a part of a query's p50", found=found, floor=1 / _MOST_TIMES
        )


def overhead(lineup: Lineup, rounds: int, pace: Pace) -> Overhead:
    """Measure all three in turns. Raises FailedError."""
    lineup.enter(CONSTANT)
    query: list[float] = []
    constant: list[float] = []
    bare: list[float] = []
    for number in range(1, rounds + 1):
        lineup.say(f"overhead: round {number} of {rounds}")
        for contestant, found in ((OURS, query), (CONSTANT, constant)):
            with lineup.started(contestant) as server:
                found.append(server.asking.hold(QUERIES, _RATE, pace, number).quantile(0.5))
        bare.append(statistics.median(_bare(lineup, pace.seconds, number)))
    return Overhead(
        rate=_RATE,
        query_ms=median_interval(query),
        constant_ms=median_interval(constant),
        bare_ms=median_interval(bare),
        times=paired(query, [one + other for one, other in zip(constant, bare, strict=True)]),
    )


def _bare(lineup: Lineup, seconds: float, seed: int) -> list[float]:
    command = [sys.executable, "-m", "bench.serving.bare", str(_RATE), str(seconds), str(seed)]
    with kept_to(lineup.cores.server):
        done = subprocess.run(command, capture_output=True, text=True, cwd=_ROOT, check=False)
    if done.returncode:
        raise FailedError(f"bare inference: {done.stderr.strip().splitlines()[-1:]}")
    found: list[float] = json.loads(done.stdout)
    return found
