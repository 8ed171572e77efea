"""Rows of RFC 4180, held to the standard library's."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.errors import UsageError
from newsreel.service.clouds.rows import read_rows, write_row

_TEXTS = st.text(st.sampled_from('ab ",\r\né🦓\u2028'), max_size=8)
_ROWS = st.lists(st.lists(_TEXTS, min_size=1, max_size=3), max_size=5)


@given(_ROWS, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_is_written_is_read_again(rows: list[list[str]], end: str, ended: bool) -> None:
    written = end.join(map(write_row, rows)) + (end if ended or rows[-1:] == [[""]] else "")
    assert read_rows(written if rows else "") == rows


@given(_ROWS)
def test_what_others_write_is_read(rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    assert read_rows(written.getvalue()) == rows


@given(_TEXTS)
def test_what_is_read_is_what_a_strict_reader_reads(text: str) -> None:
    try:
        rows = read_rows(text)
    except UsageError:
        return
    theirs = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [row or [""] for row in theirs] == rows


@pytest.mark.parametrize(
    ("text", "line"), [('"a', 1), ('a"b', 1), ('a\n"b"c', 2), ('"a\nb"\n"c" ', 3), ("a\rb", 1), ('""" ', 1)]
)
def test_what_is_no_row_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(UsageError, match=f"^line {line} "):
        read_rows(text)


def test_a_long_text_costs_what_its_length_is() -> None:
    assert read_rows('"' + 'x"",\n' * 1_000_000 + '"') == [['x",\n' * 1_000_000]]
    with pytest.raises(UsageError):
        read_rows('"' + "x" * 5_000_000)
