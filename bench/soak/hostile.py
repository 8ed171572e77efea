"""Requests that no client of good will sends, byte by byte, and how each may be answered."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

from bench.soak.served import Served

__all__ = ["Hostile", "HostileClients", "hostile"]

_PATIENCE_S = 45.0
"""More than a request may take to come (`request_s`): what has not ended by then hangs."""

_STATUS = re.compile(rb"^HTTP/1\.1 (\d{3}) ", re.MULTILINE)
_PHOTO = "/v1/media/file%3Aphotos%2Ftarnby-halcyon-aground.jpg"


@dataclass(frozen=True, slots=True)
class Hostile:
    """What is sent, and the statuses it may be answered with; none at all where the server may just hang up."""

    name: str
    data: bytes
    answers: Sequence[tuple[int, ...]]


def hostile(key: str) -> list[Hostile]:
    """All of them, as who has this key sends them."""
    return [*_heads(key), *_framings(key), *_bodies(key), *_paths(key)]


def _head(method: str, path: str, key: str, *more: str, version: str = "1.1", keep: bool = False) -> bytes:
    last = [] if keep else ["Connection: close"]
    lines = [f"{method} {path} HTTP/{version}", "Host: desk.example", f"X-Api-Key: {key}", *more, *last]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _post(key: str, body: str | bytes, *more: str, path: str = "/v1/embeddings", length: object = None) -> bytes:
    data = body.encode() if isinstance(body, str) else body
    lengths = [] if length == "" else [f"Content-Length: {len(data) if length is None else length}"]
    return _head("POST", path, key, "Content-Type: application/json", *lengths, *more) + data


def _heads(key: str) -> list[Hostile]:
    alive = _head("GET", "/healthz", key)
    kept = _head("GET", "/healthz", key, keep=True)
    return [
        Hostile("a head twice as long", _head("GET", "/healthz", key, "X: " + "a" * (128 << 10)), [(431,), ()]),
        Hostile("5,000 headers", _head("GET", "/healthz", key, *(f"x{n}: y" for n in range(5000))), [(200,), (431,)]),
        Hostile("HTTP/1.0", _head("GET", "/v1/models", key, version="1.0"), [(200,)]),
        Hostile("HTTP/9.9", _head("GET", "/healthz", key, version="9.9"), [(400,)]),
        Hostile("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [(400,)]),
        Hostile("pipelined", kept * 3 + alive, [(200,) * 4, (200,)]),  # the latter while it drains
        Hostile("pipelined after HEAD", kept.replace(b"GET", b"HEAD") + alive, [(200, 200), (200,)]),
        Hostile("empty lines first", b"\r\n" * 100 + alive, [(200,)]),
        Hostile("no carriage returns", alive.replace(b"\r", b""), [(400,)]),
        Hostile("a folded header", _head("GET", "/healthz", key, "X: a\r\n b"), [(400,)]),
        Hostile("NUL in a header", _head("GET", "/healthz", key, "X: a\0b"), [(400,)]),
        Hostile("a space after a header's name", _head("GET", "/healthz", key, "X : a"), [(400,)]),
        Hostile("a method made up", _head("FOO", "/healthz", key), [(400,)]),
        Hostile("TRACE", _head("TRACE", "/healthz", key), [(405,)]),
        Hostile("CONNECT", _head("CONNECT", "desk.example:443", key), [(400,)]),
        Hostile("a WebSocket", _head("GET", "/v1/live/events", key, *_UPGRADE, keep=True), [(403,), (400,)]),
        Hostile("TLS", bytes.fromhex("160301020001") + b"\xfc" * 200, [(400,)]),
        Hostile("bytes", bytes(range(256)) * 10, [(400,)]),
        Hostile("no key", _head("GET", "/v1/models", ""), [(401,)]),
        Hostile("a key of bytes", _head("GET", "/v1/models", "\xff" * 2000), [(401,)]),
        Hostile("8,000 tags", _head("GET", _PHOTO, key, "If-None-Match: " + '"a", ' * 8000), [(200,)]),
        Hostile("5,000 ranges", _head("GET", _PHOTO, key, "Range: bytes=" + "0-0," * 5000 + "1-1"), [(200,), (416,)]),
        Hostile(
            "a range of 5,000 digits", _head("GET", _PHOTO, key, "Range: bytes=" + "9" * 5000 + "-"), [(200,), (416,)]
        ),
    ]


_UPGRADE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
)


def _framings(key: str) -> list[Hostile]:
    asked = '{"input": "rail strike"}'
    chunked = ("Transfer-Encoding: chunked",)
    chunks = b'8\r\n{"input"\r\n9\r\n: "rail"}\r\n0\r\n\r\n'
    return [
        Hostile("chunks", _post(key, chunks, *chunked, length=""), [(200,)]),
        Hostile("a chunk of zz bytes", _post(key, b"zz\r\n{}", *chunked, length=""), [(400,)]),
        Hostile("a chunk of -1 bytes", _post(key, b"-1\r\n{}", *chunked, length=""), [(400,)]),
        Hostile("a chunk without end", _post(key, b"f" * 18 + b"\r\n{}", *chunked, length=""), [(400,)]),
        Hostile("chunks and a length", _post(key, chunks, *chunked), [(400,)]),
        Hostile("two lengths", _post(key, asked, "Content-Length: 5"), [(400,)]),
        Hostile("a length below 0", _post(key, asked, length=-5), [(400,)]),
        Hostile("a length of 30 digits", _post(key, asked, length="9" * 30), [(400,)]),
        Hostile("a length too short", _post(key, asked, length=5), [(400,), (422,), (422, 400)]),
        Hostile("a length too long", _post(key, asked, length=500), [()]),
        Hostile("a length above what is taken", _post(key, asked, length=1 << 30), [(), (413,)]),
        Hostile("more than is taken", _post(key, b" " * (13 << 20)), [(413,), ()]),
        Hostile("gzip", _post(key, gzip.compress(asked.encode()), "Content-Encoding: gzip"), [(415,), (422,)]),
        Hostile("a body for GET", _head("GET", "/healthz", key, "Content-Length: 5") + b"hello", [(200,)]),
        Hostile("100-continue", _post(key, asked, "Expect: 100-continue"), [(100, 200)]),
    ]


def _bodies(key: str) -> list[Hostile]:
    def about(name: str, body: str | bytes, *answers: int, path: str = "/v1/embeddings") -> Hostile:
        return Hostile(name, _post(key, body, path=path), [(status,) for status in answers])

    zebras, deep = "🦓" * 250_000, "[" * 200_000 + "]" * 200_000
    return [
        about("nothing", "", 422),
        about("200,000 lists in each other", f'{{"input": {deep}}}', 422),
        about("100,000 objects in each other", '{"a":' * 100_000 + "1" + "}" * 100_000, 422),
        about("NaN", '{"input": "x", "dimensions": NaN}', 422),
        about("1e400", '{"input": "x", "dimensions": 1e400}', 422),
        about("a number of 5,000 digits", f'{{"input": "x", "dimensions": {"9" * 5000}}}', 422),
        about("a lone surrogate", '{"input": "\\ud800"}', 422),
        about("surrogates the wrong way round", '{"input": "\\udc00\\ud800"}', 422),
        about("a surrogate in UTF-8", b'{"input": "\xed\xa0\x80"}', 422),
        about("no UTF-8", b'{"input": "\xff\xfe"}', 422),
        about("UTF-16", '{"input": "rail"}'.encode("utf-16"), 422),
        about("a byte order mark", b'\xef\xbb\xbf{"input": "rail"}', 200, 422),
        about("NUL", '{"input": "a\\u0000b"}', 200),
        about("a NUL that is not escaped", b'{"input": "a\0b"}', 422),
        about("keys twice", '{"input": "a", "input": "b"}', 200),
        about("1 MB of zebras", json.dumps({"input": zebras}, ensure_ascii=False), 200, 429),
        about(
            "a letter with 90,000 accents", json.dumps({"text": "a" + "\u0301" * 90_000}), 200, 429, path="/v1/entities"
        ),
        about("a word of 90,000 letters", json.dumps({"text": "a" * 90_000}), 200, 429, path="/v1/entities"),
        about("90,000 spaces", json.dumps({"text": " " * 90_000}), 200, 429, path="/v1/entities"),
        about("too many texts", json.dumps({"input": [""] * 2049}), 422),
        about("token ids", '{"input": [[1, 2, 3]]}', 422),
        about("a list in place of an object", "[]", 422),
    ]


def _paths(key: str) -> list[Hostile]:
    def at(name: str, path: str, *answers: int) -> Hostile:
        return Hostile(name, _head("GET", path, key), [(status,) for status in answers])

    return [
        at("NUL in a path", "/v1/items/%00", 404),
        at("no UTF-8 in a path", "/v1/items/%ff%fe", 404),
        at("bytes in a path", "/\xff\xfe", 400, 404),
        at("up and out", "/static/../../../../etc/passwd", 404),
        at("up and out, escaped", "/v1/media/..%2f..%2f..%2fetc%2fpasswd", 404),
        at("an address of 60,000 letters", "/v1/search?q=" + "a" * 60_000, 400),
        at("a surrogate in a query", "/v1/search?q=%ed%a0%80", 200),
        at("an offset of 5,000 digits", "/v1/search?offset=" + "9" * 5000, 422),
        at("a day of 4,000 digits", "/v1/search?from=" + "9" * 4000, 400),
        at("the end of days", "/v1/search?from=9999-12-31T23:59:59%2B23:59", 400),
        at("the first day", "/v1/search?to=0001-01-01T00:00:00%2B14:00", 400),
        at("another's address", "http://elsewhere.example/healthz", 200),
    ]


class HostileClients:
    """Sends them one after the other."""

    def __init__(self, served: Served) -> None:
        """To this service."""
        self.sent = 0
        self.outcomes: Counter[str] = Counter()
        self.problems: dict[str, str] = {}
        """What was answered otherwise, by name."""
        self._port = served.port
        self._all = cycle(hostile(served.keys["hostile"]))

    async def go_on(self, every_s: float, stop: asyncio.Event) -> None:
        """One so often, until told to stop."""
        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                group.create_task(self.send(next(self._all)))
                await asyncio.sleep(every_s)

    async def send(self, one: Hostile) -> None:
        """One, and note how it ends."""
        self.sent += 1
        try:
            async with asyncio.timeout(_PATIENCE_S):
                said = await _exchange(self._port, one.data)
        except TimeoutError:
            self.problems[one.name] = f"no end within {_PATIENCE_S:g} s"
            self.outcomes["hangs"] += 1
            return
        found = tuple(map(int, _STATUS.findall(said)))
        self.outcomes.update(map(str, found or ["hung up"]))
        if found not in one.answers:
            self.problems[one.name] = f"answered {found}, not one of {list(one.answers)}"


async def _exchange(port: int, data: bytes) -> bytes:
    """All that is answered until the server hangs up."""
    said = bytearray()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return bytes(said)
    try:
        writer.write(data)
        while more := await reader.read(1 << 16):
            said += more
    except OSError:  # it hung up while it was being sent to
        pass
    finally:
        writer.transport.abort()
    return bytes(said)
