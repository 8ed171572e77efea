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
    """Runs a stage on `workers` threads, each with its own opened stage, at most `2 * workers` tables ahead."""

    def __init__(self, workers: int) -> None:
        """Take this many threads for each stage."""
        self._workers = workers

    def run(self, stage: Stage, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """See `pipeline.stage.Engine`."""
        opened = threading.local()

        def work(table: pa.Table) -> list[pa.Table]:
            if not hasattr(opened, "stage"):
                opened.stage = stage.open()
            call: OpenStage = opened.stage
            return list(call(table))

        with ThreadPoolExecutor(self._workers, thread_name_prefix=stage.name) as pool:
            ahead: deque[Future[list[pa.Table]]] = deque()
            try:
                for table in tables:
                    ahead.append(pool.submit(work, table))
                    if len(ahead) >= 2 * self._workers:
                        yield from ahead.popleft().result()
                while ahead:
                    yield from ahead.popleft().result()
            finally:
                for future in ahead:
                    future.cancel()
