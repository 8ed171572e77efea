"""The servers' turns: how much each sustains, and how long its answers take at a rate that all of them sustain."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.serving.field import Contestant
from bench.serving.lineup import Lineup, Started
from bench.serving.loads import Latencies, Load, Pace

__all__ = ["Measured", "measure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A value a round, of whoever took part in all of them."""

    ready_s: Mapping[str, list[float]]
    memory_mib: Mapping[str, list[float]]
    """After all loads."""

    knees: Mapping[tuple[str, str], list[float]]
    """Requests a second, by contestant and load."""

    rates: Mapping[str, float]
    """By load: half the best peer's knee."""

    latencies: Mapping[tuple[str, str], list[Latencies]]
    """At that rate."""

    cpu_ms: Mapping[tuple[str, str], list[float]]
    """Processor time for a request, at that rate."""


@dataclass(frozen=True, slots=True)
class _Values:
    """As they come."""

    ready_s: dict[str, list[float]] = field(default_factory=dict)
    memory_mib: dict[str, list[float]] = field(default_factory=dict)
    knees: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    latencies: dict[tuple[str, str], list[Latencies]] = field(default_factory=dict)
    cpu_ms: dict[tuple[str, str], list[float]] = field(default_factory=dict)


def measure(
    lineup: Lineup,
    ours: Contestant,
    contestants: Sequence[Contestant],
    loads: Sequence[Load],
    *,
    rounds: int,
    search: Pace,
    hold: Pace,
) -> Measured:
    """All of them, `ours` among them, with all loads. Raises FailedError where ours fails, or nobody else is left."""
    values, draw = _Values(), random.Random(7)

    def sustained(number: int) -> Callable[[Contestant, Started], None]:
        def look(contestant: Contestant, server: Started) -> None:
            for load in loads:
                lineup.say(f"sustained, round {number} of {rounds}: {contestant.name}, {load.name}")
                known = values.knees.setdefault((contestant.name, load.name), [])
                is_peer = contestant.environment is not None
                known.append(server.asking.knee(load, known, search, number, at_most=is_peer))
                server.process.check()
            values.ready_s.setdefault(contestant.name, []).append(server.ready_s)
            values.memory_mib.setdefault(contestant.name, []).append(server.process.memory_bytes() / 2**20)

        return look

    def held(number: int, rates: Mapping[str, float]) -> Callable[[Contestant, Started], None]:
        def look(contestant: Contestant, server: Started) -> None:
            for load in loads:
                lineup.say(f"latency, round {number} of {rounds}: {contestant.name}, {load.name}")
                rate, key = rates[load.name], (contestant.name, load.name)
                began_s = server.process.cpu_s()
                values.latencies.setdefault(key, []).append(server.asking.hold(load, rate, hold, 1000 + number))
                spent_s = server.process.cpu_s() - began_s
                values.cpu_ms.setdefault(key, []).append(1000 * spent_s / (rate * hold.total_s))
                server.process.check()

        return look

    for number in range(1, rounds + 1):
        lineup.each(contestants, draw, sustained(number))
        lineup.need(ours)
    rates = {load.name: _half_the_best(lineup, contestants, load, values.knees) for load in loads}
    for number in range(1, rounds + 1):
        lineup.each(contestants, draw, held(number, rates))
        lineup.need(ours)
    there = {contestant.name for contestant in lineup.alive(contestants)}
    return Measured(
        ready_s={name: found for name, found in values.ready_s.items() if name in there},
        memory_mib={name: found for name, found in values.memory_mib.items() if name in there},
        knees={key: found for key, found in values.knees.items() if key[0] in there},
        rates=rates,
        latencies={key: found for key, found in values.latencies.items() if key[0] in there},
        cpu_ms={key: found for key, found in values.cpu_ms.items() if key[0] in there},
    )


def _half_the_best(
    lineup: Lineup,
    contestants: Sequence[Contestant],
    load: Load,
    knees: Mapping[tuple[str, str], list[float]],
) -> float:
    """Of the peers; where there are none, of ourselves."""
    there = lineup.alive(contestants)
    peers = [contestant for contestant in there if contestant.environment is not None] or there
    return max(statistics.median(knees[peer.name, load.name]) for peer in peers) / 2
