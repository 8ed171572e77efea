"""A server of which everything is known: one worker that needs the same time for each request, and faults on order."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import cast

from newsreel.ops.loadtest import exact_loop

__all__ = ["Behaviour", "served", "serving"]

_LENGTH = re.compile(rb"content-length: (\d+)")


@dataclass
class Behaviour:
    """What becomes of requests, which are counted from 1 over all connections."""

    service_s: float = 0.0
    faults: dict[int, str] = field(default_factory=dict)
    """By the remainder of a request's number divided by 10: `503`, `close`, `hang`, `garbage`."""

    stall: tuple[int, float] = (0, 0.0)
    """At this request, for so many seconds, once."""

    closing: bool = False
    """Each answer is the connection's last."""

    on_request: Callable[[int, bytes], None] = lambda number, request: None
    url: str = ""
    requests: int = 0
    free_s: float = 0.0
    transports: list[asyncio.Transport] = field(default_factory=list)

    @property
    def connections(self) -> int:
        """How many were made."""
        return len(self.transports)


class _Connection(asyncio.Protocol):
    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._behaviour.transports.append(self._transport)

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, rest = self._read.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = int(length[1]) if length else 0
            if len(rest) < body:
                return
            self._read = rest[body:]
            self._take(head + b"\r\n\r\n" + rest[:body])

    def _take(self, request: bytes) -> None:
        known, loop = self._behaviour, asyncio.get_running_loop()
        known.requests += 1
        known.on_request(known.requests, request)
        known.free_s = max(known.free_s, loop.time()) + known.service_s
        if known.requests == known.stall[0]:
            known.free_s += known.stall[1]
        loop.call_at(known.free_s, self._answer, known.faults.get(known.requests % 10, ""))

    def _answer(self, fault: str) -> None:
        if fault == "hang":
            return
        if fault == "close":
            self._transport.close()
            return
        if fault == "garbage":
            self._transport.write(b"220 mail.example ESMTP\r\n")
            return
        status = b"503 Service Unavailable" if fault == "503" else b"200 OK"
        kept = b"close" if self._behaviour.closing else b"keep-alive"
        head = b"HTTP/1.1 " + status + b"\r\nconnection: " + kept + b"\r\n"
        if fault == "503":
            self._transport.write(head + b"content-length: 9\r\n\r\ntoo much!")
        else:
            self._transport.write(head + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")


@asynccontextmanager
async def served(behaviour: Behaviour) -> AsyncIterator[Behaviour]:
    """The server, in the running loop."""
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(behaviour), "127.0.0.1", 0)
    behaviour.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield behaviour
    finally:
        server.close()
        for transport in behaviour.transports:
            transport.abort()
        await asyncio.sleep(0)


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[Behaviour]:
    """The server, in a thread of its own."""
    loop, listening, ended = exact_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with served(behaviour):
            listening.set()
            await ended.wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert listening.wait(10)
        yield behaviour
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
