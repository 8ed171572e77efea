"""A whole run: servers in turns, what serving adds, search, a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bench.encoders.rows import Claim
from bench.serving import rows
from bench.serving.day import Day, day
from bench.serving.field import EMBEDDERS, ENTITIES, OURS, OURS_ENTITIES, PLAIN, PLAIN_ENTITIES, Contestant
from bench.serving.lineup import Lineup
from bench.serving.loads import DOCUMENTS, LOADS, MIX, P95_MS, QUERIES, Load, Pace
from bench.serving.overhead import overhead
from bench.serving.race import measure
from bench.serving.report import Field, Report
from bench.serving.searching import searching

from newsreel.models.runtime import cpu

__all__ = ["FULL", "QUICK", "Scale", "hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured."""

    rounds: int
    all_contestants: bool
    loads: tuple[Load, ...]
    entity_loads: tuple[Load, ...]
    search: Pace
    """Of each rate that is tried, in search of the highest."""

    hold: Pace
    """Of the rate that latencies are of."""

    stories: int
    hour_s: float
    """An hour of the day in miniature."""


@dataclass(frozen=True, slots=True)
class Group:
    """Servers of one task."""

    task: str
    ours: Contestant
    plain: Contestant
    contestants: tuple[Contestant, ...]
    loads: tuple[Load, ...]


_NOTES = (
    "every server truncates texts at what its model reads, 256 tokens of an embedder; Newsreel remembers nothing",
    "the mix is four queries to a document, and a text of 10,000 words a second beside them, in no percentile",
    "the client sends when requests are due, whatever has been answered; latencies count from then",
)
_ONE_ROUND = "one round: there are no intervals, and the figures are a first look"

FULL = Scale(
    rounds=5,
    all_contestants=True,
    loads=LOADS,
    entity_loads=(QUERIES, DOCUMENTS),
    search=Pace(seconds=2, warm_up_s=0.5),
    hold=Pace(seconds=10, warm_up_s=1),
    stories=3_000,
    hour_s=10,
)
QUICK = Scale(
    rounds=1,
    all_contestants=False,
    loads=(QUERIES, MIX),
    entity_loads=(QUERIES,),
    search=Pace(seconds=0.8, warm_up_s=0.2),
    hold=Pace(seconds=2, warm_up_s=0.3),
    stories=200,
    hour_s=0.5,
)


def hold(lineup: Lineup, scale: Scale) -> Report:
    """Race whoever can take part. Raises FailedError where Newsreel cannot, or fails."""
    groups = (
        Group("embeddings", OURS, PLAIN, _chosen(EMBEDDERS, scale), scale.loads),
        Group("entities", OURS_ENTITIES, PLAIN_ENTITIES, _chosen(ENTITIES, scale), scale.entity_loads),
    )
    everybody = [contestant for group in groups for contestant in group.contestants]
    for contestant in everybody:
        lineup.enter(contestant)
    found = [_race(lineup, group, scale) for group in groups]
    added = lineup.tried("overhead", lambda: overhead(lineup, scale.rounds, scale.hold))
    embedded = lineup.tried("a day", lambda: _day(lineup, scale))
    searched = lineup.tried(
        "search",
        lambda: searching(lineup, scale.stories, scale.rounds, scale.search, scale.hold, scale.hour_s),
    )
    return Report(
        machine=str(cpu.describe()),
        cores=str(lineup.cores),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        rounds=scale.rounds,
        p95_ms=P95_MS,
        about={contestant.name: contestant.about for contestant in lineup.alive(everybody)},
        versions=lineup.versions,
        left_out=lineup.left_out,
        fields=[field for field, _ in found],
        overhead=added,
        searching=searched,
        days=[each for each in (embedded, searched and searched.day) if each],
        claims=[*(claim for _, claims in found for claim in claims), *([added.claim] if added else [])],
        notes=(*_NOTES, *([_ONE_ROUND] if scale.rounds == 1 else [])),
    )


def _day(lineup: Lineup, scale: Scale) -> Day:
    with lineup.started(OURS) as server:
        return day("/v1/embeddings", server, scale.hour_s)


def _chosen(contestants: tuple[Contestant, ...], scale: Scale) -> tuple[Contestant, ...]:
    return tuple(one for one in contestants if scale.all_contestants or one.quick)


def _race(lineup: Lineup, group: Group, scale: Scale) -> tuple[Field, list[Claim]]:
    ours = group.ours.name
    found = measure(
        lineup,
        group.ours,
        group.contestants,
        group.loads,
        rounds=scale.rounds,
        search=scale.search,
        hold=scale.hold,
    )
    rates, latencies = rows.rate_rows(found, ours), rows.latency_rows(found, ours)
    peers = frozenset(contestant.name for contestant in group.contestants if contestant.environment is not None)
    field = Field(task=group.task, rates=rates, latencies=latencies, costs=rows.cost_rows(found, ours))
    return field, rows.claims(rates, latencies, plain=group.plain.name, peers=peers)
