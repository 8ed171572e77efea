"""The composition root: settings to wired objects. The only place that names concrete backends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from newsreel import telemetry
from newsreel.core.entities import Named
from newsreel.core.errors import ArchiveError, NotFoundError, UsageError
from newsreel.core.item import Item
from newsreel.core.ledger import LedgerRow, State
from newsreel.core.protocols import Embedder, EntityModel, EntitySpace, VectorSpace
from newsreel.core.shots import Shot
from newsreel.core.times import now_ns
from newsreel.evaluate.ecbplus import RetrievalSet, read_ecbplus
from newsreel.evaluate.entities.answers import Answers, ask
from newsreel.evaluate.entities.sets import Split, read_sets
from newsreel.evaluate.shots import report as shot_report
from newsreel.evaluate.shots import systems as shot_systems
from newsreel.evaluate.shots.takes import Half
from newsreel.index.lance import Audit, LanceArchive, audit
from newsreel.inference import Inference, Load, Memory, RedisMemory, SharedEmbedder, SharedEntityModel, Waiting
from newsreel.inference import Models as ServedModels
from newsreel.ingest.sources import expand
from newsreel.live.events import Event
from newsreel.live.feed import Feed, FeedOptions, FeedState, Keep
from newsreel.live.indexing import LiveIndex
from newsreel.live.plans import LivePlan
from newsreel.live.running import one_at_a_time, run_feeds
from newsreel.live.source import LiveSource
from newsreel.live.turns import InTurns
from newsreel.live.warming import warm
from newsreel.live.writing import KeptShots, LiveWriter
from newsreel.models import catalogue
from newsreel.models import shots as shot_models
from newsreel.models.classifier import SequenceClassifier
from newsreel.models.embedder import TextEmbedder
from newsreel.models.entities import TokenClassifier
from newsreel.models.reranker import CrossEncoder
from newsreel.models.runtime import artifact
from newsreel.models.runtime.order import Made, Order
from newsreel.models.shots import TransNetModel
from newsreel.names.redact import PersonalData
from newsreel.pipeline.cutting import CUTTING_VERSION
from newsreel.pipeline.engines.local import LocalEngine
from newsreel.pipeline.films import CutFilm, FilmProgress, cut_alone, films_that_pay
from newsreel.pipeline.indexer import Indexer, Limits, Models, Progress, Summary, namer
from newsreel.pipeline.removal import Killed, kill
from newsreel.pipeline.represent import Representer
from newsreel.sample import texts_of_stories
from newsreel.search.directory import Directory, Listing
from newsreel.search.editors_file import EditorsFile
from newsreel.search.exports import Exports
from newsreel.search.fusion import Weights
from newsreel.search.highlight import highlights
from newsreel.search.known import Known
from newsreel.search.language import understand
from newsreel.search.live import LiveReader, LiveShot
from newsreel.search.named import NamedSearch
from newsreel.search.profile import Profile
from newsreel.search.results import Query, Results
from newsreel.search.searcher import Searcher
from newsreel.settings import Settings

__all__ = [
    "Newsreel",
    "Serving",
    "audit_archive",
    "build_model",
    "cut_video",
    "evaluate_entities",
    "evaluate_retrieval",
    "evaluate_shots",
    "failures",
    "index",
    "kill_items",
    "live",
    "losses",
    "named_entity_model",
    "open_embedder",
    "open_entity_model",
    "open_inference",
    "open_serving",
    "open_shot_model",
    "personal_data",
]

_QUERIES_AT_ONCE = 50
_LIVE_WAIT_S = 0.5


@cache
def _embedder(root: Path, name: str, runtime: str, threads: int) -> TextEmbedder:
    return TextEmbedder.open(artifact.load(root, name, task="embed"), runtime, threads=threads)


@cache
def _entity_model(root: Path, name: str, runtime: str, threads: int) -> TokenClassifier:
    return TokenClassifier.open(catalogue.load(root, name, "entities"), runtime, threads=threads)


@cache
def _reranker(root: Path, name: str, runtime: str, threads: int) -> CrossEncoder:
    return CrossEncoder.open(artifact.load(root, name, task="rerank"), runtime, threads=threads)


@cache
def _classifier(root: Path, name: str, runtime: str, threads: int) -> SequenceClassifier:
    return SequenceClassifier.open(artifact.load(root, name, task="classify"), runtime, threads=threads)


@cache
def _shot_model(root: Path, runtime: str, threads: int) -> TransNetModel:
    return TransNetModel(artifact.load(root, shot_models.DEFAULT, task="shots"), runtime, threads=threads)


def build_model(order: Order, settings: Settings, report: Callable[[str], None]) -> Made:
    """Make the artifact that is ordered; text that it does not bring along is of the sample's stories.

    Raises ArtifactError, UsageError.
    """
    stories = texts_of_stories()
    calibration, held_out = (list(chain.from_iterable(stories[half::2])) for half in (0, 1))
    order = replace(order, calibration=order.calibration or calibration, held_out=order.held_out or held_out)
    return catalogue.build(settings.artifacts, order, report)


def open_embedder(settings: Settings) -> TextEmbedder:
    """The embedder that the settings name, opened once a process. Raises ArtifactError."""
    return _embedder(settings.artifacts, settings.embedder, settings.runtime, settings.threads)


def open_entity_model(settings: Settings) -> TokenClassifier | None:
    """The entity model that the settings name, opened once a process; None for `none`. Raises ArtifactError."""
    if settings.entities == "none":
        return None
    return _entity_model(settings.artifacts, settings.entities, settings.runtime, settings.threads)


def named_entity_model(name: str, settings: Settings, report: Callable[[str], None]) -> TokenClassifier:
    """An entity model by its name; or a token classifier by its source, made an artifact of if it is none yet.

    Raises ArtifactError, UsageError.
    """
    if catalogue.is_source(settings.artifacts, name):
        name = str(build_model(Order(task="entities", source=name), settings, report).artifact.card["name"])
    catalogue.find(settings.artifacts, name)  # says what there is, where there is none of the name
    return _entity_model(settings.artifacts, name, settings.runtime, settings.threads)


def open_inference(settings: Settings, waiting: Waiting | None = None, processes: int = 1) -> Inference:
    """The models that the settings name, for many callers at once.

    `waiting` counts what waits in all of so many processes; None where this is the only one. Raises ArtifactError.
    """
    where = (settings.runtime, settings.threads)
    models = ServedModels(
        embedder=None if settings.embedder == "none" else open_embedder(settings),
        entities=open_entity_model(settings),
        reranker=None if settings.reranker == "none" else _reranker(settings.artifacts, settings.reranker, *where),
        classifier=None
        if settings.classifier == "none"
        else _classifier(settings.artifacts, settings.classifier, *where),
    )
    load = Load(settings.queue_tokens * processes, waiting, processes)
    return Inference(models, load, Memory(settings.memory_bytes), _second_memory(settings))


def _second_memory(settings: Settings) -> RedisMemory | None:
    url = settings.redis_url.get_secret_value()
    if url and not settings.memory_bytes:
        raise UsageError("what Redis knows is taken over into this process's memory: NEWSREEL_MEMORY_BYTES is 0")
    return RedisMemory(url, settings.redis_kept_s) if url else None


def open_shot_model(settings: Settings) -> TransNetModel:
    """The default shot model, opened once a process. Raises ArtifactError."""
    return _shot_model(settings.artifacts, settings.runtime, settings.threads)


def personal_data(settings: Settings) -> PersonalData:
    """How people are named in what other programs are given. Raises UsageError."""
    secret = settings.personal_data_key.get_secret_value()
    return PersonalData(settings.personal_data, secret, settings.personal_data_labels)


def _space(embedder: TextEmbedder) -> VectorSpace:
    return VectorSpace(embedder.card.name, embedder.fingerprint, embedder.dimension)


def _entity_space(model: TokenClassifier | None) -> EntitySpace | None:
    return None if model is None else EntitySpace(model.card.name, model.fingerprint)


def index(
    names: Sequence[str],
    archive: Path,
    settings: Settings,
    watch: Callable[[Progress], None],
    *,
    retry_failed: bool = False,
    prune: bool = False,
    wait_s: float = 0.0,
) -> Summary:
    """Index sources into an archive, which is made if need be. Raises NewsreelError."""
    sources = expand(names, left_out=archive)
    if prune and not all(source.is_manifest or source.path.is_dir() for source in sources):
        raise UsageError("--prune needs whole folders or manifests as sources: of single files it knows no others")
    embedder, entity_model = open_embedder(settings), open_entity_model(settings)
    with LanceArchive.lease(archive, wait_s=wait_s):
        store = LanceArchive.create(archive, _space(embedder), _entity_space(entity_model))
        _same_models(store, embedder, entity_model)
        _live_writer(store, settings, nullcontext, "").finish()
        limits = Limits(group_inputs=settings.group_inputs, film_s=settings.film_limit_s)
        engine = LocalEngine(settings.read_workers)
        film_engine = LocalEngine(settings.films_at_once or films_that_pay())
        indexer = Indexer(store, engine, _models(settings), watch, limits, film_engine)
        return indexer.run(sources, retry_failed=retry_failed, prune=prune)


def cut_video(path: Path, settings: Settings, watch: Callable[[FilmProgress], None]) -> CutFilm:
    """A video's shots, without an archive. Raises NewsreelError, also where nothing of it can be decoded."""
    return cut_alone(path, open_shot_model(settings), settings.film_limit_s, watch)


