"""From loading to draining."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx2
import pytest

from newsreel.app import Serving
from newsreel.core.errors import ArchiveMissingError, ArtifactError
from newsreel.service.application import create_app
from newsreel.service.serving import Server
from newsreel.service.state import State
from newsreel.settings import Settings


@contextmanager
def running(state: State, drain_s: float = 0) -> Iterator[tuple[Server, threading.Thread, str]]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        server = Server(create_app(state), Settings(drain_s=drain_s))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield server, thread, f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=5)
        assert not thread.is_alive()


def status(address: str, path: str) -> int:
    return httpx2.get(address + path, timeout=5).status_code


def test_it_answers_while_it_loads_and_says_that_it_is_not_ready() -> None:
    may_open, state = threading.Event(), State()

    def opened() -> Serving:
        assert may_open.wait(10)
        return Serving(None)

    with running(state) as (_, _, address):
        loading = state.load(opened)
        assert status(address, "/healthz") == 200
        answer = httpx2.get(address + "/readyz")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json()["error"]["type"] == "LoadingError"
        assert status(address, "/v1/search?q=flood") == 503
        may_open.set()
        loading.join(5)
        assert status(address, "/readyz") == 200
        assert status(address, "/v1/search?q=flood") == 404  # there are no archives here


def test_it_stops_where_nothing_can_be_opened() -> None:
    state = State()

    def refused() -> Serving:
        raise ArchiveMissingError("there is no archive at x")

    with running(state) as (_, thread, _):
        state.load(refused)
        thread.join(5)
        assert not thread.is_alive()
    assert isinstance(state.failed, ArchiveMissingError)


def test_what_is_asked_after_it_was_told_to_stop_is_answered_though_it_is_not_ready() -> None:
    state = State(Serving(None))
    with running(state, drain_s=1.0) as (server, thread, address):
        assert status(address, "/readyz") == 200
        server.handle_exit(signal.SIGTERM, None)
        assert status(address, "/readyz") == 503
        assert status(address, "/healthz") == 200
        thread.join(5)
        assert not thread.is_alive()


def test_a_second_signal_does_not_wait() -> None:
    with running(State(Serving(None)), drain_s=60) as (server, thread, _):
        server.handle_exit(signal.SIGTERM, None)
        server.handle_exit(signal.SIGTERM, None)
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize("signalled", [signal.SIGINT, signal.SIGTERM])
def test_without_a_time_to_drain_it_stops_at_once(signalled: signal.Signals) -> None:
    with running(State(Serving(None))) as (server, thread, _):
        server.handle_exit(signalled, None)
        thread.join(5)
        assert not thread.is_alive()


def test_an_error_of_ours_while_loading_is_told_to_who_asks() -> None:
    state = State()

    def refused() -> Serving:
        raise ArtifactError("the graph cannot be loaded")

    state.load(refused).join(5)
    with pytest.raises(ArtifactError, match="cannot be loaded"):
        _ = state.newsreel
