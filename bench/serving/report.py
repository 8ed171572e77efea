"""What a run found: as Markdown tables and a line a claim, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.encoders.ratios import Interval
from bench.encoders.rows import Claim
from bench.serving.day import QUERIES_A_DAY, Day
from bench.serving.loads import SEARCH_P95_MS
from bench.serving.overhead import Overhead
from bench.serving.rows import CostRow, LatencyRow, RateRow
from bench.serving.searching import Searching
from bench.shots.tables import table

__all__ = ["Field", "Report", "lines", "write_json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Servers of one task, beside each other."""

    task: str
    rates: Sequence[RateRow]
    latencies: Sequence[LatencyRow]
    costs: Sequence[CostRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything of one run."""

    machine: str
    cores: str
    date: str
    rounds: int
    p95_ms: float
    about: Mapping[str, str]
    """What each contestant runs."""

    versions: Mapping[str, Mapping[str, str]]
    left_out: Sequence[str]
    fields: Sequence[Field]
    overhead: Overhead | None
    searching: Searching | None
    """None of what failed: `left_out` says why."""

    days: Sequence[Day]
    claims: Sequence[Claim]
    notes: Sequence[str]


def write_json(report: Report, path: Path) -> None:
    """The whole report; a claim also as the line that is printed."""
    told = asdict(report) | {"verdicts": [str(claim) for claim in report.claims]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def lines(report: Report) -> Iterator[str]:
    """What is printed, paragraph by paragraph."""
    yield f"{report.machine}; {report.cores}; {report.date}; {report.rounds} rounds"
    yield "\n".join(f"{name}: {about}" for name, about in report.about.items())
    yield from (f"left out: {reason}" for reason in report.left_out)
    for field in report.fields:
        yield from _field(field, report.p95_ms)
    if report.overhead is not None:
        yield from _overhead(report.overhead)
    if report.searching is not None:
        yield from _searching(report.searching)
    if report.days:
        yield _days(report.days)
    yield "\n".join((*report.notes, *map(str, report.claims)))


def _field(field: Field, p95_ms: float) -> Iterator[str]:
    yield table(
        (f"{field.task}: sustained at p95 <= {p95_ms:g} ms", "load", "requests/s", "Newsreel, times"),
        [(row.contestant, row.load, row.a_second, row.ours_times) for row in field.rates],
    )
    yield table(
        (
            f"{field.task}: latency",
            "load, requests/s",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "times Newsreel's",
            "CPU ms",
            "times Newsreel's",
        ),
        [
            (
                *(row.contestant, f"{row.load}, {row.rate:.0f}", *row.ms),
                *(", ".join(f"{times.median:.1f}" for times in row.times_ours), row.cpu_ms, row.times_our_cpu),
            )
            for row in field.latencies
        ],
    )
    yield table(
        (f"{field.task}: cost", "memory, MiB", "times Newsreel's", "start-up to ready, s", "times Newsreel's"),
        [(r.contestant, _whole(r.memory_mib), r.times_our_memory, r.ready_s, r.times_our_ready) for r in field.costs],
    )


def _overhead(found: Overhead) -> Iterator[str]:
    yield table(
        (f"a query at {found.rate:g} a second, p50", "ms"),
        [
            ("Newsreel", found.query_ms),
            ("the same server, a constant answer", found.constant_ms),
            ("bare inference, in process", found.bare_ms),
            ("Newsreel, times the two together", found.times),
        ],
    )


def _searching(found: Searching) -> Iterator[str]:
    yield (
        f"/v1/search in {found.stories} stories sustains {found.sustained} requests a second by itself, "
        f"p95 <= {SEARCH_P95_MS:g} ms"
    )
    yield table(
        (f"/v1/search at {found.rate:.0f} a second", "p50 ms", "p95 ms", "p99 ms"),
        [("alone", *found.alone_ms), ("while the archive is added to", *found.indexing_ms)],
    )


def _days(days: Sequence[Day]) -> str:
    return table(
        (f"a day of {QUERIES_A_DAY:,} queries", "p50 ms", "p95 ms", "p99 ms", "peak hour", "cores needed"),
        [
            (
                f"{day.what}, {day.queries} of them asked",
                *(f"{ms:.1f}" for ms in (day.p50_ms, day.p95_ms, day.p99_ms)),
                f"{day.peak_rate:.1f} a second, p95 {day.peak_p95_ms:.1f} ms",
                f"{day.cores} ({day.busy_cores:.3f} busy, {day.service_ms:.2f} ms a query)",
            )
            for day in days
        ],
    )


def _medians(found: Sequence[Interval]) -> str:
    return ", ".join(f"{interval.median:.1f}" for interval in found)


def _whole(found: Interval) -> str:
    return f"{found.median:.0f} [{found.low:.0f}, {found.high:.0f}]"
