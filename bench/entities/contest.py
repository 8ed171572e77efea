"""The race of entity models, its tables and its claims."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.encoders import texts
from bench.encoders.batches import document_jobs
from bench.encoders.lineup import Lineup
from bench.encoders.race import Contestant, Job
from bench.encoders.report import show_documents, show_queries
from bench.encoders.rows import Claim, DocumentRow, QueryRow, document_rows, query_rows
from rich.console import Console

from newsreel.models.runtime import cpu

__all__ = ["DISTILBERT", "FULL", "OURS", "OUR_WEIGHTS", "QUICK", "Findings", "Scale", "claims", "hold"]

OURS = Contestant(name="Newsreel", module="newsreel_shipped", environment=None)
DISTILBERT = Contestant(
    name="pipeline, DistilBERT-base", module="transformers_pipeline", environment="transformers", default=1
)
OUR_WEIGHTS = Contestant(
    name="pipeline, our weights", module="transformers_pipeline", environment="transformers", default=1
)
_FIELD = (OURS, DISTILBERT, OUR_WEIGHTS)

_FLOORS = {DISTILBERT.name: (5.0, 3.0), OUR_WEIGHTS.name: (3.0, 2.0)}
"""Times ours: of one query's p50, and of documents with the peer's best batch size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured."""

    rounds: int
    trials: int
    """Rounds that choose a batch size; none of them counts."""

    documents: int
    queries: int
    """For each round."""


FULL = Scale(rounds=20, trials=2, documents=48, queries=40)
QUICK = Scale(rounds=7, trials=1, documents=16, queries=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything of one run."""

    machine: str
    date: str
    rounds: int
    about: dict[str, str]
    """What each contestant runs: precision and runtime."""

    versions: dict[str, dict[str, str]]
    left_out: list[str]
    queries: list[QueryRow]
    documents: list[DocumentRow]
    claims: list[Claim]

    def show(self, console: Console) -> None:
        """Tables, then a line a claim."""
        console.print(f"{self.machine}; {self.date}; {self.rounds} rounds")
        for name, about in self.about.items():
            console.print(f"{name}: {about}")
        for reason in self.left_out:
            console.print(f"left out: {reason}")
        show_queries("Entities of one query of 8 tokens", self.queries, console)
        show_documents("Entities of documents of 20-250 words", self.documents, console)
        console.print()
        for claim in self.claims:
            console.print(str(claim))

    def write(self, path: Path) -> None:
        """All of it as JSON; a claim also as the line that is printed."""
        told = asdict(self) | {"verdicts": [str(claim) for claim in self.claims]}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def hold(lineup: Lineup, vocabulary: Path, scale: Scale) -> Findings:
    """Race whoever is in the line-up; `vocabulary` is the folder whose tokens a query has eight of.

    Raises FailedError where Newsreel is not in it, or fails.
    """
    lineup.need(OURS.name)
    asked = tuple(texts.queries(vocabulary, scale.queries))
    jobs = [Job("queries", contestant.name, "singly", asked) for contestant in _FIELD]
    jobs += document_jobs(lineup, _FIELD, tuple(texts.documents(scale.documents)), scale.trials)
    times = lineup.race(jobs, scale.rounds, "round")
    lineup.need(OURS.name)
    queries = query_rows({job.contestant: t for job, t in times.items() if job.workload == "queries"}, OURS.name)
    read = {(job.contestant, job.batch): t for job, t in times.items() if job.workload == "documents"}
    documents = document_rows(read, OURS.name, documents=scale.documents, operations=0, peaks={})
    return Findings(
        machine=str(cpu.describe()),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        rounds=scale.rounds,
        about=lineup.about,
        versions=lineup.versions,
        left_out=lineup.left_out,
        queries=queries,
        documents=documents,
        claims=claims(queries, documents),
    )


def claims(queries: Sequence[QueryRow], documents: Sequence[DocumentRow]) -> list[Claim]:
    """A claim for each floor: a query's p50, and documents beside the batch size with which the peer is fastest."""
    floors = {name: floor for name, (floor, _) in _FLOORS.items()}
    made = [
        Claim(what=f"one query, p50, times {row.contestant}", found=row.times_ours_p50, floor=floors[row.contestant])
        for row in queries
        if row.contestant in floors
    ]
    for name, (_, floor) in _FLOORS.items():
        rows = [row for row in documents if row.contestant == name]
        if rows:
            best = min(rows, key=lambda row: row.times_ours.median)
            what = f"documents, times {name} with batches of {best.batch}"
            made.append(Claim(what=what, found=best.times_ours, floor=floor))
    return made
