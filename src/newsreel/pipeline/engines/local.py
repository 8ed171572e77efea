"""Threads on this machine. The heavy work is in C and releases the interpreter lock."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import Full, Queue

import pyarrow as pa

from newsreel.ingest.wanted import asking
from newsreel.pipeline.stage import OpenStage, Stage

__all__ = ["LocalEngine"]

_TABLES_WAITING = 16
_LOOK_UP_S = 0.1


class LocalEngine:
    """Runs stages on `workers` threads, which stay; each opens a stage once. At most `2 * workers` tables ahead.

    What a stage yields is given on at once, so that work which takes an hour can be kept as it goes. A worker waits
    while `_TABLES_WAITING` of its tables are not fetched.
    """

    def __init__(self, workers: int) -> None:
        """Start no thread before there is work."""
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="newsreel")
        self._opened = threading.local()

    def run(self, stage: Stage, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """See `pipeline.stage.Engine`."""
        ahead: deque[_Task] = deque()
        try:
            for table in tables:
                ahead.append(self._submit(stage, table))
                if len(ahead) >= 2 * self._workers:
                    yield from ahead[0]
                    ahead.popleft()
            while ahead:
                yield from ahead[0]
                ahead.popleft()
        finally:
            for task in ahead:
                task.cancel()

    def run_mixed(self, stage: Stage, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """See `pipeline.stage.Engine`."""
        made: Made = Queue(_TABLES_WAITING)
        running: list[_Task] = []
        stream = iter(tables)
        try:
            running += [self._submit(stage, table, made) for table in islice(stream, self._workers)]
            while running:
                task, result = made.get()
                if result is not None:
                    yield result
                    continue
                task.check()
                running.remove(task)
                running += [self._submit(stage, table, made) for table in islice(stream, 1)]
        finally:
            for task in running:
                task.cancel()

    def _submit(self, stage: Stage, table: pa.Table, made: Made | None = None) -> _Task:
        task = _Task(Queue(_TABLES_WAITING) if made is None else made)
        task.future = self._pool.submit(self._work, stage, table, task)
        return task

    def _work(self, stage: Stage, table: pa.Table, task: _Task) -> None:
        try:
            with asking(task.is_wanted):  # reading a large file for its hash asks it too
                for result in self._open(stage)(table):
                    if not task.put(result):
                        return
        finally:
            task.put(None)

    def _open(self, stage: Stage) -> OpenStage:
        # Keyed by identity; the stage is kept with it, so that no other can take its place in memory.
        if not hasattr(self._opened, "stages"):
            self._opened.stages = {}
        stages: dict[int, tuple[Stage, OpenStage]] = self._opened.stages
        if id(stage) not in stages:
            stages[id(stage)] = (stage, stage.open())
        return stages[id(stage)][1]


Made = Queue[tuple["_Task", pa.Table | None]]
"""What comes out, and of which task; None after its last."""


class _Task:
    """One table's way through a stage, and what has come out of it so far."""

    future: Future[None]

    def __init__(self, made: Made) -> None:
        self._made = made
        self._cancelled = threading.Event()

    def __iter__(self) -> Iterator[pa.Table]:
        while (table := self._made.get()[1]) is not None:
            yield table
        self.check()

    def check(self) -> None:
        """It is over: raise what the stage raised."""
        self.future.result()

    def is_wanted(self) -> bool:
        """Whether anybody will read what comes of it."""
        return not self._cancelled.is_set()

    def put(self, table: pa.Table | None) -> bool:
        """Hand a table on, or None after the last; false when nobody wants it any more."""
        while self.is_wanted():
            try:
                self._made.put((self, table), timeout=_LOOK_UP_S)
                return True
            except Full:
                continue
        return False

    def cancel(self) -> None:
        """Nobody reads this any more."""
        self._cancelled.set()
        self.future.cancel()
