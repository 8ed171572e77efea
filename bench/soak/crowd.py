"""Clients of every kind but those of schemathesis, who ask at the same time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bench.soak.hostile import HostileClients
from bench.soak.leaving import LeavingClients
from bench.soak.load import Load
from bench.soak.slow import SlowClients

__all__ = ["Crowd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """All of them, and how often each kind comes."""

    load: Load
    rate: float
    """Requests a second of clients of good will."""
    hostile: HostileClients
    hostile_every_s: float
    leaving: LeavingClients
    leaving_every_s: float
    slow: SlowClients
    slow_of_each: int

    def begin(self, group: asyncio.TaskGroup, stop: asyncio.Event, slow_stop: asyncio.Event) -> None:
        """Begin, as tasks of the group, until told to stop; the slow ones are told by themselves."""
        group.create_task(self.load.hold(self.rate, stop))
        group.create_task(self.hostile.go_on(self.hostile_every_s, stop))
        group.create_task(self.leaving.go_on(self.leaving_every_s, stop))
        group.create_task(self.slow.go_on(self.slow_of_each, slow_stop))
