"""What a window measured. Every latency is kept, as it is: percentiles are exact, and buckets are for drawing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from newsreel.ops.loadtest.plan import Plan
from newsreel.ops.loadtest.window import Window

__all__ = ["MOST_FAILED", "Latencies", "Step", "step"]

MOST_FAILED = 0.01
"""Of the requests, so that a rate is sustained."""

_LATE_SHARE = 0.1
"""Of the p95 that is asked: a client that sends as much too late does not measure the server."""

_BUCKETS_A_DOUBLING = 8
PERCENTILES = (50, 90, 95, 99)


@dataclass(frozen=True, slots=True, eq=False)
class Latencies:
    """Of successful answers, in milliseconds, from when each was due to the end of its answer."""

    ms: npt.NDArray[np.float64]
    """Rising."""

    def percentile(self, percent: float) -> float:
        """The smallest that so many of 100 do not exceed; infinite where there are none."""
        if not len(self.ms):
            return math.inf
        return float(self.ms[max(0, math.ceil(len(self.ms) * percent / 100) - 1)])

    @property
    def max(self) -> float:
        """The longest."""
        return self.percentile(100)

    def buckets(self) -> list[tuple[float, int]]:
        """How many are at most so long, and longer than in the bucket before; each is 9 % wide, none is empty."""
        numbers = np.ceil(np.log2(np.maximum(self.ms, 1e-3)) * _BUCKETS_A_DOUBLING).astype(int)
        found = zip(*np.unique(numbers, return_counts=True), strict=True)
        return [(float(2 ** (number / _BUCKETS_A_DOUBLING)), int(count)) for number, count in found]

    def as_json(self) -> dict[str, Any]:
        """Percentiles, null where nothing was answered."""
        named = {f"p{percent}_ms": _finite(self.percentile(percent)) for percent in PERCENTILES}
        return {"answers": len(self.ms), **named, "max_ms": _finite(self.max)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One rate, held for a while."""

    rate: float
    """Requests a second that were to be sent."""

    seconds: float
    """That were measured."""

    sent: int
    latencies: Latencies
    errors: Mapping[str, int]
    """By status, or by what came instead of one: `closed`, `timeout`, `not connected`, `no HTTP`."""

    said: Mapping[str, str]
    """What the first of each said."""

    late_ms: npt.NDArray[np.float64]
    """How much too late the client was with each request, rising."""

    cpu_share: float
    """Of a core, that the client took."""

    p95_ms: float
    """That was asked."""

    answered_s: float
    """Until the last answer came."""

    long: Latencies
    """Of the long texts, which are in no other figure."""

    long_errors: Mapping[str, int]

    @property
    def achieved(self) -> float:
        """Successful answers a second."""
        return len(self.latencies.ms) / max(self.seconds, self.answered_s) if self.sent else 0.0

    @property
    def failed_share(self) -> float:
        """Of the requests."""
        return sum(self.errors.values()) / self.sent if self.sent else 0.0

    @property
    def sustained(self) -> bool:
        """The p95 is within what was asked, and hardly anything failed."""
        return self.latencies.percentile(95) <= self.p95_ms and self.failed_share <= MOST_FAILED

    @property
    def late_p95_ms(self) -> float:
        """How much too late the client was."""
        return Latencies(self.late_ms).percentile(95)

    @property
    def client_late(self) -> bool:
        """It is the client that was measured, in part."""
        return self.late_p95_ms > _LATE_SHARE * self.p95_ms

    def as_json(self) -> dict[str, Any]:
        """See `Report.as_json`."""
        late = Latencies(self.late_ms)
        return {
            "rate": self.rate,
            "seconds": self.seconds,
            "sent": self.sent,
            "achieved": self.achieved,
            **self.latencies.as_json(),
            "errors": dict(self.errors),
            "said": dict(self.said),
            "sustained": self.sustained,
            "client": {
                "late": self.client_late,
                "late_p95_ms": _finite(late.percentile(95)),
                "late_p99_ms": _finite(late.percentile(99)),
                "late_max_ms": _finite(late.max),
                "cpu_share": self.cpu_share,
            },
            "histogram": self.latencies.buckets(),
            "long": {**self.long.as_json(), "errors": dict(self.long_errors)},
        }


def step(window: Window, rate: float, plan: Plan) -> Step:
    """What a window measured; of one that was interrupted, until then, without what was on its way."""
    due, long = window.arrivals.due_s[: window.sent], window.arrivals.long[: window.sent]
    counted = due >= plan.warm_up_s
    ended = np.array([outcome is not None for outcome in window.outcomes[: window.sent]], bool)
    short, long = counted & ended & ~long, counted & ended & long
    latency_s = np.array(window.latency_s[: window.sent])
    late_s = np.array(window.late_s[: window.sent])
    succeeded = np.array([_succeeded(outcome) for outcome in window.outcomes[: window.sent]], bool)
    running = window.sent < len(window.outcomes)
    return Step(
        rate=rate,
        seconds=float(due[counted].max(initial=plan.warm_up_s)) - plan.warm_up_s if running else plan.seconds,
        sent=int(short.sum()),
        latencies=_latencies(latency_s[short & succeeded]),
        errors=_errors(window.outcomes, short & ~succeeded),
        said={str(outcome): said for outcome, said in window.said.items() if not _succeeded(outcome)},
        late_ms=np.sort(late_s[short] * 1000),
        cpu_share=window.cpu_share,
        p95_ms=plan.p95_ms,
        answered_s=float((due + latency_s)[short].max(initial=0)) - plan.warm_up_s,
        long=_latencies(latency_s[long & succeeded]),
        long_errors=_errors(window.outcomes, long & ~succeeded),
    )


def _latencies(seconds: npt.NDArray[np.float64]) -> Latencies:
    return Latencies(np.sort(seconds * 1000))


def _errors(outcomes: Sequence[int | str | None], which: npt.NDArray[np.bool_]) -> Mapping[str, int]:
    return Counter(str(outcomes[number]) for number in np.flatnonzero(which).tolist())


def _succeeded(outcome: int | str | None) -> bool:
    return isinstance(outcome, int) and 200 <= outcome < 300


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
