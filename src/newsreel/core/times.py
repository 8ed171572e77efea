"""Time is integer nanoseconds since the Unix epoch, UTC; intervals are half-open."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta

from dateutil import parser as dateutil_parser

from newsreel.core.errors import UsageError

__all__ = ["DAY_NS", "FOREVER_NS", "format_ns", "now_ns", "parse_day_ns", "parse_embargo_ns", "parse_ns", "to_ns"]

NS_PER_S = 1_000_000_000
DAY_NS = 86_400 * NS_PER_S
FOREVER_NS = 2**63 - 1
"""An embargo without an end: "until further notice"."""

_EARLIEST, _LATEST = datetime(1678, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# The zones that have a name in mail and wire headers; any other name is not guessed at.
_ZONES = {
    "Z": "+00:00", "UTC": "+00:00", "GMT": "+00:00", "UT": "+00:00", "WET": "+00:00", "CET": "+01:00", "CEST": "+02:00",
    "EET": "+02:00", "EEST": "+03:00", "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00",
    "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00",
}  # fmt: skip
# All that may be spelled out in a date besides a zone. dateutil would pass over other words, or take them for zones.
_WORDS = frozenset((
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "monday",
    "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", "thu", "thur",
    "thurs", "fri", "sat", "sun", "am", "pm",
))  # fmt: skip
_ZONE_NAME = re.compile(r"(?<=\d) ?([A-Z]{1,5})$")
_DAY_WITH_OFFSET = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})((?:[+-]\d{2}:?\d{2})|Z)")  # NITF: 20080219+0100
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
_DAY_OR_MONTH_FIRST = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{4}")
_ORDINAL_OR_T = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b|(?<=\d)[Tt](?=\d)")
_HAS_YEAR = re.compile(r"(?<!\d)(?:[12]\d{3}|9999)", re.ASCII)
_MAX_LENGTH = 64


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


def parse_ns(text: str) -> int | None:
    """A moment as newsrooms write it (ISO 8601, RFC 2822, `20240131T101500+0000`, EXIF), or None.

    What is not certainly a moment is not one: `01/02/2024`, a zone whose name says nothing, a time without a day. A
    month or day that is missing is the first, a time midnight, a zone UTC. Outside 1678-2261 it is None too.
    """
    moment = _parse(text)
    return to_ns(moment) if moment is not None and _in_range(moment) else None


def parse_embargo_ns(text: str) -> int | None:
    """As `parse_ns`; but a year past 2261 (some write 9999) is `FOREVER_NS`, and one before 1970 is 0."""
    moment = _parse(text)
    if moment is None:
        return None
    if not _in_range(moment):
        return FOREVER_NS if moment.year > 2000 else 0
    return max(to_ns(moment), 0)


def _parse(text: str) -> datetime | None:
    text = " ".join(text.split())
    if not text.isascii() or len(text) > _MAX_LENGTH or not _HAS_YEAR.search(text) or _DAY_OR_MONTH_FIRST.match(text):
        return None
    if len(text) >= 10 and text[4] == text[7] == ":":  # EXIF: 2024:01:31 10:15:00
        text = text[:10].replace(":", "-") + text[10:]
    if day := _DAY_WITH_OFFSET.fullmatch(text):
        text = "{}-{}-{}T00:00:00{}".format(*day.groups())
    text = _ORDINAL_OR_T.sub(" ", _DAY_FIRST.sub(r"\3-\2-\1", text)).strip()
    if (name := _ZONE_NAME.search(text)) and name[1] in _ZONES:
        text = text[: name.start()] + _ZONES[name[1]]
    if not _WORDS.issuperset(word.lower() for word in re.findall(r"[A-Za-z]+", text)):
        return None
    try:
        moment = dateutil_parser.parse(text, default=datetime(1970, 1, 1))
    except (ValueError, OverflowError, TypeError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _in_range(moment: datetime) -> bool:
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
