"""Clients as slow as can be: they send a byte a second, or read one."""

from __future__ import annotations

import asyncio
import json
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

from bench.soak.served import Served

__all__ = ["SlowClients"]

_PAUSE_S = 1.0
_TEXTS = 300
"""Whose vectors are more than buffers on the way take in."""


class SlowClients:
    """Of each kind so many, one after the other, until told to stop."""

    def __init__(self, served: Served, pause_s: float = _PAUSE_S) -> None:
        """Of this service; the pause is between one byte and the next."""
        self.ended: Counter[str] = Counter()
        self.longest_s = 0.0
        """That anybody could go on sending."""
        self._port = served.port
        self._pause_s = pause_s
        headers = "".join(f"{name}: {value}\r\n" for name, value in served.headers("slow").items())
        body = json.dumps({"input": [f"flood {n}" for n in range(_TEXTS)]}).encode()
        head = f"POST /v1/embeddings HTTP/1.1\r\nHost: desk.example\r\nContent-Length: {len(body)}\r\n{headers}"
        self._head = head.encode() + b"Content-Type: application/json\r\n\r\n"
        self._body = body

    async def go_on(self, of_each: int, stop: asyncio.Event) -> None:
        """Hold so many connections of each kind."""
        async with asyncio.TaskGroup() as group:
            for _ in range(of_each):
                group.create_task(self._sending("head", b"", self._head + self._body, stop))
                group.create_task(self._sending("body", self._head, self._body, stop))
                group.create_task(self._reading(stop))

    async def _sending(self, what: str, at_once: bytes, slowly: bytes, stop: asyncio.Event) -> None:
        """Until the server hangs up, and once more from the beginning."""
        loop = asyncio.get_running_loop()
        async for connection in self._connections(stop):
            began_s, said = loop.time(), b""
            with suppress(OSError):
                await loop.sock_sendall(connection, at_once)
                for byte in _each(slowly):
                    await loop.sock_sendall(connection, byte)
                    said = await self._heard(connection)
                    if said is not None or stop.is_set():
                        break
            if not stop.is_set():
                self.longest_s = max(self.longest_s, loop.time() - began_s)
                self.ended[f"{what}: {_status(said)}"] += 1

    async def _heard(self, connection: socket.socket) -> bytes | None:
        """What the server says within the pause, empty where it hangs up; None where it waits."""
        try:
            async with asyncio.timeout(self._pause_s):
                return await asyncio.get_running_loop().sock_recv(connection, 1000)
        except TimeoutError:
            return None

    async def _reading(self, stop: asyncio.Event) -> None:
        """An answer, byte by byte; of the service's end at the latest it ends."""
        loop = asyncio.get_running_loop()
        async for connection in self._connections(stop):
            with suppress(OSError):
                await loop.sock_sendall(connection, self._head + self._body)
                while not stop.is_set() and await loop.sock_recv(connection, 1):
                    await asyncio.sleep(self._pause_s)
            if not stop.is_set():
                self.ended["answer: hung up"] += 1

    async def _connections(self, stop: asyncio.Event) -> AsyncIterator[socket.socket]:
        while not stop.is_set():
            async with self._connected() as connection:
                if connection is None:  # nobody listens any longer
                    return
                yield connection

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[socket.socket | None]:
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.setblocking(False)
            try:
                await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self._port))
            except OSError:
                yield None
                return
            yield connection


def _each(data: bytes) -> Iterator[bytes]:
    return (data[at : at + 1] for at in range(len(data)))


def _status(said: bytes | None) -> str:
    return said[9:12].decode() if said else "hung up"
