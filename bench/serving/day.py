"""A day in miniature: each of its hours for some seconds, at that hour's rate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from bench.serving.lineup import Started
from bench.serving.loads import QUERIES, Latencies, Pace

__all__ = ["QUERIES_A_DAY", "Day", "day", "rates"]

QUERIES_A_DAY = 300_000

_SHARES = (
    *(1.0, 0.7, 0.5, 0.5, 0.6, 1.2),
    *(2.6, 4.6, 6.8, 8.0, 8.2, 7.8),
    *(6.6, 7.0, 7.6, 7.4, 6.8, 5.6),
    *(4.4, 3.6, 3.2, 2.6, 1.9, 1.4),
)
"""Of the hours from midnight on, as an office has them: people come, eat at noon, and go; some work at night."""

_BUSY = 0.5
"""Part of its time that a core may be at work in the peak hour: what comes at once then waits little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Of one server."""

    what: str
    queries: int
    """That were asked."""

    peak_rate: float
    """Queries a second in the busiest hour."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    """Of all queries of the day."""

    peak_p95_ms: float
    service_ms: float
    """Processor time for a query, over the day."""

    @property
    def busy_cores(self) -> float:
        """In the peak hour."""
        return self.peak_rate * self.service_ms / 1000

    @property
    def cores(self) -> int:
        """That it takes."""
        return max(1, math.ceil(self.busy_cores / _BUSY))


def rates() -> list[float]:
    """Queries a second, hour by hour."""
    return [QUERIES_A_DAY * share / sum(_SHARES) / 3600 for share in _SHARES]


def day(what: str, server: Started, seconds_an_hour: float) -> Day:
    """Ask a server as it would be asked over a day. Raises FailedError."""
    found: list[Latencies] = []
    began_s = server.process.cpu_s()
    for hour, rate in enumerate(rates()):
        found.append(server.asking.hold(QUERIES, rate, Pace(seconds=seconds_an_hour, warm_up_s=0), 2000 + hour))
    took_s = server.process.cpu_s() - began_s
    return _of(what, found, took_s)


def _of(what: str, hours: Sequence[Latencies], cpu_s: float) -> Day:
    peak = int(np.argmax(rates()))
    whole = Latencies(np.concatenate([hour.ms for hour in hours]))
    return Day(
        what=what,
        queries=len(whole.ms),
        peak_rate=max(rates()),
        p50_ms=whole.quantile(0.5),
        p95_ms=whole.quantile(0.95),
        p99_ms=whole.quantile(0.99),
        peak_p95_ms=hours[peak].quantile(0.95),
        service_ms=1000 * cpu_s / len(whole.ms),
    )
