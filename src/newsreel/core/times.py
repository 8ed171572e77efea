"""Time is integer nanoseconds since the Unix epoch, UTC; intervals are half-open."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from newsreel.core.errors import UsageError

__all__ = [
    "DAY_NS",
    "FOREVER_NS",
    "NS_PER_S",
    "TimeRange",
    "format_ns",
    "in_range",
    "now_ns",
    "parse_day_ns",
    "timecode",
    "to_ns",
]

NS_PER_S = 1_000_000_000
DAY_NS = 86_400 * NS_PER_S
FOREVER_NS = 2**63 - 1
"""An embargo without an end: "until further notice"."""

_EARLIEST, _LATEST = datetime(1678, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class TimeRange:
    """A half-open stretch of a film, in nanoseconds from its beginning."""

    start_ns: int
    end_ns: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_ns <= self.end_ns:
            raise ValueError(f"start_ns {self.start_ns} and end_ns {self.end_ns} are not a time range")

    def overlaps(self, other: TimeRange) -> bool:
        """Whether they have any moment in common."""
        return self.start_ns < other.end_ns and other.start_ns < self.end_ns


def timecode(moment_ns: int) -> str:
    """A place in a film as a reader writes it, to the second, cut off: `0:07`, `12:05`, `1:02:03`."""
    minutes, seconds = divmod(moment_ns // NS_PER_S, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def now_ns() -> int:
    """The wall clock, in nanoseconds since the epoch."""
    return time.time_ns()


def to_ns(moment: datetime) -> int:
    """Nanoseconds since the epoch; a time without a zone is taken as UTC. Raises ValueError outside 1678-2261."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if not _EARLIEST <= aware < _LATEST:
        raise ValueError(f"the year {aware.year} is outside 1678-2261")
    delta = aware - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * NS_PER_S + delta.microseconds * 1_000


def in_range(moment: datetime) -> bool:
    """Whether `to_ns` can tell this moment; it must have a zone."""
    return _EARLIEST <= moment < _LATEST


def parse_day_ns(text: str, *, end: bool = False) -> int:
    """A user's `--from`/`--to`: a day (`2024-01-31`), month, year or ISO time; `end` gives the exclusive end.

    `--to 2024-01-31` includes that whole day. Raises UsageError.
    """
    text = text.strip()
    try:
        parts = [int(p) for p in text.split("-")] if len(text) <= 10 else []
        if len(parts) == 1:
            return to_ns(datetime(parts[0] + end, 1, 1, tzinfo=UTC))
        if len(parts) == 2:
            year, month = divmod(parts[0] * 12 + parts[1] - 1 + end, 12)
            if not 1 <= parts[1] <= 12:
                raise ValueError(text)
            return to_ns(datetime(year, month + 1, 1, tzinfo=UTC))
        if len(parts) == 3:
            day = date(*parts) + timedelta(days=int(end))
            return to_ns(datetime(day.year, day.month, day.day, tzinfo=UTC))
        return to_ns(datetime.fromisoformat(text)) + int(end)
    except (ValueError, OverflowError):
        raise UsageError(f"'{text}' is not a date: write 2024, 2024-01, 2024-01-31 or 2024-01-31T10:15") from None


def format_ns(moment_ns: int) -> str:
    """ISO 8601 in UTC to the second: `2024-01-31T10:15:00Z`."""
    return (_EPOCH + timedelta(seconds=moment_ns // NS_PER_S)).strftime("%Y-%m-%dT%H:%M:%SZ")
