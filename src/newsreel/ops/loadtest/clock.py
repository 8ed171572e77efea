"""An event loop whose timers are exact to some 0.1 ms: what is due is sent when it is due, not a millisecond later."""

from __future__ import annotations

import asyncio
import select
import selectors

__all__ = ["exact_loop"]


def exact_loop() -> asyncio.AbstractEventLoop:
    """For `asyncio.Runner(loop_factory=...)`.

    epoll waits whole milliseconds, in asyncio as in uvloop; kqueue does not.
    """
    if hasattr(selectors, "EpollSelector"):
        return asyncio.SelectorEventLoop(_ExactSelector())
    return asyncio.SelectorEventLoop()


class _ExactSelector(selectors.EpollSelector):
    """Waits for the epoll instance itself with `select`, which counts in microseconds."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See `selectors.BaseSelector`."""
        if timeout is not None and timeout > 0:
            select.select([self.fileno()], [], [], timeout)
            timeout = 0
        return super().select(timeout)
