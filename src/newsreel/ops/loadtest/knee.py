"""The highest rate that a server sustains: looked for upwards, then by halves, and then all over again."""

from __future__ import annotations

import math
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from newsreel.ops.loadtest.plan import Ladder

__all__ = ["EXACT", "Knee", "Unclear", "search"]

EXACT = 1.05
"""A search ends where the lowest rate that broke is within this factor of the highest that was sustained."""

_AGAIN = 1.25
"""The factor of further searches, which begin where the first one ended."""

_LEAST = 0.5
"""Requests a second. What cannot sustain that has no knee."""

Sustains = Callable[[float], Awaitable[bool]]
"""Hold a rate. Raises `Unclear`."""


class Unclear(Exception):  # noqa: N818  # nothing has gone wrong
    """Why the server's knee cannot be told."""


@dataclass(frozen=True, slots=True)
class Knee:
    """Requests a second that are sustained."""

    found: tuple[float, ...]
    """By each search."""

    open_ended: bool = False
    """The highest rate that was tried is sustained too."""

    @property
    def rate(self) -> float:
        """The median of the searches."""
        return statistics.median_low(self.found)

    @property
    def low(self) -> float:
        """Of the interval in which the searches ended."""
        return min(self.found)

    @property
    def high(self) -> float:
        """See `low`."""
        return max(self.found)


async def search(sustains: Sustains, ladder: Ladder, found: list[float]) -> Knee:
    """Search as often as the ladder says. `found` is told of each. Raises Unclear."""
    rate, factor = ladder.first, ladder.factor
    for _ in range(ladder.searches):
        low, broken = await _search(sustains, rate, factor, ladder.most)
        found.append(low)
        if broken is None:
            return Knee((low,), open_ended=True)
        rate, factor = statistics.median_low(found), _AGAIN
    return Knee(tuple(found))


async def _search(sustains: Sustains, rate: float, factor: float, most: float) -> tuple[float, float | None]:
    """The highest rate that was sustained, and the lowest that was not, if any."""
    low: float | None = None
    broken: float | None = None
    while low is None or broken is None:
        if await sustains(rate):
            low = rate
            if rate >= most:
                return low, None
            rate = min(rate * factor, most)
        else:
            broken = rate
            rate /= factor
            if rate < _LEAST and low is None:
                raise Unclear(f"not even {broken:.2g} requests a second are sustained")
    while broken / low > EXACT:
        middle = math.sqrt(low * broken)
        if await sustains(middle):
            low = middle
        else:
            broken = middle
    return low, broken