def live(
    plan: LivePlan,
    settings: Settings,
    emit: Callable[[Event], None],
    watch: Callable[[Sequence[FeedState]], None],
    tell: Callable[[str], None],
) -> list[FeedState]:
    """Watch live feeds until all have ended, the time is up, or KeyboardInterrupt; how they ended.

    `emit` is given what happens, one event at a time, `watch` how the feeds are now and then, and `tell` what people
    should know of the archive. Raises NewsreelError, and what `emit` raised.
    """
    if plan.keyframes is not None:
        plan.keyframes.mkdir(parents=True, exist_ok=True)
    model, options = InTurns(open_shot_model(settings)), FeedOptions.of(plan, settings.live_item_s)
    sources = [(feed.name, LiveSource(feed.address, plan.source)) for feed in plan.feeds]
    warm(model, options)
    with _kept_live(plan, settings, tell) as keep:
        told = one_at_a_time(emit)
        feeds = [Feed(name, source, model, options, told, keep) for name, source in sources]
        run_feeds(feeds, watch, plan.seconds)
    return [feed.state for feed in feeds]


@contextmanager
def _kept_live(plan: LivePlan, settings: Settings, tell: Callable[[str], None]) -> Iterator[Keep | None]:
    """What takes shots to the plan's archive, if it has one."""
    if plan.archive is None:
        yield None
        return
    embedder, entity_model = open_embedder(settings), open_entity_model(settings)
    lease = partial(LanceArchive.lease, plan.archive, wait_s=_LIVE_WAIT_S)
    if not (plan.archive / "archive.json").exists():  # to watch on beside another writer takes no lease
        with lease():
            LanceArchive.create(plan.archive, _space(embedder), _entity_space(entity_model))
    store = LanceArchive(plan.archive)
    _same_models(store, embedder, entity_model)
    index = LiveIndex(_live_writer(store, settings, lease, plan.headline), tell)
    index.start()
    try:
        yield index.add
    finally:
        index.close()


