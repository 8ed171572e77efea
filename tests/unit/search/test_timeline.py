"""When something was named."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.times import parse_day_ns
from newsreel.search.timeline import Timeline, timeline


def of(*days: str | None, mentions: int = 1) -> Timeline:
    times = pa.chunked_array([pa.array([None if day is None else parse_day_ns(day) for day in days], pa.int64())])
    return timeline(times, pa.chunked_array([pa.array([mentions] * len(days), pa.int32())]))


def shown(line: Timeline) -> list[tuple[str, str, int]]:
    return [(bar.first, bar.last, bar.items) for bar in line.bars]


def test_days_without_a_gap() -> None:
    line = of("2026-02-27", "2026-03-01T10:15", "2026-03-01T23:59", None, mentions=3)
    assert (line.unit, line.undated, line.most) == ("day", 1, 2)
    assert shown(line) == [
        ("2026-02-27", "2026-02-27", 1),
        ("2026-02-28", "2026-02-28", 0),
        ("2026-03-01", "2026-03-01", 2),
    ]
    assert [bar.mentions for bar in line.bars] == [3, 0, 6]


@pytest.mark.parametrize(
    ("days", "unit", "bars", "first", "last"),
    [
        (("2025-11-03", "2026-02-10"), "month", 4, "2025-11", "2026-02"),
        (("1969-12-31", "2026-01-01"), "year", 58, "1969", "2026"),
        (("1899", "2026"), "decade", 14, "1890", "2029"),
        (("1678", "2261"), "decade", 60, "1678", "2261"),
        (("2026-03-09",), "day", 1, "2026-03-09", "2026-03-09"),
    ],
)
def test_the_unit_fits_the_span(days: tuple[str, ...], unit: str, bars: int, first: str, last: str) -> None:
    line = of(*days)
    assert (line.unit, len(line.bars)) == (unit, bars)
    assert (line.bars[0].first, line.bars[-1].last) == (first, last)


def test_nothing_dated_makes_no_bar() -> None:
    assert of(None, None) == Timeline("year", (), 2)
    assert of() == Timeline("year", (), 0)


@settings(max_examples=30)
@given(st.lists(st.integers(parse_day_ns("1678"), parse_day_ns("2259")), min_size=1, max_size=30))
def test_every_item_is_in_the_bar_whose_dates_hold_it(times: list[int]) -> None:
    made = timeline(pa.chunked_array([pa.array(times)]), pa.chunked_array([pa.array([1] * len(times))]))
    for bar in made.bars:
        begin, end = parse_day_ns(bar.first), parse_day_ns(bar.last, end=True)
        assert bar.items == sum(begin <= time < end for time in times)
    assert sum(bar.items for bar in made.bars) == len(times)
    assert len(made.bars) <= 62
