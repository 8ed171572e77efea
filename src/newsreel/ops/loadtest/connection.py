"""One connection: a request goes out, its answer comes back, and the connection is free for the next.

asyncio's protocol and a parser in C, since a client that is slow itself cannot tell how slow the server is: a request
costs a quarter of what it does in aiohttp.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

from httptools import HttpParserError, HttpResponseParser

__all__ = ["Connection", "Owner", "Request"]

_KEPT = 400
"""Bytes of an answer that says what went wrong."""


class Request:
    """Something asked."""

    __slots__ = ("connection", "data", "due_s", "number", "on_end", "outcome", "said")

    def __init__(self, number: int, due_s: float, data: bytes, on_end: Callable[[Request], None]) -> None:
        """`due_s` by the loop's clock; `on_end` is called once, when `outcome` is there."""
        self.number = number
        self.due_s = due_s
        self.data = data
        self.on_end = on_end
        self.connection: Connection | None = None
        self.outcome: int | str | None = None
        """The status, or why there is none."""

        self.said = b""
        """The beginning of an answer that is no success."""

    def end(self, outcome: int | str) -> None:
        """It was answered, or never will be."""
        self.connection = None
        self.outcome = outcome
        self.on_end(self)


class Owner(Protocol):
    """Who keeps connections."""

    def freed(self, connection: Connection) -> None:
        """It may be asked again."""
        ...

    def lost(self, connection: Connection) -> None:
        """It is closed."""
        ...


class Connection(asyncio.Protocol):
    """See above. Not pipelined: servers do not agree on that."""

    def __init__(self, owner: Owner) -> None:
        """Of an owner, who is told once it can be asked something."""
        self._owner = owner
        self._parser = HttpResponseParser(self)
        self._request: Request | None = None
        self._transport: asyncio.Transport | None = None
        self._failed = False
        self.idle_since_s = 0.0

    def ask(self, request: Request) -> None:
        """Send it."""
        self._request = request
        request.connection = self
        if self._transport is not None:
            self._transport.write(request.data)

    def give_up(self, outcome: str) -> None:
        """The answer is waited for no longer: what may still come of it must not be taken for the next one's."""
        self._end(outcome)
        self.close()

    def close(self) -> None:
        """Without waiting."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self.give_up("no HTTP")

    def connection_lost(self, _: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._end("closed")
        self._owner.lost(self)

    def on_headers_complete(self) -> None:
        """See `HttpResponseParser`."""
        self._failed = self._parser.get_status_code() >= 300

    def on_body(self, part: bytes) -> None:
        """See `HttpResponseParser`."""
        if self._failed and self._request is not None:
            self._request.said = (self._request.said + part)[:_KEPT]

    def on_message_complete(self) -> None:
        """See `HttpResponseParser`."""
        kept = self._parser.should_keep_alive() and self._request is not None
        self._end(self._parser.get_status_code())
        if kept:
            self._owner.freed(self)
        else:
            self.close()

    def _end(self, outcome: int | str) -> None:
        request, self._request = self._request, None
        if request is not None:
            request.end(outcome)
