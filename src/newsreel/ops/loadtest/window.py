"""One rate held for a while: an open loop. What is due is sent, whatever has been answered."""

from __future__ import annotations

import asyncio
import gc
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager

from newsreel.ops.loadtest.arrivals import Arrivals
from newsreel.ops.loadtest.connection import Request
from newsreel.ops.loadtest.pool import Pool

__all__ = ["Window"]

_LEAD_S = 0.01
"""From the beginning of a window to when its clock starts."""

_TOGETHER = 8
"""Requests that are due at once are sent in such groups: answers are read in between, however late it is."""


class Window:
    """Sends requests when they are due, and notes when each was sent and answered."""

    def __init__(self, arrivals: Arrivals, short: Iterator[bytes], long: Iterator[bytes], pool: Pool) -> None:
        """Requests are drawn from `short` and `long` as they are needed, each while the one before is on its way."""
        count = len(arrivals.due_s)
        self.arrivals = arrivals
        self.sent = 0
        """The first so many."""

        self.late_s = array("d", bytes(8 * count))
        """How long after each was due the client came to send it. Waiting for a connection is not in it."""

        self.latency_s = array("d", bytes(8 * count))
        """From when each was due to the end of its answer."""

        self.outcomes: list[int | str | None] = [None] * count
        """Statuses, or why there is none."""

        self.said: dict[int | str, str] = {}
        """What the first answer of an outcome that is no success said."""

        self.cpu_share = 0.0
        """Of one core, that the client took."""

        self._due_s: list[float] = arrivals.due_s.tolist()
        self._long: list[bool] = arrivals.long.tolist()
        self._short_requests, self._long_requests = short, long
        self._pool = pool
        self._loop = asyncio.get_running_loop()
        self._began_s = 0.0
        self._ended = 0
        self._all_ended = self._loop.create_future()

    @property
    def elapsed_s(self) -> float:
        """Since its clock started."""
        return self._loop.time() - self._began_s

    async def run(self) -> None:
        """Return when everything was answered, or waited for too long."""
        with _undisturbed():
            began, cpu = time.perf_counter(), time.thread_time()
            self._began_s = self._loop.time() + _LEAD_S
            self._due(self._next(0))
            try:
                await self._all_ended
            finally:
                self.cpu_share = (time.thread_time() - cpu) / (time.perf_counter() - began)

    def _due(self, data: bytes) -> None:
        """Send what is due. The next is made in the meantime."""
        for _ in range(_TOGETHER):
            number, due_s = self.sent, self._began_s + self._due_s[self.sent]
            late_s = self._loop.time() - due_s
            if late_s < 0:
                break
            self.late_s[number] = late_s
            self.sent += 1
            self._pool.send(Request(number, due_s, data, self._end))
            if self.sent == len(self._due_s):
                return
            data = self._next(self.sent)
        self._loop.call_at(self._began_s + self._due_s[self.sent], self._due, data)

    def _next(self, number: int) -> bytes:
        return next(self._long_requests if self._long[number] else self._short_requests)

    def _end(self, request: Request) -> None:
        self.latency_s[request.number] = self._loop.time() - request.due_s
        self.outcomes[request.number] = request.outcome
        if request.outcome != 200 and request.outcome is not None and request.outcome not in self.said:
            self.said[request.outcome] = request.said.decode("utf-8", "replace")
        self._ended += 1
        if self._ended == len(self._due_s) and not self._all_ended.done():
            self._all_ended.set_result(None)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """The collector of garbage stops everything for milliseconds."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
