"""A port that several listen on, both ways of it, whichever this machine would choose."""

from __future__ import annotations

import socket
import sys
from contextlib import ExitStack, closing

import pytest

from newsreel.core.errors import UsageError
from newsreel.service.ports import listen, share


def test_one_socket_is_accepted_from_by_all() -> None:
    shared = share("127.0.0.1", 0, dealt=False)
    with closing(shared.kept), closing(shared.opened().dup()) as one, closing(shared.opened().dup()) as other:
        for accepting in (one, other):
            with closing(socket.create_connection(("127.0.0.1", shared.number), timeout=10)):
                accepting.settimeout(10)
                accepting.accept()[0].close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one of them gets all")
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_sockets_of_their_own_share_what_comes(host: str) -> None:
    shared = share(host, 0, dealt=True)
    with ExitStack() as opened:
        opened.enter_context(shared.kept)
        with pytest.raises(ConnectionRefusedError):  # nobody is sent to where nobody listens
            socket.create_connection((host, shared.number), timeout=10)
        several = [opened.enter_context(shared.opened()) for _ in range(2)]
        for _ in range(64):
            opened.enter_context(socket.create_connection((host, shared.number), timeout=10))
        for listener in several:
            listener.settimeout(10)
            opened.enter_context(listener.accept()[0])  # one of them at least: else it had none in 2 ** 63 tries


@pytest.mark.parametrize("dealt", [False, True])
def test_a_port_is_not_shared_with_strangers(dealt: bool) -> None:
    with closing(share("127.0.0.1", 0, dealt=dealt).kept) as kept, ExitStack() as opened:
        port = kept.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port}.*--port"):
            share("127.0.0.1", port, dealt=dealt)
        with pytest.raises(UsageError, match="--port"):
            opened.enter_context(listen("127.0.0.1", port))
