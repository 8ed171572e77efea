"""When something was named: items and mentions by day, month, year or decade, whichever makes a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["Bar", "Timeline", "timeline"]

Unit = Literal["day", "month", "year", "decade"]

_MOST: tuple[tuple[Unit, str, int], ...] = (("day", "D", 62), ("month", "M", 60), ("year", "Y", 60))
"""How many of each are shown at most, and numpy's letter for it. Beyond that there are decades, of which 60 suffice."""

_EPOCH, _FIRST, _LAST = 1970, 1678, 2261
"""numpy's first year, and the years that nanoseconds can tell."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of the calendar."""

    first: str
    """Its first day, month or year: `2026-03-09`, `2026-03`, `2026`."""
    last: str
    """Its last, included."""
    items: int
    """Published in it."""
    mentions: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars of one length without a gap, from the first date to the last; those between may be empty."""

    unit: Unit
    bars: tuple[Bar, ...]
    undated: int
    """Items that carry no date."""

    @property
    def most(self) -> int:
        """Items in the fullest bar."""
        return max((bar.items for bar in self.bars), default=0)


def timeline(published_ns: pa.ChunkedArray, mentions: pa.ChunkedArray) -> Timeline:
    """Of items, by when each was published (null where nobody said) and how often it mentions the thing."""
    dated = published_ns.is_valid().to_numpy().astype(bool)
    moments = published_ns.drop_null().to_numpy().astype("datetime64[ns]")
    counts = mentions.to_numpy().astype(np.int64)[dated]
    undated = len(dated) - len(moments)
    if not len(moments):
        return Timeline("year", (), undated)
    for unit, letter, most in _MOST:
        numbers = moments.astype(f"datetime64[{letter}]").astype(np.int64)
        if numbers.max() - numbers.min() < most:
            return Timeline(unit, _bars(numbers, counts, letter), undated)
    return Timeline("decade", _decades(numbers + _EPOCH, counts), undated)


def _bars(numbers: Counts, mentions: Counts, letter: str) -> tuple[Bar, ...]:
    """A bar for each day, month or year."""
    return tuple(
        Bar(name := str(np.datetime64(number, letter)), name, items, mentioned)  # type: ignore[call-overload]
        for number, items, mentioned in _counted(numbers, mentions)
    )


def _decades(years: Counts, mentions: Counts) -> tuple[Bar, ...]:
    return tuple(
        Bar(str(max(number * 10, _FIRST)), str(min(number * 10 + 9, _LAST)), items, mentioned)
        for number, items, mentioned in _counted(years // 10, mentions)
    )


def _counted(numbers: Counts, mentions: Counts) -> Iterator[tuple[int, int, int]]:
    """Every number from the least to the greatest, its items, and their mentions."""
    first = int(numbers.min())
    items, mentioned = np.bincount(numbers - first), np.bincount(numbers - first, weights=mentions)
    for place, (there, said) in enumerate(zip(items.tolist(), mentioned.tolist(), strict=True)):
        yield first + place, there, round(said)
