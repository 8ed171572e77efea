"""The stages: read, cut films into shots, cut items into segments, embed, find names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from newsreel.core.errors import UnreadableError
from newsreel.core.protocols import Embedder, EntityModel, ShotModel
from newsreel.core.rows import (
    ITEM_FIELDS,
    SEGMENT_FIELDS,
    SHOTS,
    item_from_row,
    item_to_row,
    path_from_text,
    segment_to_row,
)
from newsreel.core.shots import Transition
from newsreel.core.times import TimeRange
from newsreel.ingest.reader import read
from newsreel.ingest.sources import Ref
from newsreel.ingest.videos import Footage, media_hash, silences
from newsreel.pipeline.cutting import Cutting
from newsreel.pipeline.passages import CUTTER_VERSION, Cutter, embedded_text, searched_text
from newsreel.pipeline.stage import OpenStage

__all__ = [
    "CHANGED",
    "FILMS",
    "ITEMS_WITH_SHOTS",
    "NO_PICTURE",
    "READINGS",
    "REFS",
    "CutStage",
    "EmbedStage",
    "EntityStage",
    "OpenEmbedder",
    "OpenEntities",
    "OpenShotModel",
    "ReadStage",
    "ShotStage",
]

OpenEmbedder = Callable[[], Embedder]
OpenEntities = Callable[[], EntityModel]
OpenShotModel = Callable[[], ShotModel]

REFS = pa.schema([("location", pa.string()), ("line", pa.large_binary()), ("known", pa.list_(pa.string()))])
"""What is to be read; `known` are the input hashes that the ledger has settled for this location."""

READINGS = pa.schema(
    [
        ("location", pa.string()),
        ("input_uri", pa.string()),
        ("input_hash", pa.string()),
        ("cause", pa.string()),
        ("hide", pa.bool_()),
        ("unchanged", pa.bool_()),
        ("beside", pa.bool_()),
        ("thumbnail", pa.large_binary()),
        ("item", pa.struct(ITEM_FIELDS)),
    ]
)

FILMS = pa.schema(
    [
        ("key", pa.string()),
        ("uri", pa.string()),
        ("path", pa.string()),
        ("media_hash", pa.string()),
        ("opened", pa.struct(SHOTS)),
    ]
)
"""Films to be cut, by the key their shots get; `opened` is the open row of one that was begun."""

NO_PICTURE = "no picture of it could be decoded: is the file whole?"
CHANGED = "the file changed while it was cut: index it again"
"""The cause where what was made of a file is not of the film that was to be cut."""

_SHOTS_OR_CAUSE = SHOTS.append(pa.field("cause", pa.string()))

_SHOT_TIMES = pa.struct([("start_ns", pa.int64()), ("end_ns", pa.int64()), ("alike", pa.int32())])

ITEMS_WITH_SHOTS = pa.schema([*ITEM_FIELDS, pa.field("shots", pa.list_(_SHOT_TIMES))])
"""`alike` is how many other shots of the film look nearly the same."""

_FOUND = pa.list_(
    pa.struct([("start", pa.int32()), ("end", pa.int32()), ("label", pa.string()), ("score", pa.float64())])
)

_CUT = pa.schema([*SEGMENT_FIELDS, pa.field("search_text", pa.string()), pa.field("embed_text", pa.string())])


@dataclass(frozen=True, slots=True)
class ReadStage:
    """`REFS` to `READINGS`: bytes to items, with thumbnails."""

    film_recipe: str
    """Part of every video's input hash: what cuts it into shots."""
    recipe: str = CUTTER_VERSION
    """Part of every input hash: what is done with an item after it was read."""
    name: str = "read"

    def open(self) -> OpenStage:
        """See `pipeline.stage.Stage`."""

        def work(table: pa.Table) -> Iterator[pa.Table]:
            rows = [row for ref in table.to_pylist() for row in _read(ref, self.recipe, self.film_recipe)]
            yield pa.Table.from_pylist(rows, READINGS)

        return work


@dataclass(frozen=True, slots=True)
class ShotStage:
    """`FILMS` to `SHOTS` with a column `cause`, which says why there is nothing of a film. A film gives many tables."""

    open_model: OpenShotModel
    limit_s: float
    """After this long a film is left, with the shots found so far."""
    name: str = "shots"

    def open(self) -> OpenStage:
        """See `pipeline.stage.Stage`."""
        model = self.open_model()

        def work(table: pa.Table) -> Iterator[pa.Table]:
            for film in table.to_pylist():
                yield from _shots(film, model, self.limit_s)

        return work


