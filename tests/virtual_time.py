"""An event loop whose clock jumps to what is due next: hours pass in moments, on a busy machine as on an idle one."""

from __future__ import annotations

import asyncio
import selectors

__all__ = ["VirtualLoop"]


class VirtualLoop(asyncio.SelectorEventLoop):
    """For `asyncio.Runner(loop_factory=...)`. Client and server must both be in it: only its own time stands still."""

    def __init__(self) -> None:
        """Begins at 0 s."""
        self.now_s = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        """See `asyncio.AbstractEventLoop`."""
        return self.now_s


class _Jumping(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(0) or super().select(0)  # what was written to a socket of this loop is there by then
        if not ready:
            self._loop.now_s += timeout
        return ready
