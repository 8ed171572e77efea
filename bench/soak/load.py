"""The load: an open loop of all that is served, with texts of random lengths."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

import numpy as np
from bench.soak.served import Client, Served

from newsreel.ops.loadtest import Target, Traffic
from newsreel.ops.loadtest.address import Address, Requests
from newsreel.ops.loadtest.connection import Request
from newsreel.ops.loadtest.pool import Pool
from newsreel.ops.loadtest.shapes import Task

__all__ = ["LOST", "SHARES", "TIMEOUT_S", "Asked", "Load"]

SHARES: Mapping[Task, float] = {"embed": 0.6, "search": 0.15, "entities": 0.1, "rerank": 0.1, "classify": 0.05}
"""Of the requests, where all of it is served."""

LOST = ("closed", "timeout", "no HTTP", "not connected")
"""What comes in place of an answer."""

TIMEOUT_S = 20.0
_LONG_EVERY = 200
"""Requests to embed, from one text of 10,000 words to the next."""

_MIXES: Mapping[Task, Traffic] = {
    "embed": Traffic(task="embed", mix="mixed", repeat_share=0.2),
    "search": Traffic(task="search", mix="queries"),
    "entities": Traffic(task="entities", mix="documents"),
    "rerank": Traffic(task="rerank", mix="queries"),
    "classify": Traffic(task="classify", mix="documents"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and what became of it."""

    task: Task
    due_s: float
    """By the loop's clock."""
    latency_s: float
    """From when it was due to the end of its answer."""
    outcome: int | str
    """Its status, or one of `LOST`."""


class Load:
    """Asks a service, in the running loop, as a context."""

    def __init__(self, served: Served, client: Client, tasks: Sequence[Task], seed: int) -> None:
        """As this client, for these tasks, as often as their shares say."""
        self.asked: list[Asked] = []
        self.sent = 0
        self._random = np.random.default_rng(seed)
        self._tasks = list(tasks)
        shares = np.array([SHARES[task] for task in tasks])
        self._shares = np.cumsum(shares / shares.sum())
        target = Target(url=served.address, headers=served.headers(client), timeout_s=TIMEOUT_S)
        self._requests = {task: _requests(target, task, seed) for task in tasks}
        self._pool = Pool(Address.of(served.address), target.connections, TIMEOUT_S)
        self._loop = asyncio.get_running_loop()

    async def __aenter__(self) -> Load:
        """Nothing is sent yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Close all connections."""
        await self._pool.__aexit__(kind, error, at)

    async def hold(self, rate: float, stop: asyncio.Event) -> list[Asked]:
        """So many requests a second, at random moments, until told to stop; all of them, once they have ended."""
        first, due_s = len(self.asked), self._loop.time()
        while not stop.is_set():
            due_s += float(self._random.exponential(1 / rate))
            await asyncio.sleep(max(0.0, due_s - self._loop.time()))
            self._send(due_s)
        await self.answered()
        return self.asked[first:]

    async def answered(self) -> None:
        """Return when nothing is on its way."""
        while len(self.asked) < self.sent:
            await asyncio.sleep(0.01)

    def _send(self, due_s: float) -> None:
        number = int(np.searchsorted(self._shares, self._random.random(), side="right"))
        task = self._tasks[min(number, len(self._tasks) - 1)]

        def end(request: Request) -> None:
            outcome = request.outcome if request.outcome is not None else "closed"
            self.asked.append(Asked(task, due_s, self._loop.time() - due_s, outcome))

        self.sent += 1
        self._pool.send(Request(self.sent, due_s, next(self._requests[task]), end))


def _requests(target: Target, task: Task, seed: int) -> Iterator[bytes]:
    made = Requests(target, _MIXES[task], seed)
    short, long = made.of(1), made.long(1)
    while True:
        for _ in range(_LONG_EVERY):
            yield next(short)
        if task == "embed":
            yield next(long)
