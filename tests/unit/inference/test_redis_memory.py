"""The second memory, over a Redis that speaks its protocol on loopback, and over a line to it that can be held up."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import pytest
import redis
from fakeredis import TcpFakeServer
from tests.unit.inference.slow_model import SlowModel

from newsreel import app
from newsreel.core.entities import Entity
from newsreel.core.errors import UsageError
from newsreel.inference import Answers, Load, Memory, RedisMemory, redis_memory
from newsreel.inference.engine import Engine
from newsreel.inference.packing import address, pack, unpack
from newsreel.models.runtime.sessions import Output
from newsreel.models.runtime.tokens import Input, Part
from newsreel.settings import Settings

TEXT = "Angela Merkel met Emmanuel Macron"
ENTITIES = [Entity(0, 13, "PER", 0.98), Entity(18, 33, "PER", 0.5)]
ANSWERED: dict[tuple[Any, ...], Any] = {
    ("embed", "f1", "truncate", TEXT): np.array([0.25, -1.5, 3e-9], np.float32),
    ("classify", "f2", "truncate", TEXT): np.array([0.75, 0.25], np.float32),
    ("rerank", "f3", "truncate", ("who met whom", TEXT)): 0.123456789,
    ("entities", "f4", "split", TEXT): ENTITIES,
    ("entities", "f4", "truncate", TEXT): [],
}


class Line:
    """Goes to a server; `held` nothing comes back through it, `cut` nobody gets through."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.open = threading.Event()
        self.open.set()
        self.is_cut = False
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self.is_cut = True
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._ends:
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                near = self._listener.accept()[0]
            except OSError:
                return
            if self.is_cut:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            self._ends += [near, far]
            threading.Thread(target=self._pump, args=[near, far, False], daemon=True).start()
            threading.Thread(target=self._pump, args=[far, near, True], daemon=True).start()

    def _pump(self, source: socket.socket, to: socket.socket, holds: bool) -> None:
        try:
            while sent := source.recv(1 << 16):
                if holds:
                    self.open.wait()
                to.sendall(sent)
            to.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


