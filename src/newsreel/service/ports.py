"""The port that is listened on, by one process or by several at once."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from newsreel.core.errors import UsageError

__all__ = ["SharedPort", "listen", "share"]

_DEALT = sys.platform == "linux"
"""Whether connections to a port are dealt out to all sockets that listen on it.

macOS has the option too, and gives all of them to one. What is dealt is dealt by chance: of 16 connections to four
processes one gets six or seven. One socket that all of them accept from is worse by far: whoever wakes up first takes
all that has come, which was up to 64 of 64.
"""


@dataclass(frozen=True, slots=True)
class SharedPort:
    """A port that is kept for several processes."""

    number: int
    kept: socket.socket
    """Nobody else can take the port while this is open."""
    opened: Callable[[], socket.socket]
    """What a process listens on. Can be handed to a process as it is spawned."""


def listen(host: str, port: int) -> socket.socket:
    """A socket of this process alone; port 0 takes a free one. Raises UsageError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"cannot listen on {host} port {port} ({error.strerror}): choose another --port") from error


def share(host: str, port: int, *, dealt: bool = _DEALT) -> SharedPort:
    """A port for several processes. `dealt`: whether each listens on a socket of its own. Raises UsageError.

    With sockets of their own, nothing is sent to a process before it listens, nor to one that has died.
    """
    listener = listen(host, port)  # which fails where somebody else is: others who share a port would be joined
    address = listener.getsockname()
    if not dealt:
        return SharedPort(address[1], listener, partial(_itself, listener))
    listener.close()
    kept = socket.socket(listener.family, socket.SOCK_STREAM)
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if listener.family == socket.AF_INET6:
        kept.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    kept.bind(address)
    return SharedPort(address[1], kept, partial(_one_more, address, listener.family))


def _itself(listener: socket.socket) -> socket.socket:
    return listener


def _one_more(address: tuple[Any, ...], family: int) -> socket.socket:
    return socket.create_server(address, family=family, reuse_port=True)
