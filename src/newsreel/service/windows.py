"""Which of very many entries a page shows: a browser should not have to lay them all out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from newsreel.core.times import TimeRange

__all__ = ["around", "last_begun"]


def around(current: int, total: int, most: int) -> range:
    """At most so many of `total` entries, with the current one in their middle where there is room on both sides."""
    first = max(0, min(current - most // 2, total - most))
    return range(first, min(total, first + most))


def last_begun(times: Sequence[TimeRange], moment_ns: int) -> int:
    """The last of these, ordered by their beginning, that has begun by then; the first where none has."""
    return max(0, bisect_right(times, moment_ns, key=lambda time: time.start_ns) - 1)
