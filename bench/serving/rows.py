"""From the servers' rounds to the rows of the report, and to what was aimed at. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bench.encoders.ratios import Interval, median_interval, paired
from bench.encoders.rows import Claim
from bench.serving.race import Measured

__all__ = ["CostRow", "LatencyRow", "RateRow", "claims", "cost_rows", "latency_rows", "rate_rows"]

_PLAIN_AIM, _PLAIN_FLOOR = 4, 2.5
_BEST_AIM = 1.5
_AHEAD = 1
_QUANTILES = (0.5, 0.95, 0.99)

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRow:
    """What a server sustains."""

    contestant: str
    load: str
    a_second: Interval
    ours_times: Interval
    """Our rate as a multiple of its."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyRow:
    """How long answers take at a rate that is the same for all."""

    contestant: str
    load: str
    rate: float
    ms: tuple[Interval, ...]
    """p50, p95 and p99."""

    times_ours: tuple[Interval, ...]
    cpu_ms: Interval
    """Processor time for a request: what does not depend on who else is at work."""

    times_our_cpu: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    """What a server takes before it answers anything."""

    contestant: str
    memory_mib: Interval
    times_our_memory: Interval
    ready_s: Interval
    times_our_ready: Interval


def rate_rows(found: Measured, ours: str) -> list[RateRow]:
    """By load, in the order in which they were met."""
    return [
        RateRow(
            contestant=name,
            load=load,
            a_second=median_interval(rates),
            ours_times=paired(found.knees[ours, load], rates),
        )
        for (name, load), rates in _by_load(found.knees)
    ]


def latency_rows(found: Measured, ours: str) -> list[LatencyRow]:
    """The same."""
    ms = {
        key: [[each.quantile(quantile) for each in latencies] for quantile in _QUANTILES]
        for key, latencies in found.latencies.items()
    }
    return [
        LatencyRow(
            contestant=name,
            load=load,
            rate=found.rates[load],
            ms=tuple(map(median_interval, theirs)),
            times_ours=tuple(paired(one, other) for one, other in zip(theirs, ms[ours, load], strict=True)),
            cpu_ms=median_interval(found.cpu_ms[name, load]),
            times_our_cpu=paired(found.cpu_ms[name, load], found.cpu_ms[ours, load]),
        )
        for (name, load), theirs in _by_load(ms)
    ]


def cost_rows(found: Measured, ours: str) -> list[CostRow]:
    """A row a server."""
    return [
        CostRow(
            contestant=name,
            memory_mib=median_interval(memory),
            times_our_memory=paired(memory, found.memory_mib[ours]),
            ready_s=median_interval(found.ready_s[name]),
            times_our_ready=paired(found.ready_s[name], found.ready_s[ours]),
        )
        for name, memory in sorted(found.memory_mib.items(), key=lambda entry: entry[0] != ours)
    ]


def claims(
    rates: Sequence[RateRow], latencies: Sequence[LatencyRow], *, plain: str, peers: frozenset[str]
) -> list[Claim]:
    """Of each load: beside the plain app, the best peer, and each peer. `peers`: who is none of ours."""
    return [
        *(claim for load in dict.fromkeys(row.load for row in rates) for claim in _of_rates(rates, load, plain, peers)),
        *(
            Claim(what=f"{row.load}, p99 of {row.contestant}, times ours", found=row.times_ours[-1], floor=_AHEAD)
            for row in latencies
            if row.contestant in peers
        ),
    ]


def _of_rates(rows: Sequence[RateRow], load: str, plain: str, peers: frozenset[str]) -> Iterator[Claim]:
    theirs = [row for row in rows if row.load == load and row.contestant in peers]
    best = max(theirs, key=lambda row: row.a_second.median, default=None)
    for row in theirs:
        what = f"{load}, sustained, times {row.contestant}"
        if row.contestant == plain:
            yield Claim(what=what, found=row.ours_times, aim=_PLAIN_AIM, floor=_PLAIN_FLOOR)
        else:
            yield Claim(what=what, found=row.ours_times, floor=_AHEAD)
        if row is best:
            yield Claim(what=f"{what}, the best peer", found=row.ours_times, aim=_BEST_AIM, floor=_AHEAD)


def _by_load(found: Mapping[tuple[str, str], _Value]) -> list[tuple[tuple[str, str], _Value]]:
    loads = list(dict.fromkeys(load for _, load in found))
    return sorted(found.items(), key=lambda entry: loads.index(entry[0][1]))