@pytest.fixture(scope="module")
def server() -> Iterator[TcpFakeServer]:
    server = TcpFakeServer(("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def line(server: TcpFakeServer) -> Iterator[Line]:
    line = Line(server.server_address[1])
    yield line
    line.open.set()
    line.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine may be busy, and what is looked at is not how long it takes."""
    monkeypatch.setattr(redis_memory, "_PATIENCE_S", 5.0)


@contextmanager
def remembering(port: int) -> Iterator[RedisMemory]:
    memory = RedisMemory(f"redis://127.0.0.1:{port}/0", kept_s=60)
    try:
        eventually(lambda: memory.there)
        yield memory
    finally:
        memory.close()


@contextmanager
def client(server: TcpFakeServer) -> Iterator[redis.Redis]:
    with redis.Redis(port=server.server_address[1]) as found:
        yield found


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.01)


@pytest.mark.usefixtures("patient")
def test_what_one_process_answered_another_knows(server: TcpFakeServer) -> None:
    with remembering(server.server_address[1]) as one, remembering(server.server_address[1]) as other:
        for key, answer in ANSWERED.items():
            one.keep(key, answer)
        eventually(lambda: len(asyncio.run(other.recall(list(ANSWERED)))) == len(ANSWERED))
        found = asyncio.run(other.recall([*ANSWERED, ("embed", "f1", "split", TEXT)]))
        for key, answer in ANSWERED.items():
            np.testing.assert_array_equal(found[key], answer)
            assert type(found[key]) is type(answer)
        assert len(found) == len(ANSWERED)
        assert other.recall_and_wait([("rerank", "f3", "truncate", (TEXT, "who met whom"))]) == {}
    with client(server) as looking:
        held = [(key, looking.get(key), looking.ttl(key)) for key in looking.scan_iter()]
    assert len(held) == len(ANSWERED)
    for key, value, seconds in held:
        assert b"Merkel" not in key + value
        assert 0 < seconds <= 60


@pytest.mark.parametrize(
    ("task", "value"),
    [
        ("embed", b""),
        ("embed", b"n"),
        ("embed", b"n123"),
        ("embed", b"n" + np.array([np.nan], np.float32).tobytes()),
        ("embed", pack(ENTITIES)),
        ("rerank", b"1short"),
        ("rerank", pack(float("inf"))),
        ("entities", b"e{"),
        ("entities", b"e{}"),
        ("entities", b'e[[0,99,"PER",0.5]]'),
        ("entities", b'e[[5,5,"PER",0.5]]'),
        ("entities", b'e[["0",5,"PER",0.5]]'),
        ("unheard of", pack(0.5)),
    ],
)
def test_what_cannot_be_an_answer_is_none(task: str, value: bytes) -> None:
    with pytest.raises(ValueError):
        unpack((task, "f", "truncate", TEXT), value)


@pytest.mark.usefixtures("patient")
def test_what_is_damaged_there_is_made_anew(server: TcpFakeServer) -> None:
    key, other = ("embed", "damaged", "truncate", TEXT), ("embed", "whole", "truncate", TEXT)
    with remembering(server.server_address[1]) as memory, client(server) as writing:
        writing.set(address(key), b"\x00what is this")
        writing.set(address(other), pack(np.ones(2, np.float32)))
        eventually(lambda: list(memory.recall_and_wait([key, other])) == [other])


def test_keys_of_other_texts_are_others() -> None:
    pairs = [("ab", "c"), ("a", "bc"), ("abc", ""), "abc", ("abc",)]
    assert len({address(("rerank", "f", "truncate", pair)) for pair in pairs}) == len(pairs) - 1


def test_nobody_waits_for_one_that_is_slow_or_gone(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_memory, "_SOONEST_S", 0.2)
    key = ("rerank", "f", "truncate", ("a question", TEXT))
    with remembering(line.port) as memory:

        def knows() -> bool:
            memory.keep(key, 0.5)
            return memory.recall_and_wait([key]) == {key: 0.5}

        eventually(knows)
        for hold_up, go_on in ((line.open.clear, line.open.set), (line.cut, lambda: setattr(line, "is_cut", False))):
            hold_up()
            began = time.perf_counter()
            assert asyncio.run(memory.recall([key])) == {}
            assert time.perf_counter() - began < 1, "it is given 20 ms"
            eventually(lambda: not memory.there)
            began = time.perf_counter()
            assert [memory.recall_and_wait([key]) for _ in range(50)] == [{}] * 50
            assert time.perf_counter() - began < 0.5, "50 times 20 ms would be a second: it is not asked"
            go_on()
            eventually(knows)


class SlowNumbers(SlowModel):
    def finish(self, inputs: Iterable[Input], read: Iterable[tuple[Part, Output]]) -> list[Any]:
        return [np.full(2, len(str(given)), np.float32) for given in inputs]


@pytest.mark.usefixtures("patient")
def test_a_model_does_not_read_what_another_process_has(server: TcpFakeServer) -> None:
    with remembering(server.server_address[1]) as second:
        models = []
        for _ in range(2):
            model, load = SlowNumbers(), Load(1000)
            engine = Engine(load)
            answers: Answers[Any] = Answers("embed", model, engine, Memory(1 << 20), second)
            (found,) = asyncio.run(answers.ask(["floods"], "truncate"))
            assert found.tolist() == [6, 6]
            assert answers.ask_and_wait(["floods"], "truncate")[0].tolist() == [6, 6]
            engine.close()
            models.append(model)
            key = ("embed", "slow", "truncate", "floods")
            eventually(lambda key=key: key in second.recall_and_wait([key]))
        assert [len(model.batches) for model in models] == [1, 0]


def test_says_what_is_missing_of_its_settings() -> None:
    of_no_model = {"embedder": "none", "entities": "none"}
    with pytest.raises(UsageError, match="NEWSREEL_MEMORY_BYTES"):
        app.open_inference(Settings(**of_no_model, redis_url="redis://localhost", memory_bytes=0))
    with pytest.raises(UsageError, match="redis://host") as said:
        app.open_inference(Settings(**of_no_model, redis_url="http://user:secret@localhost"))
    assert "secret" not in str(said.value)
