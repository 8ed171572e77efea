"""An index run: sources in, a balanced ledger out, whatever happens in between."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

import pyarrow as pa

from newsreel.core.ledger import LedgerRow, State
from newsreel.core.protocols import Archive
from newsreel.core.times import now_ns
from newsreel.ingest.sources import Ref, Source, reopen
from newsreel.pipeline import plan
from newsreel.pipeline.films import FilmProgress, Films
from newsreel.pipeline.group import Failure, Group, WaitingFilm, inputs_of
from newsreel.pipeline.naming import Namer
from newsreel.pipeline.removal import Found, finish_kills, promote
from newsreel.pipeline.removal import prune as prune_gone
from newsreel.pipeline.represent import Representer
from newsreel.pipeline.stage import Engine
from newsreel.pipeline.stages import REFS, OpenEmbedder, OpenEntities, OpenShotModel, ReadStage, ShotStage

__all__ = ["Indexer", "Limits", "Models", "Progress", "Summary", "namer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is."""

    phase: str
    total: int
    counts: Counter[str]
    film: FilmProgress | None = None
    """Of the film that is being cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a run did: inputs by outcome, vectors computed, texts read for names, and every failure and loss."""

    counts: Counter[str]
    computed: int
    texts_read: int
    failures: tuple[Failure, ...]
    losses: tuple[Failure, ...]
    """Items of which something could not be read."""
    frames: int
    """Pictures of films that were decoded."""
    seconds: float

    @property
    def inputs(self) -> int:
        """How many inputs the sources had."""
        return sum(n for outcome, n in self.counts.items() if outcome not in ("pruned", "beside"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """What represents segments."""

    open_embedder: OpenEmbedder
    open_shots: OpenShotModel
    film_recipe: str
    """What cuts films: their shots are kept under it."""
    open_entities: OpenEntities | None = None
    """None for an archive without entities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much at a time, and how long."""

    group_inputs: int
    """Inputs that are committed together."""
    film_s: float
    """Seconds a film may take; what was found of it by then is used."""


class Indexer:
    """Runs sources into an archive. The caller holds the writer's lease."""

    def __init__(
        self,
        archive: Archive,
        engine: Engine,
        models: Models,
        watch: Callable[[Progress], None],
        limits: Limits,
        film_engine: Engine,
    ) -> None:
        """Write to this archive; `watch` is told after every group of inputs, which are committed together.

        `film_engine` cuts as many films at once as it has workers.
        """
        self._limits = limits
        self._archive = archive
        self._engine = engine
        shots = ShotStage(models.open_shots, limits.film_s)
        self._films = films = Films(archive, film_engine, shots, self._tell_film, models.film_recipe)
        self._read = ReadStage(models.film_recipe)
        self._namer = namer(archive, engine, models)
        self._representer = Representer(archive, engine, models.open_embedder, films, self._namer)
        self._watch = watch
        self._total = 0
        self._counts: Counter[str] = Counter()
        self._failures: list[Failure] = []
        self._losses: list[Failure] = []

    def run(self, sources: Sequence[Source], *, retry_failed: bool = False, prune: bool = False) -> Summary:
        """Index everything in the sources, and finish what an interrupted run left."""
        started = time.monotonic()
        self._tell("counting")
        self._total = sum(source.count() for source in sources)
        finish_kills(self._archive)
        found, films = Found(), list[WaitingFilm]()
        refs = chain(self._left_over(sources), *(source.refs() for source in sources))
        for table in self._engine.run(self._read, self._ref_tables(refs, retry_failed)):
            inputs = inputs_of(table)
            found.add(inputs)
            for part in _apart(inputs):
                group = Group(self._archive, self._representer, retry_failed=retry_failed)
                self._account(group, group.run(part))
                films += group.waiting
            self._tell("indexing")
        self._run_films(films, retry_failed)
        self._fail_left_over()
        if prune:
            self._counts["pruned"] += prune_gone(self._archive, sources, found)
        self._tell("folding in")
        finish_kills(self._archive)
        promote(self._archive, {row.content_key for row in self._archive.in_state(State.DUPLICATE)})
        self._archive.fold()
        return Summary(
            counts=self._counts,
            computed=self._representer.computed,
            texts_read=self._namer.computed if self._namer else 0,
            failures=tuple(self._failures),
            losses=tuple(self._losses),
            frames=self._films.frames,
            seconds=time.monotonic() - started,
        )

    def _run_films(self, films: Sequence[WaitingFilm], retry_failed: bool) -> None:
        """Each is stored as soon as it is cut, in this thread; several are cut at once."""
        waiting: dict[str, list[WaitingFilm]] = {}
        for film in films:
            waiting.setdefault(film.new.uri, []).append(film)
        due = {f.new.uri: f.new.item for f in films if f.new.item and f.is_due(self._archive)}
        cut = self._films.cut(due.values(), again=retry_failed)
        for uri in chain((uri for uri in waiting if uri not in due), cut):
            for film in waiting[uri]:
                group = Group(self._archive, self._representer, retry_failed=retry_failed)
                self._account(group, group.run_film(film))
            self._tell("cutting")

    def _account(self, group: Group, outcomes: Counter[str]) -> None:
        self._counts += outcomes
        self._failures += group.failures
        self._losses += group.losses

    def _tell(self, phase: str) -> None:
        self._watch(Progress(phase=phase, total=self._total, counts=self._counts))

    def _tell_film(self, film: FilmProgress) -> None:
        self._watch(Progress(phase="cutting", total=self._total, counts=self._counts, film=film))

    def _ref_tables(self, refs: Iterable[Ref], retry_failed: bool) -> Iterator[pa.Table]:
        stream = iter(refs)
        while group := list(islice(stream, self._limits.group_inputs)):
            rows: dict[str, list[LedgerRow]] = {}
            for row in self._archive.at_sources([ref.location for ref in group]):
                rows.setdefault(row.source, []).append(row)
            known = [plan.settled_hashes(rows.get(r.location, []), retry_failed=retry_failed) for r in group]
            columns = [[r.location for r in group], [r.line for r in group], known]
            yield pa.table([pa.array(c, f.type) for c, f in zip(columns, REFS, strict=True)], schema=REFS)

    def _left_over(self, sources: Sequence[Source]) -> Iterator[Ref]:
        """What an interrupted run recorded and did not finish, unless these sources hold it anyway."""
        rows = self._archive.in_state(State.PENDING)
        return reopen(r.source for r in rows if not any(s.covers(r.source) for s in sources))

    def _fail_left_over(self) -> None:
        cause = "an interrupted run recorded it, and its source no longer holds it: index its new place"
        rows = [r for r in self._archive.in_state(State.PENDING) if not r.tombstone]
        if rows:  # half of a version may be stored
            self._archive.remove([r.uri for r in rows])
        self._archive.record(
            [replace(r, state=State.FAILED, content_key="", cause=cause, loss="", changed_ns=now_ns()) for r in rows]
        )
        self._failures += [Failure(uri=r.uri, source=r.source, cause=cause) for r in rows]
        self._counts["failed"] += len(rows)


def namer(archive: Archive, engine: Engine, models: Models) -> Namer | None:
    """Raises ValueError where the archive is with entities and no model for them is at hand, or the reverse."""
    space = archive.entity_space
    if space is None or models.open_entities is None:
        if space or models.open_entities:
            raise ValueError("an archive with entities needs a model that finds them, one without has no use for it")
        return None
    return Namer(archive, engine, models.open_entities, space.fingerprint)


def _apart(inputs: Sequence[plan.Input]) -> Iterator[list[plan.Input]]:
    """The inputs in order, in parts in which no item comes twice: each then sees what the one before it left."""
    part: dict[str, plan.Input] = {}
    unchanged: list[plan.Input] = []
    for new in inputs:
        if new.unchanged or new.beside:
            unchanged.append(new)
            continue
        if new.uri in part:
            yield list(part.values())
            part = {}
        part[new.uri] = new
    yield [*part.values(), *unchanged]
