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


def arrivals(rate: float, seconds: float, long_every_s: float | None, seed: tuple[int, ...]) -> Arrivals:
    """A Poisson process of `rate` a second, as many independent people make it, and long texts in between."""
    due = _poisson(rate, seconds, np.random.default_rng(seed))
    long_due = np.arange(_LONG_FROM_S, seconds, long_every_s) if long_every_s else np.empty(0)
    both = np.concatenate([due, long_due])
    order = np.argsort(both, kind="stable")
    return Arrivals(both[order], (np.arange(len(both)) >= len(due))[order])


def _poisson(rate: float, seconds: float, random: np.random.Generator) -> Moments:
    most = int(rate * seconds + 10 * np.sqrt(rate * seconds) + 10)  # ten deviations above the mean are never drawn
    due = np.cumsum(random.exponential(1 / rate, most))
    return due[due < seconds]
