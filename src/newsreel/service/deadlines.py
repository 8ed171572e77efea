"""How long a caller waits for an answer: until when its headers say, or until it hangs up."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

from newsreel.core.errors import DeadlineError, UsageError

__all__ = ["HEADERS", "documented", "within"]

Answered = TypeVar("Answered")

HEADERS = {"X-Request-Timeout-Ms": 1, "Request-Timeout": 1000}
"""What tells how long the caller waits, in so many milliseconds. Of two limits the shorter one holds."""

_KNOWN = {name.lower().encode(): (name, unit) for name, unit in HEADERS.items()}

_LONGEST_MS = 86_400_000

_UNITS = {1: "milliseconds", 1000: "seconds"}

_QUICK_S = 0.02
"""What takes less is not worth looking whether anybody waits for it still."""


def documented() -> list[dict[str, object]]:
    """The headers, as `/openapi.json` has them."""
    return [
        {
            "in": "header",
            "name": name,
            "description": f"How many {_UNITS[unit]} the caller waits; then 504, and nothing more is done for it.",
            "schema": {"type": "number", "minimum": 1 / unit, "maximum": _LONGEST_MS / unit},
        }
        for name, unit in HEADERS.items()
    ]


async def within(request: Request, coroutine: Coroutine[Any, Any, Answered]) -> Answered:
    """What the coroutine answers; it is cancelled once the caller does not wait for it any longer.

    The body must have been read. Raises DeadlineError, ClientDisconnect, and UsageError for a limit that is none.
    """
    try:
        limit_s = _limit_s(request)
    except UsageError:
        coroutine.close()
        raise
    watch = _Watch(request)
    try:
        async with asyncio.timeout(limit_s) as limit:
            return await coroutine
    except TimeoutError:
        if limit_s is None or not limit.expired():
            raise
        raise DeadlineError(limit_s) from None
    except asyncio.CancelledError:
        if watch.cancelled():
            raise ClientDisconnect from None
        raise
    finally:
        watch.end()


def _limit_s(request: Request) -> float | None:
    """None where there is none."""
    limits = [_in_ms(said, *_KNOWN[name]) for name, said in request.headers.raw if name in _KNOWN]
    return min(limits) / 1000 if limits else None


def _in_ms(said: bytes, name: str, unit: int) -> float:
    try:
        limit = float(said) * unit
    except ValueError:
        limit = math.nan
    if not 1 <= limit <= _LONGEST_MS:
        least, most = 1 / unit, _LONGEST_MS / unit
        raise UsageError(
            f"the header {name} is to be from {least:g} to {most:,.0f}: the {_UNITS[unit]} the caller waits"
        )
    return limit


class _Watch:
    """Cancels the task that made it when the caller hangs up. It begins to look after a while."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._waiting = asyncio.current_task()
        self._looking: asyncio.Task[None] | None = None
        self._gone = False
        self._begin = asyncio.get_running_loop().call_later(_QUICK_S, self._look)

    def cancelled(self) -> bool:
        """Whether it was this that cancelled the task; to be asked once, where the task is cancelled."""
        if self._gone and self._waiting is not None:
            self._waiting.uncancel()
        return self._gone

    def end(self) -> None:
        """Look no longer."""
        self._begin.cancel()
        if self._looking is not None:
            self._looking.cancel()

    def _look(self) -> None:
        self._looking = asyncio.create_task(self._until_gone())

    async def _until_gone(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        if self._waiting is not None:
            self._gone = self._waiting.cancel()
