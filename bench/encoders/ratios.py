"""From seconds to claims: paired ratios, their intervals, and what they say of an aim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Interval", "median_interval", "paired", "ratios_of_quantile", "verdict"]

_RESAMPLES = 4_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A median with its 95 % bootstrap interval."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        places = 2 if self.median < 10 else 1
        return f"{self.median:.{places}f} [{self.low:.{places}f}, {self.high:.{places}f}]"

    def scaled(self, factor: float) -> Interval:
        """The same in another unit. `factor` is positive."""
        return Interval(self.median * factor, self.low * factor, self.high * factor)


def median_interval(values: Sequence[float]) -> Interval:
    """The median of one value a round (percentile bootstrap over rounds, fixed seed). Raises ValueError on none."""
    if not len(values):
        raise ValueError("a median of nothing")
    rounds = np.asarray(values, np.float64)
    drawn = np.median(np.random.default_rng(0).choice(rounds, (_RESAMPLES, len(rounds))), axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(float(np.median(rounds)), float(low), float(high))


def paired(theirs: Sequence[float], ours: Sequence[float]) -> Interval:
    """How many times ours theirs is, round by round, so that a slow minute of the machine is in both."""
    return median_interval([a / b for a, b in zip(theirs, ours, strict=True)])


def ratios_of_quantile(theirs: Sequence[Sequence[float]], ours: Sequence[Sequence[float]], quantile: float) -> Interval:
    """`paired` for a quantile of each round's seconds: 0.5 or 0.95 of its queries."""
    return paired([float(np.quantile(r, quantile)) for r in theirs], [float(np.quantile(r, quantile)) for r in ours])


def verdict(found: Interval, wanted: float) -> str:
    """Whether a figure that should be at least `wanted` is: surely, by its median alone, or not."""
    if found.low >= wanted:
        return "reached"
    return "reached by the median, not by its interval" if found.median >= wanted else "missed"
