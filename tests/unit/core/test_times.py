"""Dates: what names a certain moment, and what does not."""

from __future__ import annotations

import pytest

from newsreel.core.errors import UsageError
from newsreel.core.times import FOREVER_NS, format_ns, parse_day_ns
from newsreel.ingest.dates import parse_embargo_ns
from newsreel.ingest.dates import parse_ns as moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01T10:00:00+02:00", "2024-05-01T08:00:00Z"),
        ("20080219T000000+0100", "2008-02-18T23:00:00Z"),
        ("20080219+0100", "2008-02-18T23:00:00Z"),
        ("2024-05-01T10:00:00 EST", "2024-05-01T15:00:00Z"),
        ("Wed, 01 May 2024 10:00:00 GMT", "2024-05-01T10:00:00Z"),
        ("May 1st, 2024 10:00 PM", "2024-05-01T22:00:00Z"),
        ("31.01.2024 10:15", "2024-01-31T10:15:00Z"),
        ("20240131T101500+0000", "2024-01-31T10:15:00Z"),
        ("2024-01-31T10:15:00.123+01:00", "2024-01-31T09:15:00Z"),
        ("Friday, 31 May 2024", "2024-05-31T00:00:00Z"),
        ("May 2024", "2024-05-01T00:00:00Z"),
        ("2024", "2024-01-01T00:00:00Z"),
        ("05.06.2024", "2024-06-05T00:00:00Z"),
        (" 2018-10-12T06:42:04Z \n", "2018-10-12T06:42:04Z"),
    ],
)
def test_certain_moments(text: str, expected: str) -> None:
    found = moment(text)
    assert found is not None
    assert format_ns(found) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "01/02/2024",
        "10:00",
        "2024-05-01 10:00 XYZ",
        "2024-05-01 10:00 E",
        "2024-05-01 10:00 ST",
        "tomorrow",
        "2024-13-45",
        "2024-01-01T00:00:00+25:00",
        "10 11 2024 12:00",
        "1/2 2024",
        "01,02,2024",
        "1 2 3 2024",
        "10:15 2024",
        "Monday 2024",
        "5 6 March 2024",
        "2024-01-31 - 2024-02-05",
        "2024-01-31/2024-02-05",
        "٢٠٢٤",
        "2" * 99,
    ],
)
def test_no_moment_rather_than_a_guess(text: str) -> None:
    assert moment(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z"),
        ("9999-12-31T23:59:59Z", "forever"),
        ("2500-01-01", "forever"),
        ("1960-01-01", "1970-01-01T00:00:00Z"),
        ("01/02/2024", None),
        ("soon", None),
    ],
)
def test_an_embargo_is_never_shortened_by_a_guess(text: str, expected: str | None) -> None:
    found = parse_embargo_ns(text)
    shown = None if found is None else "forever" if found == FOREVER_NS else format_ns(found)
    assert shown == expected


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", "2024-01-01", "2025-01-01"),
        ("2024-12", "2024-12-01", "2025-01-01"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
    ],
)
def test_a_day_month_or_year_is_included_whole(text: str, start: str, end: str) -> None:
    assert parse_day_ns(text) == moment(start)
    assert parse_day_ns(text, end=True) == moment(end)


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13", "2024-02-30", "01/02/2024", "9999", "1", "2024-1-1-1"])
def test_what_is_no_day_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(UsageError, match="write 2024"):
        parse_day_ns(text, end=True)
