"""A whole run: choose batch sizes, race, measure quality, judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.encoders import claims, quality, texts
from bench.encoders.batches import document_jobs
from bench.encoders.contestants.peaks import BETWEEN, SIDE
from bench.encoders.field import EMBEDDERS, LABELLERS, OURS, OURS_ENTITIES, PEAKS, REFERENCE
from bench.encoders.lineup import Lineup
from bench.encoders.operations import operations, token_counts
from bench.encoders.race import FailedError, Job
from bench.encoders.ratios import Interval, median_interval
from bench.encoders.report import QualityRow, Report
from bench.encoders.rows import DocumentRow, QueryRow, Rounds, document_rows, peak_by_round, query_rows

from newsreel.models.runtime import cpu

__all__ = ["FULL", "QUICK", "Scale", "hold"]

_PRODUCT = 2.0 * SIDE**3
"""Operations of one product of the peaks' matrices."""

_PRODUCTS = 3
"""Of each engine in a round, of which the quickest counts."""

Times = Mapping[Job, Rounds]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured."""

    rounds: int
    trials: int
    """Rounds that choose a batch size; none of them counts."""

    documents: int
    queries: int
    """For each round."""

    passages: int
    splits: tuple[str, ...]
    """Of STS-B."""


FULL = Scale(rounds=20, trials=2, documents=96, queries=40, passages=256, splits=("dev", "test"))
QUICK = Scale(rounds=7, trials=1, documents=32, queries=20, passages=64, splits=("dev",))


def hold(lineup: Lineup, encoder: Path, shared: Path, scale: Scale) -> Report:
    """Race whoever is in the line-up. Raises FailedError where Newsreel is not, or fails."""
    lineup.need(OURS)
    documents = tuple(texts.documents(scale.documents))
    jobs = [*_query_jobs(encoder, scale), *_peak_jobs(lineup)]
    jobs += document_jobs(lineup, EMBEDDERS, documents, scale.trials)
    times = lineup.race(jobs, scale.rounds, "round")
    lineup.need(OURS)
    graded = list(_quality(lineup, shared, scale))
    return _report(lineup, times, graded, _work(encoder, documents), scale)


def _query_jobs(encoder: Path, scale: Scale) -> list[Job]:
    asked = tuple(texts.queries(encoder, scale.queries))
    return [
        Job(workload, contestant.name, "singly", asked)
        for workload, contestants in (("queries", EMBEDDERS), ("entities", LABELLERS))
        for contestant in contestants
    ]


def _peak_jobs(lineup: Lineup) -> list[Job]:
    """For the engines that are here; none without the peaks, and no share of them is shown then."""
    here = lineup.about[PEAKS.name].split(BETWEEN) if lineup.alive([PEAKS]) else []
    return [Job("peaks", PEAKS.name, "singly", (engine,) * _PRODUCTS) for engine in here]


def _quality(lineup: Lineup, shared: Path, scale: Scale) -> Iterator[QualityRow]:
    pairs = {split: texts.sts(shared, split) for split in scale.splits}
    passages = texts.passages(shared, scale.passages)
    wanted: quality.Matrix | None = None
    for contestant in sorted(lineup.alive(EMBEDDERS), key=lambda c: c.name != REFERENCE):
        runner = lineup.runners[contestant.name]
        try:
            points = {split: quality.sts_score(runner, chosen) for split, chosen in pairs.items() if chosen}
            found = quality.vectors(runner, passages) if passages else None
        except FailedError as error:
            lineup.lose(contestant.name, error)
            continue
        if contestant.name == REFERENCE:
            wanted = found
        near = None if wanted is None or found is None else quality.cosines(found, wanted)
        yield QualityRow(
            contestant=contestant.name,
            sts_dev=points.get("dev"),
            sts_test=points.get("test"),
            cosine_mean=None if near is None else float(near.mean()),
            cosine_min=None if near is None else float(near.min()),
        )


def _work(encoder: Path, documents: Sequence[str]) -> float:
    return operations(encoder, token_counts(encoder, list(documents), texts.MAX_TOKENS))


def _report(lineup: Lineup, times: Times, graded: list[QualityRow], work: float, scale: Scale) -> Report:
    queries = _queries(times, "queries", OURS)
    entities = _queries(times, "entities", OURS_ENTITIES)
    engines = {job.texts[0]: rounds for job, rounds in times.items() if job.workload == "peaks"}
    documents = _documents(times, engines, work, scale)
    return Report(
        machine=str(cpu.describe()),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        rounds=scale.rounds,
        texts=f"{scale.documents} documents and {scale.queries} queries a round, recombined from the sample's stories",
        about=lineup.about,
        versions=lineup.versions,
        left_out=lineup.left_out,
        peaks_gops={engine: _gops(rounds) for engine, rounds in engines.items()},
        queries=queries,
        entities=entities,
        documents=documents,
        quality=graded,
        claims=claims.claims(queries, entities, documents, graded),
        notes=_notes(queries, graded),
    )


def _queries(times: Times, workload: str, ours: str) -> list[QueryRow]:
    found = {job.contestant: rounds for job, rounds in times.items() if job.workload == workload}
    return query_rows(found, ours) if ours in found else []


def _documents(times: Times, engines: Mapping[str, Rounds], work: float, scale: Scale) -> list[DocumentRow]:
    kinds = {kind: {e: rounds for e, rounds in engines.items() if e.startswith(kind)} for kind in ("int8", "fp32")}
    peaks = {kind: peak_by_round(multiplied, _PRODUCT) for kind, multiplied in kinds.items() if multiplied}
    found = {(job.contestant, job.batch): rounds for job, rounds in times.items() if job.workload == "documents"}
    order = [contestant.name for contestant in EMBEDDERS]
    found = dict(sorted(found.items(), key=lambda entry: order.index(entry[0][0])))
    return document_rows(found, OURS, documents=scale.documents, operations=work, peaks=peaks)


def _gops(rounds: Rounds) -> Interval:
    return median_interval([_PRODUCT / min(round_) / 1e9 for round_ in rounds])


def _notes(queries: Sequence[QueryRow], graded: Sequence[QualityRow]) -> list[str]:
    notes = ["the token classifier's weights are random: its speed is real, and no quality is shown for it"]
    if any(row.contestant not in (OURS, REFERENCE) for row in queries):
        notes.append(claims.QUERIES_NOTE)
    if all(row.sts_dev is None and row.cosine_mean is None for row in graded):
        notes.append("no quality is shown: the shared data is not at hand (NEWSREEL_SHARED)")
    return notes
