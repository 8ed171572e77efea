"""A service that listens on loopback, as `newsreel serve` runs it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from newsreel.service.application import create_app
from newsreel.service.serving import Server
from newsreel.service.state import State
from newsreel.settings import Settings

__all__ = ["listening"]


@contextmanager
def listening(state: State, settings: Settings) -> Iterator[int]:
    """The port that it listens on meanwhile."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        server = Server(create_app(state, settings), settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=10)
            assert not thread.is_alive()