@dataclass(frozen=True, slots=True)
class CutStage:
    """Items (`ITEM_FIELDS`) and a column `shots` to segments with what is searched and embedded of them."""

    open_embedder: OpenEmbedder
    """Passages are cut to fit it."""
    name: str = "cut"

    def open(self) -> OpenStage:
        """See `pipeline.stage.Stage`."""
        embedder = self.open_embedder()
        cutter = Cutter(embedder.count_tokens, embedder.max_tokens)

        def work(table: pa.Table) -> Iterator[pa.Table]:
            yield pa.Table.from_pylist([row for item in table.to_pylist() for row in _cut(cutter, item)], _CUT)

        return work


@dataclass(frozen=True, slots=True)
class EmbedStage:
    """A column `embed_text` to a column `vector`."""

    open_embedder: OpenEmbedder
    name: str = "embed"

    def open(self) -> OpenStage:
        """See `pipeline.stage.Stage`."""
        embedder = self.open_embedder()

        def work(table: pa.Table) -> Iterator[pa.Table]:
            vectors = embedder.embed(table["embed_text"].to_pylist())
            column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), embedder.dimension)
            yield table.append_column("vector", column)

        return work


@dataclass(frozen=True, slots=True)
class EntityStage:
    """A column `text` to a column `entities`, of what is found in each."""

    open_entities: OpenEntities
    name: str = "entities"

    def open(self) -> OpenStage:
        """See `pipeline.stage.Stage`."""
        model = self.open_entities()

        def work(table: pa.Table) -> Iterator[pa.Table]:
            found = model.entities(table["text"].to_pylist())
            rows = [[asdict(entity) for entity in entities] for entities in found]
            yield table.append_column("entities", pa.array(rows, _FOUND))

        return work


def _read(row: dict[str, Any], recipe: str, film_recipe: str) -> Iterator[dict[str, Any]]:
    known = frozenset(row["known"] or ())
    for reading in read(Ref(row["location"], row["line"]), known, recipe, film_recipe):
        yield {
            "location": reading.location,
            "input_uri": reading.uri,
            "input_hash": reading.input_hash,
            "cause": reading.cause,
            "hide": reading.hide,
            "unchanged": reading.unchanged,
            "beside": reading.beside,
            "thumbnail": reading.thumbnail,
            "item": None if reading.item is None else item_to_row(reading.item),
        }


def _shots(film: dict[str, Any], model: ShotModel, limit_s: float) -> Iterator[pa.Table]:
    try:
        path = Path(path_from_text(film["path"]))
        with Footage(path, limit_s=limit_s) as footage:
            cutting = Cutting(model, film["key"], film["uri"], partial(silences, path, limit_s), film["opened"])
            table = None
            for table in cutting.tables(footage):
                if table["transition"][-1].as_py() == Transition.END and not _is_still(film, path):
                    yield _cause(film, CHANGED)
                    return
                yield table.append_column("cause", pa.nulls(len(table), pa.string()))
            if table is None:
                yield _cause(film, NO_PICTURE)
    except UnreadableError as error:
        yield _cause(film, str(error))
    except OSError as error:
        yield _cause(film, f"the file cannot be read any more: {error.strerror}")
    except Exception as error:  # noqa: BLE001 one film, whatever is in it, must not end the run for the others
        yield _cause(film, f"Newsreel could not cut it ({type(error).__name__}), which is a fault: please report it")


def _is_still(film: dict[str, Any], path: Path) -> bool:
    """Whether the file is the one that was read before it was cut, which takes long."""
    try:
        return media_hash(path) == str(film["media_hash"])
    except (OSError, UnreadableError):
        return False


def _cause(film: dict[str, Any], cause: str) -> pa.Table:
    return pa.Table.from_pylist([{"key": film["key"], "cause": cause}], _SHOTS_OR_CAUSE)


def _cut(cutter: Cutter, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    item = item_from_row(row)
    rows = row["shots"] or ()
    for segment in cutter.cut(item, [TimeRange(shot["start_ns"], shot["end_ns"]) for shot in rows]):
        segment = segment if segment.shot is None else replace(segment, alike=rows[segment.shot]["alike"])
        own = {"search_text": searched_text(item, segment), "embed_text": embedded_text(segment)}
        yield segment_to_row(segment) | own
