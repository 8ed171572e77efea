"""The connections to one server: opened when needed, used again, the latest first."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque

from newsreel.ops.loadtest.address import Address
from newsreel.ops.loadtest.connection import Connection, Request

__all__ = ["Pool"]

_IDLE_S = 1.5
"""An idle connection is not used after that: servers close theirs after 2 s and more, and a request that crosses with
that is lost."""

_SWEEP_S = 0.05


class Pool:
    """Sends requests in the order in which they come, at once if it can."""

    def __init__(self, address: Address, connections: int, timeout_s: float) -> None:
        """So many connections at most. For the running loop, as a context."""
        self._loop = asyncio.get_running_loop()
        self._address = address
        self._connections = connections
        self._timeout_s = timeout_s
        self._tls = ssl.create_default_context() if address.tls else None
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        self._opening: set[asyncio.Task[None]] = set()
        self._waiting: deque[Request] = deque()
        self._unanswered: deque[Request] = deque()
        self._sweeping = self._loop.call_later(_SWEEP_S, self._sweep)
        self.most_open = 0
        """Connections at one time."""

    async def __aenter__(self) -> Pool:
        """Nothing is opened yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close all of them, and open no more."""
        self._sweeping.cancel()
        self._waiting.clear()
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)
        for connection in self._open:
            connection.close()
        await asyncio.sleep(0)  # connections are told that they are closed

    def send(self, request: Request) -> None:
        """On a connection that is free; else on a new one, or the first to become free."""
        self._unanswered.append(request)
        connection = self._rested()
        if connection is not None:
            connection.ask(request)
            return
        self._waiting.append(request)
        self._open_more()

    async def ask(self, data: bytes) -> Request:
        """Send this and wait for the answer."""
        ended: asyncio.Future[Request] = self._loop.create_future()

        def end(request: Request) -> None:
            if not ended.done():
                ended.set_result(request)

        self.send(Request(0, self._loop.time(), data, end))
        return await ended

    def freed(self, connection: Connection) -> None:
        """See `Owner`."""
        while self._waiting:
            request = self._waiting.popleft()
            if request.outcome is None:
                connection.ask(request)
                return
        connection.idle_since_s = self._loop.time()
        self._idle.append(connection)

    def lost(self, connection: Connection) -> None:
        """See `Owner`."""
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        if self._waiting:
            self._open_more()

    def _rested(self) -> Connection | None:
        oldest_s = self._loop.time() - _IDLE_S
        if self._idle and self._idle[-1].idle_since_s > oldest_s:
            return self._idle.pop()
        for connection in self._idle:
            connection.close()
        self._idle.clear()
        return None

    def _open_more(self) -> None:
        if len(self._opening) < len(self._waiting) and len(self._open) + len(self._opening) < self._connections:
            task = self._loop.create_task(self._connect())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _connect(self) -> None:
        host = self._address.host
        try:
            _, connection = await self._loop.create_connection(
                lambda: Connection(self),
                host,
                self._address.port,
                ssl=self._tls,
                server_hostname=host if self._tls else None,
            )
        except (OSError, ssl.SSLError) as error:
            self._refused(error)
            return
        self._open.add(connection)
        self.most_open = max(self.most_open, len(self._open))
        self.freed(connection)

    def _refused(self, error: OSError) -> None:
        """One request fails for each connection that does: the others may have more luck."""
        while self._waiting:
            request = self._waiting.popleft()
            if request.outcome is None:
                request.said = str(error).encode()
                request.end("not connected")
                return

    def _sweep(self) -> None:
        overdue_s = self._loop.time() - self._timeout_s
        unanswered = self._unanswered
        while unanswered and (unanswered[0].outcome is not None or unanswered[0].due_s < overdue_s):
            request = unanswered.popleft()
            if request.connection is not None:
                request.connection.give_up("timeout")
            elif request.outcome is None:
                request.end("timeout")
        self._sweeping = self._loop.call_later(_SWEEP_S, self._sweep)
