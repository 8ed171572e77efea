"""Clients who hang up: half-way through the head, the body or the answer, and as soon as all is sent."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress

from bench.soak.served import Served

__all__ = ["LeavingClients"]

_AT_ONCE = struct.pack("ii", 1, 0)
"""Of SO_LINGER: what has not been read yet is thrown away, and the other side is told by a reset."""


_PATIENCE_S = 30.0


class LeavingClients:
    """Each asks once, and leaves."""

    def __init__(self, served: Served, seed: int) -> None:
        """Of this service."""
        self.left: Counter[str] = Counter()
        self.hanging: Counter[str] = Counter()
        """To whom nothing was said for too long."""
        self.to_be_counted = 0
        """Those whose head was sent whole: the server has a request of each."""
        self._address = ("127.0.0.1", served.port)
        self._random = random.Random(seed)
        few, many = (json.dumps({"input": ["rail strike"] * count}).encode() for count in (1, 64))
        self._few, self._many = _posted(served, few), _posted(served, many)
        self._events = _head(served, "GET /v1/live/events")
        self._ways: Mapping[str, Callable[[socket.socket], bool]] = {
            "in the head": self._in_the_head,
            "in the body": self._in_the_body,
            "before the answer": self._before_the_answer,
            "in the answer": self._in_the_answer,
            "from events": self._from_events,
        }

    async def go_on(self, every_s: float, stop: asyncio.Event) -> None:
        """One so often, each in another way, until told to stop."""
        ways = list(self._ways)
        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                group.create_task(asyncio.to_thread(self._leave, self._random.choice(ways)))
                await asyncio.sleep(every_s)

    def _leave(self, way: str) -> None:
        with (
            suppress(ConnectionRefusedError),
            socket.create_connection(self._address, timeout=_PATIENCE_S) as connection,
        ):
            try:
                counted = self._ways[way](connection)
            except TimeoutError:
                counted, way = True, f"{way}, at last"
                self.hanging[way] += 1
            self.left[way] += 1
            self.to_be_counted += counted

    def _in_the_head(self, connection: socket.socket) -> bool:
        connection.sendall(self._few[: self._random.randrange(1, self._few.index(b"\r\n\r\n"))])
        return False

    def _in_the_body(self, connection: socket.socket) -> bool:
        begin = self._few.index(b"\r\n\r\n") + 4
        connection.sendall(self._few[: self._random.randrange(begin, len(self._few))])
        return True

    def _before_the_answer(self, connection: socket.socket) -> bool:
        connection.sendall(self._few)
        return True

    def _in_the_answer(self, connection: socket.socket) -> bool:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(self._many)
        connection.recv(1000)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        return True

    def _from_events(self, connection: socket.socket) -> bool:
        connection.sendall(self._events)
        connection.recv(1000)
        return True


def _head(served: Served, asked: str, *more: str) -> bytes:
    headers = [f"{name}: {value}" for name, value in served.headers("dropped").items()]
    return ("\r\n".join([f"{asked} HTTP/1.1", "Host: desk.example", *headers, *more]) + "\r\n\r\n").encode()


def _posted(served: Served, body: bytes) -> bytes:
    more = ("Content-Type: application/json", f"Content-Length: {len(body)}")
    return _head(served, "POST /v1/embeddings", *more) + body
