"""Many records in one request: each is answered by itself, and those that cannot be say why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import orjson

from newsreel import telemetry
from newsreel.core.errors import BusyError, NewsreelError, OverloadedError, UsageError
from newsreel.service.clouds.tasks import Task
from newsreel.service.errors import described, status_of
from newsreel.service.state import State

__all__ = ["MOST_RECORDS", "Asking", "parsed"]

Written = TypeVar("Written")

MOST_RECORDS = 50_000
"""In one request: what is answered to them has to fit into memory, and is many times as long."""

_AT_ONCE = 512
"""Records that are asked about, and whose answers are written, without a look at what else is to be done."""

_BESIDES = 8
"""Characters' worth of special tokens that a text brings with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a request wants done with its records.

    A record is a row, which is a text or a list of the task's columns, and gets what is said of it alone; or a body of
    the task's own route, and gets that route's answer. As bytes it is JSON that is not read yet.
    """

    state: State
    task: Task
    parameters: Mapping[str, object]
    """For every record that does not say otherwise."""

    at_once: int
    """Characters that are asked about at once, and a longer record alone.

    Whatever a request brings, it does not fill the queue by itself, and so is not refused for its own sake.
    """

    async def one(self, record: object) -> object:
        """What is answered to a record. Raises NewsreelError, RequestValidationError."""
        record = parsed(record) if isinstance(record, bytes) else record
        task, row = self.task, [record] if isinstance(record, str) else record
        if isinstance(row, dict):
            return await task.answer(self.state, task.read({**self.parameters, **row}))
        if not isinstance(row, list) or len(row) != len(task.columns) or not all(isinstance(each, str) for each in row):
            form = "a string" if len(task.columns) == 1 else f"a list of {' and '.join(task.columns)}, both strings"
            raise UsageError(f"give {form}, or an object as the task's own route takes it")
        body = task.read({**self.parameters, **task.body(*row)})
        return task.said(await task.answer(self.state, body))

    async def each(self, records: Sequence[object], write: Callable[[object], Written]) -> list[Written]:
        """What is answered to each, in order, as it is to be written; of one that cannot be answered, the error.

        Raises BusyError: the whole is to be sent again then, and what was made of it is remembered. NotFoundError where
        the task is not served at all, UsageError for too many.
        """
        if len(records) > MOST_RECORDS:
            raise UsageError(f"there are {len(records):,} records: send at most {MOST_RECORDS:,} at once")
        getattr(self.state.inference, self.task.name)  # raises where it is not served
        written: list[Written] = []
        for some in self._some(records):
            try:
                made = await self._together(some)
            except OverloadedError:  # they may be too much for each other, as bodies of a query and many passages are
                made = [await self._or_error(record) for record in some]
            written += map(write, made)
        return written

    async def all(self, records: Sequence[object]) -> list[object]:
        """The same, where one that cannot be answered is an error of the whole."""
        found = await self.each(records, lambda made: made)
        for number, made in enumerate(found, 1):
            if isinstance(made, Exception):
                if status_of(made) >= 500:
                    raise made
                raise UsageError(f"record {number}: {described(made)['error']['message']}") from made
        return found

    async def _together(self, records: Sequence[object]) -> list[object]:
        try:
            async with asyncio.TaskGroup() as group:
                asked = [group.create_task(self._or_error(record)) for record in records]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [each.result() for each in asked]

    async def _or_error(self, record: object) -> object:
        try:
            return await self.one(record)
        except BusyError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the other records are answered
            if status_of(error) >= 500:
                telemetry.failed(error, unforeseen=not isinstance(error, NewsreelError))
            return error

    def _some(self, records: Sequence[object]) -> Iterator[Sequence[object]]:
        start = characters = 0
        for end, record in enumerate(records):
            more = _BESIDES + _characters(record)
            if end > start and (characters + more > self.at_once or end - start == _AT_ONCE):
                yield records[start:end]
                start, characters = end, 0
            characters += more
        yield records[start:]


def parsed(text: bytes) -> object:
    """What JSON says. Raises UsageError."""
    try:
        found: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UsageError(f"this is not JSON in UTF-8: {error}") from None
    return found


def _characters(record: object, levels: int = 3) -> int:
    """About how many, down to the texts in a body's documents."""
    if isinstance(record, str | bytes):
        return len(record)
    parts = record.values() if isinstance(record, dict) else record if isinstance(record, list) else ()
    return sum(_characters(part, levels - 1) for part in parts) if levels else 0
