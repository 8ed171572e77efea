"""How many times faster one call is than another: both in turns, so that a slow minute hits both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

__all__ = ["ratio"]

REST_S = 0.1
"""Before each call: runtimes' threads spin for a while after their work, and would take the cores from the next."""


def ratio(reference: Callable[[], object], ours: Callable[[], object], runs: int) -> float:
    """Median seconds of the reference over median seconds of ours; each is called once before."""
    taken: tuple[list[float], list[float]] = ([], [])
    reference()
    ours()
    for _ in range(runs):
        for times, call in zip(taken, (reference, ours), strict=True):
            time.sleep(REST_S)
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
    return round(statistics.median(taken[0]) / statistics.median(taken[1]), 2)
