"""Contestants in turns, in this process: what each takes and gives, round by round."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Calls", "Turn", "Turns", "in_turns", "walls"]

_REST_S = 0.1
"""Between turns, so that the threads of the last contestant have stopped spinning when the next begins."""

Calls = Mapping[str, Callable[[], Any]]


@dataclass(frozen=True, slots=True)
class Turn:
    """One contestant in one round."""

    wall_s: float
    cpu_s: float
    """Of all threads of this process; of a program that it starts nothing."""
    gave: Any


Turns = Mapping[str, list[Turn]]
"""By contestant, one a round."""


def in_turns(rounds: Iterable[Calls], watch: Callable[[int], None]) -> Turns:
    """Each round's calls in an order drawn anew. The first round warms up and is not kept; `watch` is told each."""
    draw, found = random.Random(4), dict[str, list[Turn]]()
    for number, calls in enumerate(rounds):
        watch(number)
        names = [*calls]
        found = found or {name: [] for name in names}
        draw.shuffle(names)
        for name in names:
            time.sleep(_REST_S)
            turn = _taken(calls[name])
            if number:
                found[name].append(turn)
    return found


def walls(turns: Iterable[Turn]) -> list[float]:
    """Seconds by the clock, a figure a round."""
    return [turn.wall_s for turn in turns]


def _taken(call: Callable[[], Any]) -> Turn:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    gave = call()
    return Turn(time.perf_counter() - wall_s, time.process_time() - cpu_s, gave)
