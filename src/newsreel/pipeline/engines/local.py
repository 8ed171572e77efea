"""Threads on this machine. The heavy work is in C and releases the interpreter lock."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from newsreel.pipeline.stage import OpenStage, Stage

__all__ = ["LocalEngine"]


class LocalEngine:
    """Runs stages on `workers` threads, which stay; each opens a stage once. At most `2 * workers` tables ahead."""

    def __init__(self, workers: int) -> None:
        """Start no thread before there is work."""
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="newsreel")
        self._opened = threading.local()

    def run(self, stage: Stage, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """See `pipeline.stage.Engine`."""
        ahead: deque[Future[list[pa.Table]]] = deque()
        try:
            for table in tables:
                ahead.append(self._pool.submit(self._work, stage, table))
                if len(ahead) >= 2 * self._workers:
                    yield from ahead.popleft().result()
            while ahead:
                yield from ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()

    def _work(self, stage: Stage, table: pa.Table) -> list[pa.Table]:
        # Keyed by identity; the stage is kept with it, so that no other can take its place in memory.
        if not hasattr(self._opened, "stages"):
            self._opened.stages = {}
        stages: dict[int, tuple[Stage, OpenStage]] = self._opened.stages
        if id(stage) not in stages:
            stages[id(stage)] = (stage, stage.open())
        return list(stages[id(stage)][1](table))
