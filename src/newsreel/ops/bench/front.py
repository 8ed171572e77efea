"""Which configurations nothing beats, and which one to run."""

from __future__ import annotations

import math
from collections.abc import Sequence

from newsreel.ops.bench.rows import Row

__all__ = ["choose", "front", "steps"]

_STEP = math.log(1.05)
"""Times and sizes nearer than this count as equal: less does not repeat."""


def front(rows: Sequence[Row], task: str) -> list[Row]:
    """The Pareto front of those that may be chosen: p95 of a query, documents a second, memory and quality.

    A row is on it unless another is as good in all four and better in one.
    """
    scored = [(row, _scores(row)) for row in rows if not row.refused(task)]
    return [row for row, own in scored if not any(_beats(other, own) for _, other in scored)]


def choose(rows: Sequence[Row], task: str, p95_ms: float | None = None) -> Row | None:
    """Of those that may be chosen and whose p95 is within `p95_ms`, the one with the most documents a second.

    Of two alike, the one with less memory. None where there is none.
    """
    within = [row for row in rows if not row.refused(task) and (p95_ms is None or _p95_ms(row) <= p95_ms)]
    return min(within, key=lambda row: (_scores(row)[1:3], _p95_ms(row), row.key), default=None)


def _scores(row: Row) -> tuple[float, float, float, float]:
    """Of each the less the better."""
    if row.measured is None or row.quality is None:
        raise ValueError(f"{row.key} was not measured")
    found, loss = row.measured, round(row.quality.loss, 3)
    return steps(found.query_p95_ms), -steps(found.documents_s), steps(found.memory_mb), loss


def steps(value: float) -> int:
    """Which step of 5% a time, a speed or a size is on: those on one count as equal."""
    return round(math.log(max(value, 1e-9)) / _STEP)


def _beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def _p95_ms(row: Row) -> float:
    return row.measured.query_p95_ms if row.measured else math.inf
