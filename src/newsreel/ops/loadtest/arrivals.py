"""When requests are due: drawn before anything is sent, so that no answer, early or late, moves the next one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Arrivals", "Moments", "arrivals"]

Moments = npt.NDArray[np.float64]
"""Seconds, rising."""

_LONG_FROM_S = 0.5
"""A window is under way when its first long text comes."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """Of one window."""

    due_s: Moments
    """After the window's beginning."""

    long: npt.NDArray[np.bool_]
    """Of each, whether it carries a long text."""


def arrivals(
    rate: float, warm_up_s: float, seconds: float, long_every_s: float | None, seed: tuple[int, ...]
) -> Arrivals:
    """A Poisson process of `rate` a second, as many independent people make it, and long texts in between.

    As many as the rate says, in the warm-up and in the seconds after it, so that chance is in when they come alone.
    """
    random, end_s = np.random.default_rng(seed), warm_up_s + seconds
    due = np.concatenate([_poisson(rate, 0, warm_up_s, random), _poisson(rate, warm_up_s, end_s, random)])
    long_due = np.arange(_LONG_FROM_S, end_s, long_every_s) if long_every_s else np.empty(0)
    both = np.concatenate([due, long_due])
    order = np.argsort(both, kind="stable")
    return Arrivals(both[order], (np.arange(len(both)) >= len(due))[order])


def _poisson(rate: float, begin_s: float, end_s: float, random: np.random.Generator) -> Moments:
    """Of a Poisson process, given how many there were, each comes at any moment, whatever the others do."""
    count = max(1, round(rate * (end_s - begin_s))) if end_s > begin_s else 0
    return np.sort(random.uniform(begin_s, end_s, count))