def _live_writer(
    store: LanceArchive, settings: Settings, lease: Callable[[], AbstractContextManager[None]], headline: str
) -> LiveWriter:
    models, engine = _models(settings), LocalEngine(1)
    films = KeptShots(store, models.film_recipe)
    representer = Representer(store, engine, models.open_embedder, films, namer(store, engine, models))
    return LiveWriter(store, store.index, representer, lease, headline, models.film_recipe)


def _models(settings: Settings) -> Models:
    artifacts, threads = settings.artifacts, settings.threads
    fingerprint = open_shot_model(settings).fingerprint
    open_entities = partial(_entity_model, artifacts, settings.entities, settings.runtime, threads)
    return Models(
        open_embedder=partial(_embedder, artifacts, settings.embedder, settings.runtime, threads),
        open_shots=partial(_shot_model, artifacts, settings.runtime, threads),
        film_recipe=f"{fingerprint} {CUTTING_VERSION}",
        open_entities=None if settings.entities == "none" else open_entities,
    )


def kill_items(uris: Sequence[str], archive: Path, *, wait_s: float = 0.0) -> Killed:
    """Remove items for good. Raises ArchiveMissingError, ArchiveBusyError."""
    LanceArchive(archive)  # a kill makes no archive
    with LanceArchive.lease(archive, wait_s=wait_s):
        return kill(LanceArchive(archive), uris)


