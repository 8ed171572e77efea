"""A load test from its first request to its report."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from newsreel.core.errors import UsageError
from newsreel.ops.loadtest.address import Address, Requests
from newsreel.ops.loadtest.arrivals import arrivals
from newsreel.ops.loadtest.connection import Request
from newsreel.ops.loadtest.figures import Step, step
from newsreel.ops.loadtest.knee import Knee, Unclear, search
from newsreel.ops.loadtest.plan import Plan
from newsreel.ops.loadtest.pool import Pool
from newsreel.ops.loadtest.report import Report
from newsreel.ops.loadtest.window import Window

__all__ = ["LoadTest", "Progress", "run"]

_TRIES = 3
"""Of a rate at which the client was late: that may have been another process on its core."""

_CALM_S = 20.0
"""A server that was overrun has so long to work off what it took on."""

_PAUSE_S = 0.1
_TOLD_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a load test is."""

    rate: float
    elapsed_s: float
    total_s: float
    sent: int
    step: Step | None = None
    """What the window measured, at its end."""


async def run(plan: Plan, watch: Callable[[Progress], None] = lambda _: None) -> Report:
    """Load a server as planned. Raises UsageError where it does not answer to begin with.

    In a loop of `clock.exact_loop` requests are sent as much as a millisecond nearer to when they are due.
    """
    return await LoadTest(plan, watch).run()


class LoadTest:
    """One load test, of which a report can be had at any time."""

    def __init__(self, plan: Plan, watch: Callable[[Progress], None] = lambda _: None) -> None:
        """`watch` is called each second and after each window. Raises UsageError."""
        self._plan = plan
        self._watch = watch
        self._address = Address.of(plan.target.url)
        self._requests = Requests(plan.target, plan.traffic, plan.seed)
        self._steps: list[Step] = []
        self._windows = 0
        self._found: list[float] = []
        self._knee: Knee | None = None
        self._unclear = ""
        self._began = datetime.now(UTC)

    async def run(self) -> Report:
        """See `run`."""
        target = self._plan.target
        async with Pool(self._address, target.connections, target.timeout_s) as pool:
            await self._greet(pool)
            if self._plan.rate is not None:
                await self._hold(self._plan.rate, pool)
            else:
                await self._search(pool)
        return self.report()

    def report(self, *, interrupted: bool = False) -> Report:
        """What is known so far."""
        knee = self._knee or (Knee(tuple(self._found)) if self._found else None)
        return Report(
            plan=self._plan,
            address=f"{self._address}{'' if self._address.path else self._requests.path}",
            date=self._began.isoformat(timespec="seconds"),
            steps=tuple(self._steps),
            knee=None if self._unclear else knee,
            unclear=self._unclear,
            interrupted=interrupted,
        )

    async def _greet(self, pool: Pool) -> None:
        answer = await pool.ask(next(self._requests.of(0)))
        if answer.outcome not in range(200, 300):
            raise UsageError(f"{self._address} does not answer as it should: {_in_words(answer)}")

    async def _search(self, pool: Pool) -> None:
        async def sustains(rate: float) -> bool:
            return await self._sustains(rate, pool)

        try:
            self._knee = await search(sustains, self._plan.ladder, self._found)
        except Unclear as error:
            self._unclear = str(error)

    async def _sustains(self, rate: float, pool: Pool) -> bool:
        for _ in range(_TRIES):
            found = await self._hold(rate, pool)
            if found.sustained:
                return True
            await self._calm(pool)
            if not found.client_late:
                return False
        raise Unclear(
            f"at {rate:,.0f} requests a second it is the client that is late ({found.late_p95_ms:.1f} ms at p95, "
            f"{found.cpu_share:.0%} of a core): give it a core of its own (--cpu), or another machine"
        )

    async def _hold(self, rate: float, pool: Pool) -> Step:
        plan, self._windows = self._plan, self._windows + 1
        total_s = plan.warm_up_s + plan.seconds
        due = arrivals(rate, plan.warm_up_s, plan.seconds, plan.long_every_s, (plan.seed, self._windows, 3))
        window = Window(due, self._requests.of(self._windows), self._requests.long(self._windows), pool)
        telling = asyncio.create_task(self._tell(window, rate, total_s))
        try:
            await window.run()
        finally:  # of an interrupted window too
            telling.cancel()
            found = step(window, rate, plan)
            self._steps += [found] if found.sent else []
        self._watch(Progress(rate=rate, elapsed_s=total_s, total_s=total_s, sent=window.sent, step=found))
        return found

    async def _tell(self, window: Window, rate: float, total_s: float) -> None:
        while True:
            await asyncio.sleep(_TOLD_S)
            self._watch(Progress(rate=rate, elapsed_s=window.elapsed_s, total_s=total_s, sent=window.sent))

    async def _calm(self, pool: Pool) -> None:
        """Return when the server answers as it does when nothing else is asked. Raises Unclear."""
        answer = None
        with suppress(TimeoutError):
            async with asyncio.timeout(_CALM_S):
                for data in self._requests.of(0):
                    answer = await pool.ask(data)
                    took_s = asyncio.get_running_loop().time() - answer.due_s
                    if answer.outcome in range(200, 300) and took_s * 1000 <= self._plan.p95_ms:
                        return
                    await asyncio.sleep(_PAUSE_S)
        if answer is not None and answer.outcome not in range(200, 300):
            raise Unclear(f"the server has stopped answering ({_in_words(answer)})")


def _in_words(answer: Request) -> str:
    said = answer.said.decode("utf-8", "replace").strip()
    return f"{answer.outcome}{': ' if said else ''}{said}"
