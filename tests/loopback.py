"""An application, served as users have it served."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from newsreel import app
from newsreel.service import create_app
from newsreel.service.serving import Server
from newsreel.settings import Settings


@contextmanager
def listening(serving: app.Serving) -> Iterator[str]:
    """The address, `http://127.0.0.1:…`, at which this is served meanwhile."""
    settings = Settings()
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        server = Server(create_app(serving, settings), settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)
        assert not thread.is_alive()
