"""How many records are written: JSON Lines and comma-separated values, as batch transform sends and takes them."""

from __future__ import annotations

from collections.abc import Sequence

from newsreel.core.errors import UsageError
from newsreel.service.clouds.bodies import parsed
from newsreel.service.clouds.rows import read_rows, write_row
from newsreel.service.clouds.tasks import Task
from newsreel.service.encoding import encoded
from newsreel.service.errors import described

__all__ = ["read_csv", "read_lines", "write_csv", "write_lines"]


def read_lines(body: bytes) -> list[object]:
    """What each line says; the error where it is not JSON."""
    return [_parsed_or_error(line) for line in body.removesuffix(b"\n").split(b"\n")]


def read_csv(body: bytes) -> Sequence[object]:
    """Rows of texts. Raises UsageError where one cannot tell where they end."""
    try:
        return read_rows(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(f"this is not UTF-8: byte {error.start + 1} is none of a letter there") from None


def write_lines(found: Sequence[object]) -> bytes:
    """A line for each, without an end of line behind the last: `AssembleWith: Line` puts it there."""
    return b"\n".join(encoded(described(made) if isinstance(made, Exception) else made) for made in found)


def write_csv(found: Sequence[object], task: Task) -> bytes:
    """A row for each, likewise; of an error `error`, its type and its message. The task has cells."""
    return "\n".join(write_row(_cells(made, task)) for made in found).encode()


def _parsed_or_error(line: bytes) -> object:
    try:
        return parsed(line)
    except UsageError as error:
        return error


def _cells(made: object, task: Task) -> list[object]:
    if isinstance(made, Exception):
        error = described(made)["error"]
        return ["error", error["type"], error["message"]]
    return list(task.cells(made)) if task.cells else []
