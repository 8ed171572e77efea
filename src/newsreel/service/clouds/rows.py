"""Comma-separated values as RFC 4180 has them, whole rows at a time.

The standard library's reader takes what is not well-formed for something else, and has a bound on fields that holds for
the whole process.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from newsreel.core.errors import UsageError

__all__ = ["read_rows", "write_row"]

_FIELD = re.compile(r'(?:"((?:[^"]++|"")*+)"|([^",\r\n]*+))(,|\r?\n|\Z)')
_SPECIAL = re.compile(r'[",\r\n]')


def read_rows(text: str) -> list[list[str]]:
    """The rows, each with at least one field. Raises UsageError with the line where they are not well-formed."""
    rows: list[list[str]] = []
    row: list[str] = []
    at = 0
    while at < len(text) or row:
        found = _FIELD.match(text, at)
        if found is None:
            line = text.count("\n", 0, at) + 1
            raise UsageError(
                f"line {line} is not as RFC 4180 has it: put a text with quotes into quotes, and double them"
            )
        quoted, plain, end = found.groups()
        row.append(plain if quoted is None else quoted.replace('""', '"'))
        if end != ",":
            rows.append(row)
            row = []
        at = found.end()
    return rows


def write_row(fields: Iterable[object]) -> str:
    """One row, without an end of line."""
    return ",".join(map(_written, fields))


def _written(field: object) -> str:
    text = str(field)
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text
