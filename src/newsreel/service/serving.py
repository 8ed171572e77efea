"""Running the service."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI

from newsreel.service.live_room import LiveRoom

__all__ = ["Server"]

_PATIENCE_S = 10
"""How long an answer that was begun may take once the service is told to stop."""


class Server(uvicorn.Server):
    """Serves an application, and ends its streams of events when it is told to stop: they have no end of their own."""

    def __init__(self, app: FastAPI) -> None:
        """Serve this."""
        self._live: LiveRoom = app.state.live
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=_PATIENCE_S
        )
        super().__init__(config)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """No more of anything; what was begun is finished."""
        self._live.close()
        await super().shutdown(sockets)