def audit_archive(archive: Path) -> Audit:
    """Recount an archive."""
    return audit(LanceArchive(archive))


def failures(archive: Path) -> list[LedgerRow]:
    """The ledger's failed items, by uri."""
    return LanceArchive(archive).in_state(State.FAILED)


def losses(archive: Path) -> list[LedgerRow]:
    """The ledger's items of which something could not be read, by uri."""
    return LanceArchive(archive).with_losses()


def evaluate_retrieval(
    folder: Path, settings: Settings, watch: Callable[[Progress], None], weights: Mapping[str, Weights]
) -> tuple[RetrievalSet, dict[str, dict[str, list[tuple[str, float]]]]]:
    """Index the set made of ECB+ in a scratch archive; the set, and for each of `weights` each topic's ranking."""
    made = read_ecbplus(folder)
    with TemporaryDirectory(prefix="newsreel-evaluate-") as scratch:
        manifest, archive = Path(scratch) / "ecbplus.jsonl", Path(scratch) / "archive"
        made.write_manifest(manifest)
        index([str(manifest)], archive, settings, watch)
        newsreel = Newsreel(archive, settings)
        runs: dict[str, dict[str, list[tuple[str, float]]]] = {name: {} for name in weights}
        for name, weighed in weights.items():
            for start in range(0, len(made.topics), _QUERIES_AT_ONCE):
                topics = made.topics[start : start + _QUERIES_AT_ONCE]
                ranked = newsreel.ranked([t.text for t in topics], 101, weighed)
                runs[name] |= dict(zip([t.qid for t in topics], ranked, strict=True))
                asked = Counter({"asked": len(runs[name])})
                watch(Progress(phase=f"asking {name}", total=len(made.topics), counts=asked))
    return made, runs


def evaluate_entities(
    folder: Path, split: Split, names: Sequence[str], settings: Settings, watch: Callable[[Progress], None]
) -> list[Answers]:
    """What each model finds in the sets below `folder`; see `named_entity_model` for how they are named.

    Raises ArtifactError, SourceError, UsageError.
    """

    def told(reading: str, done: int = 0, total: int = 0) -> None:
        watch(Progress(phase=reading, total=total, counts=Counter({"asked": done})))

    models = [named_entity_model(name, settings, told) for name in names]
    sets = read_sets(folder, split)
    return [ask(model, sets, told) for model in models]


def evaluate_shots(
    folder: Path, half: Half, settings: Settings, watch: Callable[[Progress], None], *, generated: bool, peers: bool
) -> shot_report.Answers:
    """What our model and its peers find in the shared films in `folder`, and in those generated of a half.

    Raises ArtifactError, SourceError, UnreadableError, UsageError.
    """
    systems = {shot_systems.OURS: shot_systems.ours(open_shot_model(settings))}
    if peers:
        systems |= shot_systems.peers()

    def told(film: str, done: int) -> None:
        total = shot_report.count_of(generate=generated)
        watch(Progress(phase=film, total=total, counts=Counter({"asked": done})))

    return shot_report.ask(shot_report.films_of(folder, half, generate=generated), systems, told)


