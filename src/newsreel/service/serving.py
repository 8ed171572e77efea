"""Running the service."""

from __future__ import annotations

import signal
import socket
import time
from types import FrameType

import uvicorn
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from newsreel import traces
from newsreel.service.connections import LAST_S, ListeningConfig
from newsreel.service.open_paths import open_paths
from newsreel.service.state import State
from newsreel.service.tls import tls_context
from newsreel.settings import Settings

__all__ = ["Server"]

_PATIENCE_S = int(LAST_S) + 2
"""How long an answer that was begun may take once the service is told to stop."""


class Server(uvicorn.Server):
    """Serves an application, and ends its streams of events when it is told to stop: they have no end of their own.

    On SIGTERM it goes on serving for a while, not ready any longer, so that load balancers send elsewhere, and closes
    each connection after its answer, so that clients who keep theirs go there too. A second SIGTERM, or Ctrl-C, stops
    it at once. What was begun is finished in either case. It stops by itself where nothing could be opened; the state
    says why.
    """

    def __init__(self, app: FastAPI, settings: Settings | None = None) -> None:
        """Serve this. Raises UsageError for settings that do not fit."""
        settings = settings or Settings()
        self._state: State = app.state.served
        self._drain_s = settings.drain_s
        self._traces = settings.traces
        self._until_s: float | None = None
        tls = tls_context(settings)
        self._listening = ListeningConfig(
            app,
            settings,
            open_paths(settings),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE_S,
            ssl_context_factory=(lambda *_: tls) if tls else None,
        )
        super().__init__(self._listening)

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Until it is told to stop."""
        with traces.exported(self._traces):
            await super().serve(sockets)

    async def on_tick(self, counter: int) -> bool:
        """Several times a second: whether to stop."""
        drained = self._until_s is not None and time.monotonic() >= self._until_s
        return await super().on_tick(counter) or drained or self._state.failed is not None

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """No more of anything; what was begun is finished."""
        self._state.close()
        await super().shutdown(sockets)
        await run_in_threadpool(self._state.end)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came."""
        if sig != signal.SIGTERM or self._until_s is not None or not self._drain_s:
            super().handle_exit(sig, frame)
            return
        self._until_s = time.monotonic() + self._drain_s
        self._listening.draining = True
        self._state.drain()
