"""Both sides' books: what clients had answered, what the service says it answered, in its log and in its metrics."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.soak.served import Client, Served
from prometheus_client.parser import text_string_to_metric_families

__all__ = ["OWN", "Books", "Kept", "settled"]

OWN = ("/metrics", "/readyz", "/healthz")
"""Routes of whoever looks, which are counted as he looks."""

_SETTLED_S = 30.0
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Kept:
    """One client's requests, in both books."""

    client: Client
    by_client: Mapping[str, int]
    """By status; `any` where the client left before it knew."""
    by_service: Mapping[str, int]

    @property
    def agree(self) -> bool:
        """Each request is in both books, once, and with the same status where the client knows it."""
        if set(self.by_client) <= {"any"}:
            return sum(self.by_client.values()) == sum(self.by_service.values())
        return _some(self.by_client) == _some(self.by_service)


@dataclass(frozen=True, slots=True)
class Books:
    """What the service wrote down."""

    by_client: Mapping[Client, Counter[str]]
    """Statuses, from the log."""
    logged: int
    """Requests of routes other than `OWN`."""
    measured: int
    """Those that the metrics have."""
    errors: tuple[str, ...]
    """Lines of level error: their action and cause."""

    @classmethod
    def of(cls, served: Served, measured: int) -> Books:
        """As they are now."""
        by_client: dict[Client, Counter[str]] = {client: Counter() for client in served.keys}
        logged, errors = 0, []
        for entry in served.entries():
            if entry["action"] == "request" and entry["route"] not in OWN:
                logged += 1
                if "key" in entry:
                    by_client[entry["key"]][str(entry["status"])] += 1
            if entry["level"] in ("error", "critical"):
                errors.append(f"{entry['action']} {entry.get('cause', '')}".strip())
        return cls(by_client, logged, measured, tuple(errors))

    def statuses(self) -> Counter[str]:
        """Of all clients."""
        return sum(self.by_client.values(), Counter())


async def settled(served: Served) -> Books:
    """The books once nothing is on its way any longer: both of the service's agree, or never will."""
    loop = asyncio.get_running_loop()
    until_s = loop.time() + _SETTLED_S
    while True:
        before = await asyncio.to_thread(_measured, served)
        await asyncio.sleep(_LOOK_S)
        books = Books.of(served, await asyncio.to_thread(_measured, served))
        if books.measured == books.logged == before or loop.time() > until_s:
            return books


def _measured(served: Served) -> int:
    return round(sum(_requests(served.get("/metrics").decode())))


def _requests(exposition: str) -> Iterator[float]:
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            if sample.name == "newsreel_requests_total" and sample.labels["route"] not in OWN:
                yield sample.value


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    return {status: count for status, count in counts.items() if count}