@dataclass(frozen=True, slots=True)
class Serving:
    """What one process serves: an archive, models, or both."""

    newsreel: Newsreel | None
    inference: Inference | None = None
    personal_data: PersonalData = field(default_factory=PersonalData)


def open_serving(
    archive: Path | None, settings: Settings, waiting: Waiting | None = None, processes: int = 1
) -> Serving:
    """The archive, if there is one, and the models; see `open_inference`. Raises NewsreelError."""
    inference = open_inference(settings, waiting, processes)
    newsreel = None if archive is None else Newsreel(archive, settings, inference)
    return Serving(newsreel, inference, personal_data(settings))


class Newsreel:
    """An archive that can be searched: what the command line and the service ask."""

    def __init__(self, archive: Path, settings: Settings, inference: Inference | None = None) -> None:
        """Open an archive and the models it was made with. Raises ArchiveError, ArtifactError, UsageError.

        `inference`: of the same settings, where what is searched for shares batches with what else is asked.
        """
        self._archive = LanceArchive(archive)
        embedder, entity_model = open_embedder(settings), open_entity_model(settings)
        _same_models(self._archive, embedder, entity_model)
        editors = EditorsFile(self._archive.path / "entities.toml")
        self._directory = self._open_directory(editors)
        model: Embedder = embedder
        self._model: EntityModel | None = entity_model
        if inference is not None:
            model = SharedEmbedder(embedder, inference.embed)
            self._model = None if entity_model is None else SharedEntityModel(inference.entities)
        self.exports = Exports(self._archive.index, editors, self._model, personal_data(settings))
        """What other programs are given goes through this."""
        self._logs_texts = settings.log_texts
        self._searcher = Searcher(self._archive.index, model, NamedSearch(self._directory, self._model))
        self._terms: Callable[[str], list[str]] = lru_cache(maxsize=65_536)(self._archive.index.terms)

    def search(self, query: Query) -> Results:
        """Answer a query. Raises UsageError."""
        return self._searcher.search(query)

    def log(self, results: Results) -> None:
        """Log what was asked, where the operator wants texts in the log."""
        if self._logs_texts:
            query = self.exports.query(results)
            telemetry.log("search", query=query.text, entities=query.entities, total=results.total)

    def marker(self, text: str) -> Callable[[str], tuple[tuple[int, int], ...]]:
        """What a query's words match of any text, as results tell it of their segments: half-open ranges of it."""
        wanted = frozenset(self._terms(understand(text).words))
        return lambda passage: highlights(passage, wanted, self._terms) if wanted else ()

    def ranked(self, texts: Sequence[str], limit: int, weights: Weights | None = None) -> list[list[tuple[str, float]]]:
        """For each text the best items' uris and scores."""
        return self._searcher.ranked(texts, limit, weights)

    def item(self, uri: str) -> Item:
        """One item. Raises NotFoundError, for unknown, embargoed and killed ones alike."""
        found = self._archive.index.items([uri], now_ns())
        if uri not in found:
            raise NotFoundError(f"there is no item {uri}")
        return found[uri]

    def thumbnail(self, uri: str) -> bytes:
        """An item's JPEG thumbnail. Raises NotFoundError."""
        image = self._archive.index.thumbnail(uri, now_ns())
        if image is None:
            raise NotFoundError(f"there is no picture of {uri}")
        return image

    def shots(self, uri: str) -> tuple[Shot, ...]:
        """A video's shots; none of anything else. Raises NotFoundError."""
        found = self._archive.index.shots(uri, now_ns())
        if found is None:
            raise NotFoundError(f"there is no item {uri}")
        return tuple(found)

    def live_reader(self) -> LiveReader:
        """A reader of live feeds' newest shots that goes on from where it stopped."""
        return LiveReader(self._archive.index)

    def live_shots(self) -> tuple[LiveShot, ...]:
        """The newest shots of every live feed, by when they ended; none where there are no live feeds."""
        return self.live_reader().read(now_ns()).shots

    @property
    def has_live(self) -> bool:
        """Whether there is anything of a live feed that may be seen."""
        return LiveReader.has_any(self._archive.index, now_ns())

    def revision(self) -> tuple[int, ...]:
        """Another value after every commit that changes items or shots."""
        return self._archive.index.revision()

    def keyframe(self, uri: str, shot: int) -> bytes:
        """The JPEG that stands for a video's shot. Raises NotFoundError."""
        image = self._archive.index.keyframe(uri, shot, now_ns())
        if image is None:
            raise NotFoundError(f"there is no shot {shot} of {uri}")
        return image

    def media(self, uri: str) -> tuple[Path, str]:
        """Where an item's original lies, and its media type. Raises NotFoundError, also when it is gone from there."""
        found = self._archive.index.original(uri, now_ns())
        if found is None:
            raise NotFoundError(f"there is no item {uri}")
        path, media_type = found
        if path is None:
            raise NotFoundError(f"{uri} came without its original")
        if not Path(path).is_file():
            raise NotFoundError(f"the original of {uri} is no longer where it was: index its new place")
        return Path(path), media_type or "application/octet-stream"

    def related(self, uri: str, limit: int = 6) -> tuple[Item, ...]:
        """The items nearest in meaning to this one, best first. Raises NotFoundError."""
        self.item(uri)
        return self._searcher.related(uri, limit)

    @property
    def has_names(self) -> bool:
        """Whether the archive was made with entities."""
        return self._directory is not None

    def entity(self, key: str) -> Profile:
        """What is known of somebody or something that items name. Raises NotFoundError where none does."""
        found = self._directory.profile(key, now_ns()) if self._directory else None
        if found is None:
            raise NotFoundError(f"there is nothing named {key}")
        return found

    def named(self, label: str, containing: str, limit: int, offset: int) -> Listing:
        """Those with this label that items name, the most frequent first."""
        if self._directory is None:
            return Listing((), 0)
        return self._directory.listing(label, containing, limit, offset, now_ns())

    def named_by(self, uri: str) -> tuple[Known, ...]:
        """Whom and what an item names."""
        return self._directory.named_in([uri], now_ns()) if self._directory else ()

    def places_of_names(self, item: Item) -> tuple[Named, ...]:
        """Where a story's body, or else a caption, names them: ranges of it."""
        return self._directory.places_in(item, now_ns()) if self._directory else ()

    def ready(self) -> None:
        """Raise NewsreelError unless a query could be answered now."""
        self._archive.index.items([], now_ns())

    def _open_directory(self, editors: EditorsFile) -> Directory | None:
        """None in an archive without entities."""
        return None if self._archive.entity_space is None else Directory(self._archive.index, editors)


def _same_models(store: LanceArchive, embedder: TextEmbedder, entity_model: TokenClassifier | None) -> None:
    if store.space != _space(embedder):
        raise ArchiveError(
            f"the archive at {store.path} holds vectors of {store.space.name} ({store.space.fingerprint}), the model "
            f"at hand is {embedder.card.name} ({embedder.fingerprint}): build that model as it was (another precision "
            "is another model), name it with NEWSREEL_EMBEDDER, or index into a new folder"
        )
    made_with, at_hand = store.entity_space, _entity_space(entity_model)
    if made_with != at_hand:
        raise ArchiveError(
            f"the archive at {store.path} was made with {_told(made_with)}, at hand is {_told(at_hand)}: set "
            f"NEWSREEL_ENTITIES={made_with.name if made_with else 'none'} (with that model as it was), or index into a "
            "new folder"
        )


def _told(space: EntitySpace | None) -> str:
    return "no entity model" if space is None else f"the entity model {space.name} ({space.fingerprint})"
