"""How many records are sent and answered: JSON Lines and comma-separated values, as batch transform has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from newsreel.core.errors import UsageError
from newsreel.service.clouds.records import MOST_RECORDS
from newsreel.service.clouds.rows import read_rows, write_row
from newsreel.service.clouds.tasks import Task
from newsreel.service.encoding import encoded
from newsreel.service.errors import described

__all__ = ["line_of", "read_csv", "read_lines", "row_of"]


def read_lines(body: bytes) -> Sequence[bytes]:
    """Its lines. Raises UsageError for too many."""
    _bounded(body)
    return body.removesuffix(b"\n").split(b"\n")


def read_csv(body: bytes) -> Sequence[list[str]]:
    """Rows of texts. Raises UsageError for too many, and where one cannot tell where they end."""
    _bounded(body)
    try:
        return read_rows(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(f"this is not UTF-8: byte {error.start + 1} is none of a letter there") from None


def line_of(made: object) -> bytes:
    """What was answered to a record, or why nothing was, as a line of JSON without its end."""
    return encoded(described(made) if isinstance(made, Exception) else made)


def row_of(task: Task) -> Callable[[object], bytes]:
    """The same as a row of values; of an error `error`, its type and its message. The task has cells."""

    def write(made: object) -> bytes:
        if isinstance(made, Exception):
            error = described(made)["error"]
            return write_row(["error", error["type"], error["message"]]).encode()
        return write_row(task.cells(made) if task.cells else ()).encode()

    return write


def _bounded(body: bytes) -> None:
    """Before they are told apart, which costs more than counting them."""
    if (lines := body.count(b"\n")) > MOST_RECORDS:
        raise UsageError(
            f"there are {lines:,} lines: send at most {MOST_RECORDS:,} at once, by a smaller MaxPayloadInMB"
        )
