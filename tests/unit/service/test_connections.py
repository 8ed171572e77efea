"""What a client may do to a server before it has asked anything."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from tests.listening import listening

from newsreel.service.state import State
from newsreel.settings import Settings

HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    settings = Settings(request_s=0.3, max_connections=4, max_body_bytes=1000)
    with listening(State(), settings) as port:
        yield port


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def read(connection: socket.socket) -> bytes:
    """Until the server hangs up."""
    read = b""
    while True:
        try:
            more = connection.recv(1 << 16)
        except ConnectionResetError:  # it was still being sent to
            return read
        if not more:
            return read
        read += more


def answered(connection: socket.socket, request: bytes) -> bytes:
    connection.sendall(request)
    return connection.recv(1 << 16)


def test_a_request_that_does_not_come_to_its_end_is_told_so(port: int) -> None:
    with closing(connect(port)) as slow:
        slow.sendall(HEAD)
        assert read(slow).startswith(b"HTTP/1.1 408 ")


def test_dripping_gains_no_time(port: int) -> None:
    with closing(connect(port)) as slow:
        slow.sendall(HEAD)
        began = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - began < 3:
                slow.sendall(b"x: y\r\n")
                time.sleep(0.05)
        assert time.monotonic() - began < 2


def test_a_body_that_does_not_come_ends_the_connection(port: int) -> None:
    with closing(connect(port)) as slow:
        slow.sendall(b"POST /v1/entities HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert b"HTTP/1.1 200" not in read(slow)


def test_nothing_at_all_ends_it_in_silence(port: int) -> None:
    with closing(connect(port)) as idle:
        assert read(idle) == b""


def test_a_kept_connection_is_not_ended_while_requests_come_in_time(port: int) -> None:
    with closing(connect(port)) as kept:
        for _ in range(3):
            assert answered(kept, HEAD + b"\r\n").startswith(b"HTTP/1.1 200 ")
            time.sleep(0.2)


def test_a_head_has_a_bound(port: int) -> None:
    with closing(connect(port)) as long:
        long.sendall(HEAD + b"x: " + b"y" * (66 << 10))
        assert read(long).startswith(b"HTTP/1.1 431 ")


def test_who_sends_on_after_the_answer_is_not_heard_out(port: int) -> None:
    with closing(connect(port)) as long:
        long.sendall(b"POST /v1/entities HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n")
        sent = 0
        with pytest.raises(OSError):
            while sent < 50_000_000:
                long.sendall(bytes(1 << 16))
                sent += 1 << 16


def test_one_connection_too_many_is_told_to_come_back_and_may_ask_whether_it_lives(port: int) -> None:
    with ExitStack() as held:
        for _ in range(4):
            there = held.enter_context(closing(connect(port)))
            assert answered(there, HEAD + b"\r\n").startswith(b"HTTP/1.1 200 ")
        refused = held.enter_context(closing(connect(port)))
        refused.sendall(b"GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n")
        head, _, body = read(refused).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 1" in head.lower()
        assert json.loads(body)["error"]["type"] == "CrowdedError"
        probing = held.enter_context(closing(connect(port)))
        assert answered(probing, HEAD + b"\r\n").startswith(b"HTTP/1.1 200 ")
    time.sleep(0.05)
    with closing(connect(port)) as again:
        assert b"CrowdedError" not in answered(again, b"GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n")


def test_a_head_has_a_bound_however_it_comes(port: int) -> None:
    """In one piece as large as a read can be, of which some are read at once."""
    for _ in range(20):
        with closing(connect(port)) as long:
            long.sendall(HEAD + b"x: " + b"y" * (100 << 10) + b"\r\n\r\n")
            assert b" 200 " not in read(long)
