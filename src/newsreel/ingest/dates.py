"""Dates as newsrooms write them. What is not certainly a moment is not one: an embargo must not end by a guess."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from dateutil import parser as dateutil_parser

from newsreel.core.times import FOREVER_NS, in_range, to_ns

__all__ = ["parse_embargo_ns", "parse_ns"]

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
_OFFSET = r"(?: ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?"
_NUMBERS = re.compile(
    rf"\d{{4}}(?:-\d{{1,2}}(?:-\d{{1,2}}(?: {_CLOCK}{_OFFSET})?)?)?|\d{{8}}(?: ?\d{{4}}(?:\d{{2}})?{_OFFSET})?"
)
_TIME = re.compile(rf"{_CLOCK}{_OFFSET}")
_MONTHS = frozenset(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))


def parse_ns(text: str) -> int | None:
    """A moment as newsrooms write it (ISO 8601, RFC 2822, `20240131T101500+0000`, EXIF), or None.

    What is not certainly a moment is not one: `01/02/2024`, a zone whose name says nothing, a time without a day. A
    month or day that is missing is the first, a time midnight, a zone UTC. Outside 1678-2261 it is None too.
    """
    moment = _parse(text)
    return to_ns(moment) if moment is not None and in_range(moment) else None


def parse_embargo_ns(text: str) -> int | None:
    """As `parse_ns`; but a year past 2261 (some write 9999) is `FOREVER_NS`, and one before 1970 is 0."""
    moment = _parse(text)
    if moment is None:
        return None
    if not in_range(moment):
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
    if not (_NUMBERS.fullmatch(text) or _has_one_shape(text)):
        return None
    try:
        moment = dateutil_parser.parse(text, default=datetime(1970, 1, 1))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def _has_one_shape(text: str) -> bool:
    """Whether a date with a month's name says each thing once: a month, a year, at most a day and a time."""
    rest = _TIME.sub(" ", text, count=1)
    words = [w.lower() for w in re.findall(r"[A-Za-z]+", rest)]
    months = [w for w in words if w[:3] in _MONTHS]
    years, days = re.findall(r"(?<!\d)\d{4}(?!\d)", rest), re.findall(r"(?<!\d)\d{1,2}(?!\d)", rest)
    others = re.sub(r"[A-Za-z]+|\d+|[ ,.-]", "", rest)
    return len(months) == 1 and len(years) == 1 and len(days) <= 1 and len(re.findall(r"\d+", rest)) <= 2 and not others
