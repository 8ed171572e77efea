"""From a race's seconds to the rows of the report. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bench.encoders.ratios import Interval, median_interval, paired, ratios_of_quantile, verdict

__all__ = ["Claim", "DocumentRow", "QueryRow", "document_rows", "fastest", "peak_by_round", "query_rows"]

Rounds = Sequence[Sequence[float]]
"""Seconds, a sequence a round."""

_Setting = TypeVar("_Setting")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRow:
    """One query at a time."""

    contestant: str
    p50_ms: Interval
    p95_ms: Interval
    times_ours_p50: Interval
    times_ours_p95: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """Many documents in one call. `batch` is None for a contestant that has no such setting."""

    contestant: str
    batch: int | None
    documents_per_s: Interval
    times_ours: Interval
    of_int8_peak: Interval | None
    of_fp32_peak: Interval | None
    """None where the peak was not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What was aimed at and what was found."""

    what: str
    found: Interval
    floor: float
    aim: float | None = None
    """None where there is only a floor."""

    def __str__(self) -> str:
        marks = {"floor": self.floor} if self.aim is None else {"floor": self.floor, "aim": self.aim}
        told = (f"{name} {wanted:g}: {verdict(self.found, wanted)}" for name, wanted in marks.items())
        return "; ".join((f"{self.what}: {self.found}", *told))


def query_rows(times: Mapping[str, Rounds], ours: str) -> list[QueryRow]:
    """A row a contestant, in the order given."""
    return [
        QueryRow(
            contestant=name,
            p50_ms=_quantile(rounds, 0.5).scaled(1e3),
            p95_ms=_quantile(rounds, 0.95).scaled(1e3),
            times_ours_p50=ratios_of_quantile(rounds, times[ours], 0.5),
            times_ours_p95=ratios_of_quantile(rounds, times[ours], 0.95),
        )
        for name, rounds in times.items()
    ]


def _quantile(rounds: Rounds, quantile: float) -> Interval:
    return ratios_of_quantile(rounds, [[1.0]] * len(rounds), quantile)


def document_rows(
    times: Mapping[tuple[str, int | None], Rounds],
    ours: str,
    *,
    documents: int,
    operations: float,
    peaks: Mapping[str, Sequence[float]],
) -> list[DocumentRow]:
    """A row a contestant and batch size.

    `operations` are of all documents; `peaks` operations a second by round, of what was measured of int8 and fp32.
    """
    seconds = {key: [round_[0] for round_ in rounds] for key, rounds in times.items()}

    def share(taken: Sequence[float], kind: str) -> Interval | None:
        return paired([operations / s for s in taken], peaks[kind]) if kind in peaks else None

    return [
        DocumentRow(
            contestant=name,
            batch=batch,
            documents_per_s=median_interval([documents / s for s in taken]),
            times_ours=paired(taken, seconds[ours, None]),
            of_int8_peak=share(taken, "int8"),
            of_fp32_peak=share(taken, "fp32"),
        )
        for (name, batch), taken in seconds.items()
    ]


def peak_by_round(times: Mapping[str, Rounds], operations: float) -> list[float]:
    """Operations a second of the quickest product of any engine, for each round."""
    by_round = zip(*times.values(), strict=True)
    return [operations / min(second for engine in engines for second in engine) for engines in by_round]


def fastest(times: Mapping[_Setting, Rounds]) -> _Setting:
    """The setting with the least time in any round: the noise of a machine only ever adds."""
    return min(times, key=lambda setting: min(round_[0] for round_ in times[setting]))
