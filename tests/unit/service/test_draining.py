"""From SIGTERM to the end, and what is answered when there is no thread to answer it."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import anyio.to_thread
import pytest
from starlette.types import Message

from newsreel.core.errors import DrainingError
from newsreel.service import connections
from newsreel.service.application import create_app
from newsreel.service.edge import Edge
from newsreel.service.serving import Server
from newsreel.service.state import State
from newsreel.settings import Settings

ALIVE = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = b"POST /v1/embeddings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"


@contextmanager
def running(settings: Settings) -> Iterator[tuple[Server, threading.Thread, int]]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        server = Server(create_app(State(), settings), settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.005)
        try:
            yield server, thread, listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def answered(connection: socket.socket) -> bytes:
    connection.sendall(ALIVE)
    return connection.recv(1 << 16).lower()


def test_a_kept_connection_ends_with_its_next_answer() -> None:
    with running(Settings(drain_s=0.4)) as (server, thread, port):
        with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as kept:
            assert b"connection: close" not in answered(kept)
            server.handle_exit(signal.SIGTERM, None)
            assert b"connection: close" in answered(kept)
            assert kept.recv(1) == b""
        with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as late:
            assert answered(late).startswith(b"http/1.1 200 ")  # it goes on, for those who do not know yet
        thread.join(timeout=5)
        assert not thread.is_alive()


def test_who_never_ends_a_request_is_left_and_nobody_is_told_of_an_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections, "LAST_S", 0.2)
    with (
        running(Settings(drain_s=0)) as (server, thread, port),
        closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as slow,
    ):
        slow.sendall(HALF)
        time.sleep(0.1)
        server.handle_exit(signal.SIGTERM, None)
        thread.join(timeout=5)
        assert not thread.is_alive()
        with suppress(ConnectionResetError):
            assert slow.recv(1) == b""
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_what_takes_too_long_for_the_end_is_told_to_ask_another_replica() -> None:
    async def endless(_scope: object, _receive: object, _send: object) -> None:
        await asyncio.sleep(60)

    async def cancelled() -> None:
        task = asyncio.create_task(asked(Edge(endless, max_body_bytes=1), "/v1/embeddings"))
        await asyncio.sleep(0.01)
        task.cancel()
        status, body = await task
        assert status == 503
        assert DrainingError.__name__.encode() in body

    asyncio.run(cancelled())


def test_errors_and_probes_need_no_thread_of_a_search() -> None:
    """Where all are taken, who is refused hears of it at once, and so does whoever asks how it is."""

    async def refused() -> None:
        app = create_app(State(), Settings())
        limiter = anyio.to_thread.current_default_thread_limiter()
        limiter.total_tokens = 1
        async with limiter, asyncio.timeout(2):
            assert (await asked(app, "/v1/nothing"))[0] == 404
            assert (await asked(app, "/v1/search"))[0] == 503  # it is loading
            assert (await asked(app, "/readyz"))[0] == 503
            assert (await asked(app, "/metrics"))[0] == 200

    asyncio.run(refused())


async def asked(app: object, path: str, query: bytes = b"") -> tuple[int, bytes]:
    """The status and the body of an answer to GET."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": [],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    await app(scope, receive, send)  # type: ignore[operator]
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])
