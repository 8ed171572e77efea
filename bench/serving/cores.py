"""Separate cores for the server and for the client, so that neither is measured in place of the other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.encoders.race import FailedError

__all__ = ["Cores", "kept_to"]


@dataclass(frozen=True, slots=True)
class Cores:
    """Numbers, as the system counts them."""

    server: frozenset[int]
    client: frozenset[int]

    @classmethod
    def divided(cls) -> Cores:
        """The last one for the client, all others for the server. Raises FailedError where there is only one."""
        if not hasattr(os, "sched_setaffinity"):
            raise FailedError("a process cannot be kept to a core here: run this on Linux")
        *server, client = sorted(os.sched_getaffinity(0))
        if not server:
            raise FailedError("one core is too few: the server needs one, and the client another")
        return cls(frozenset(server), frozenset([client]))

    def __str__(self) -> str:
        server, client = (", ".join(map(str, sorted(cores))) for cores in (self.server, self.client))
        return f"server on core {server}, client on core {client}"


@contextmanager
def kept_to(cores: frozenset[int]) -> Iterator[None]:
    """Keep this thread to these cores meanwhile, and for good whatever process it starts."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
