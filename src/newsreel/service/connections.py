"""How clients are let in: how many connections, how long a request may take to come, how long its head may be."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from newsreel import telemetry
from newsreel.core.errors import CrowdedError
from newsreel.service.edge import Edge
from newsreel.service.errors import answer_error
from newsreel.settings import Settings

__all__ = ["LAST_S", "ListeningConfig"]

LAST_S = 8.0
"""So long whoever is slow, to ask or to read, may go on once the service stops."""

MAX_HEAD_BYTES = 64 << 10
"""Of a request before its body: more than any browser or proxy sends."""

_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\n"
_LAST = b"Content-Length: 0\r\nConnection: close\r\n\r\n"


class ListeningConfig(Config):
    """What a server is told, with bounds that uvicorn has none for."""

    def __init__(self, app: ASGIApp, settings: Settings, open_paths: Collection[str], **rest: Any) -> None:
        """`open_paths` are answered however many connections there are. `rest` is uvicorn's."""
        super().__init__(app, http=Connection, **rest)
        self.max_connections = settings.max_connections
        self.request_s = settings.request_s
        # Chunks and trailers come with a body. Who sends on after the answer that it is too large is not heard out.
        self.max_bytes = MAX_HEAD_BYTES + 2 * settings.max_body_bytes
        self.crowded = _Crowded(app, open_paths)
        self.too_long = Edge(_refuse_head, max_body_bytes=0)
        self.draining = False
        """Whether connections end with the answer that is being asked for: who keeps them would ask here for ever."""


class Connection(HttpToolsProtocol):
    """One connection. Uvicorn waits for a request for ever, and reads headers of any length."""

    config: ListeningConfig

    def __init__(
        self,
        config: ListeningConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """As uvicorn makes them."""
        super().__init__(config, server_state, app_state, _loop)
        self._bytes = 0
        """Of the request that is coming."""
        self._in_head = True
        self._until_s: float | None = None
        """When all of it has to be there, in seconds of the loop; None while nothing is waited for."""
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A client is there; it has so long for its first request."""
        super().connection_made(cast(asyncio.Transport, _Together(transport, self.loop)))
        if len(self.connections) > self.config.max_connections:
            self.app = self.config.crowded
        self._wait()
        self._look()

    def data_received(self, data: bytes) -> None:
        """Some of a request came, or of several."""
        self._bytes += len(data)
        super().data_received(data)
        if self._bytes > (MAX_HEAD_BYTES if self._in_head else self.config.max_bytes):
            self._end(_TOO_LONG)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self._in_head = True
        self._wait()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is there."""
        self._in_head = False
        if self._bytes > MAX_HEAD_BYTES and self._head_bytes() > MAX_HEAD_BYTES:  # it came all at once
            self.app = self.config.too_long
        super().on_headers_complete()
        if self.config.draining and self.cycle is not None:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """All of it is there."""
        self._bytes, self._in_head = 0, True
        self._until_s = None
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client went away, or was sent away."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server stops. What it was asked it answers; what is only being asked, or read slowly, may be too late."""
        super().shutdown()
        self.loop.call_later(LAST_S, self._leave)

    def _leave(self) -> None:
        """Hang up, unless it is the server itself that is slow."""
        asked = self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body
        if not asked or self.flow.write_paused:
            self.transport.abort()

    def _head_bytes(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _wait(self) -> None:
        self._until_s = self.loop.time() + self.config.request_s

    def _look(self) -> None:
        """Now and then, so that a request costs no timer of its own, and in time all the same."""
        left_s = self.config.request_s if self._until_s is None else self._until_s - self.loop.time()
        if left_s <= 0:
            self._end(_TOO_LATE)
        else:
            self._watch = self.loop.call_later(left_s, self._look)

    def _end(self, status: bytes) -> None:
        """Say why, where that cannot be taken for a part of another answer, and hang up."""
        if self.transport.is_closing():
            return
        if self._in_head and self._bytes and (self.cycle is None or self.cycle.response_complete):
            self.transport.write(status + _LAST)
        self.transport.close()


class _Together:
    """A transport that sends the head of an answer with the beginning of its body, which comes at once or later.

    Uvicorn writes them one after the other, and to write is the dearest thing about a short answer.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._head:
            self._head, data = b"", self._head + data
        elif data.startswith(b"HTTP/1.1 "):
            self._head = data
            self._loop.call_soon(self._flush)
            return
        self._transport.write(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head:
            self._head, head = b"", self._head
            self._transport.write(head)


class _Crowded:
    """In place of an application, for the connection that is one too many."""

    def __init__(self, app: ASGIApp, open_paths: Collection[str]) -> None:
        self._app = app
        self._open_paths = frozenset(open_paths)
        self._refuse = Edge(_refuse, max_body_bytes=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app if scope["path"] in self._open_paths else self._refuse
        await app(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    error = CrowdedError()
    telemetry.failed(error)
    await _answer_last(error, scope, receive, send)


async def _refuse_head(scope: Scope, receive: Receive, send: Send) -> None:
    error = HTTPException(431, f"a request's head has more than {MAX_HEAD_BYTES:,} bytes: send less before the body")
    await _answer_last(error, scope, receive, send)


async def _answer_last(error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    answer = answer_error(Request(scope), error)
    answer.headers["Connection"] = "close"
    await answer(scope, receive, send)
