"""What a run found: printed as tables, written as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.encoders.ratios import Interval
from bench.encoders.rows import Claim, DocumentRow, QueryRow
from rich.console import Console
from rich.table import Table

__all__ = ["QualityRow", "Report", "show", "show_documents", "show_queries", "write_json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRow:
    """A contestant's quality; None where it could not be measured."""

    contestant: str
    sts_dev: float | None
    sts_test: float | None
    cosine_mean: float | None
    cosine_min: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything of one run."""

    machine: str
    date: str
    rounds: int
    texts: str
    about: Mapping[str, str]
    """What each contestant runs: precision and runtime."""

    versions: Mapping[str, Mapping[str, str]]
    left_out: Sequence[str]
    peaks_gops: Mapping[str, Interval]
    queries: Sequence[QueryRow]
    entities: Sequence[QueryRow]
    documents: Sequence[DocumentRow]
    quality: Sequence[QualityRow]
    claims: Sequence[Claim]
    notes: Sequence[str]


def write_json(report: Report, path: Path) -> None:
    """The whole report; a claim also as the line that is printed."""
    told = asdict(report) | {"verdicts": [str(claim) for claim in report.claims]}
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def show(report: Report, console: Console) -> None:
    """Tables, then a line a claim."""
    console.print(f"{report.machine}; {report.date}; {report.rounds} rounds; {report.texts}")
    for name, about in report.about.items():
        console.print(f"{name}: {about}")
    for reason in report.left_out:
        console.print(f"left out: {reason}")
    show_queries("One query of 8 tokens, all-MiniLM-L6-v2", report.queries, console)
    show_queries("One query of 8 tokens, DistilBERT-base token classifier, random weights", report.entities, console)
    show_documents("Documents of 20-250 words, all-MiniLM-L6-v2", report.documents, console)
    _show_quality(report.quality, console)
    console.print()
    if report.peaks_gops:
        peaks = ", ".join(f"{engine} {found.median:.0f}" for engine, found in report.peaks_gops.items())
        console.print(f"peaks, in thousand millions of operations a second: {peaks}")
    for line in (*report.notes, *map(str, report.claims)):
        console.print(line)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", box=None)
    for column in ("", *columns):
        table.add_column(column, no_wrap=True)
    return table


def show_queries(title: str, rows: Sequence[QueryRow], console: Console) -> None:
    """A table, or nothing without rows."""
    table = _table(title, "p50 ms", "p95 ms", "times ours, p50", "times ours, p95")
    for row in rows:
        shown = (row.p50_ms, row.p95_ms, row.times_ours_p50, row.times_ours_p95)
        table.add_row(row.contestant, *map(str, shown))
    if rows:
        console.print(table)


def show_documents(title: str, rows: Sequence[DocumentRow], console: Console) -> None:
    """A table, or nothing without rows."""
    shares = {
        "of int8 peak": [row.of_int8_peak for row in rows],
        "of fp32 peak": [row.of_fp32_peak for row in rows],
    }
    measured = {title: [s for s in column if s is not None] for title, column in shares.items() if all(column)}
    columns = ("batch", "documents/s", "times ours", *measured)
    table = _table(title, *columns)
    for n, row in enumerate(rows):
        shown = (row.documents_per_s, row.times_ours, *(_percent(column[n]) for column in measured.values()))
        table.add_row(row.contestant, "" if row.batch is None else str(row.batch), *map(str, shown))
    if rows:
        console.print(table)


def _percent(share: Interval) -> str:
    return f"{100 * share.median:.0f} %"


def _show_quality(rows: Sequence[QualityRow], console: Console) -> None:
    columns = ("STS-B dev", "STS-B test", "cosine to the reference, mean", "least")
    table = _table("Quality, all-MiniLM-L6-v2", *columns)
    for row in rows:
        points = ("–" if score is None else f"{score:.2f}" for score in (row.sts_dev, row.sts_test))
        shares = ("–" if cosine is None else f"{cosine:.4f}" for cosine in (row.cosine_mean, row.cosine_min))
        table.add_row(row.contestant, *points, *shares)
    if rows:
        console.print(table)
