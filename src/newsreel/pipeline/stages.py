"""The three stages of this release: read, cut, embed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from newsreel.core.protocols import Embedder
from newsreel.core.rows import ITEM_FIELDS, item_from_row, item_to_row
from newsreel.ingest.reader import read
from newsreel.ingest.sources import Ref
from newsreel.pipeline.passages import CUTTER_VERSION, Cutter, embedded_text, searched_text
from newsreel.pipeline.stage import OpenStage

__all__ = ["CUT", "READINGS", "REFS", "CutStage", "EmbedStage", "OpenEmbedder", "ReadStage"]

OpenEmbedder = Callable[[], Embedder]

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
        ("thumbnail", pa.large_binary()),
        ("item", pa.struct(ITEM_FIELDS)),
    ]
)

CUT = pa.schema(
    [
        ("id", pa.string()),
        ("uri", pa.string()),
        ("position", pa.int32()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("text", pa.string()),
        ("context", pa.string()),
        ("search_text", pa.string()),
        ("embed_text", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class ReadStage:
    """`REFS` to `READINGS`: bytes to items, with thumbnails."""

    recipe: str = CUTTER_VERSION
    """Part of every input hash: what is done with an item after it was read."""
    name: str = "read"

    def open(self) -> OpenStage:
        """See `pipeline.stage.Stage`."""

        def work(table: pa.Table) -> Iterator[pa.Table]:
            yield pa.Table.from_pylist([row for ref in table.to_pylist() for row in _read(ref, self.recipe)], READINGS)

        return work


@dataclass(frozen=True, slots=True)
class CutStage:
    """Items (`ITEM_FIELDS`) to `CUT`."""

    open_embedder: OpenEmbedder
    """Passages are cut to fit it."""
    name: str = "cut"

    def open(self) -> OpenStage:
        """See `pipeline.stage.Stage`."""
        embedder = self.open_embedder()
        cutter = Cutter(embedder.count_tokens, embedder.max_tokens)

        def work(table: pa.Table) -> Iterator[pa.Table]:
            yield pa.Table.from_pylist([row for item in table.to_pylist() for row in _cut(cutter, item)], CUT)

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


def _read(row: dict[str, Any], recipe: str) -> Iterator[dict[str, Any]]:
    for reading in read(Ref(row["location"], row["line"]), frozenset(row["known"] or ()), recipe):
        yield {
            "location": reading.location,
            "input_uri": reading.uri,
            "input_hash": reading.input_hash,
            "cause": reading.cause,
            "hide": reading.hide,
            "unchanged": reading.unchanged,
            "thumbnail": reading.thumbnail,
            "item": None if reading.item is None else item_to_row(reading.item),
        }


def _cut(cutter: Cutter, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    item = item_from_row(row)
    for segment in cutter.cut(item):
        own = {name: getattr(segment, name) for name in ("id", "uri", "position", "start", "end", "text", "context")}
        yield own | {"search_text": searched_text(item, segment), "embed_text": embedded_text(segment)}
