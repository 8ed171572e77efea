"""From items to what is stored of them, computing only what no segment has yet (design decision 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from newsreel.core.item import Item
from newsreel.core.ledger import StoredItem, StoredSegment
from newsreel.core.protocols import Archive, Vectors
from newsreel.core.rows import item_to_row, segment_from_row
from newsreel.pipeline.digest import digest
from newsreel.pipeline.films import Shots
from newsreel.pipeline.naming import Namer
from newsreel.pipeline.plan import Input
from newsreel.pipeline.stage import Engine
from newsreel.pipeline.stages import ITEMS_WITH_SHOTS, CutStage, EmbedStage, OpenEmbedder

__all__ = ["CutsFilms", "Representer", "content_key"]


class CutsFilms(Protocol):
    """Where a video's shots come from."""

    def shots(self, item: Item) -> Shots:
        """Those of an item. Raises UnreadableError when there are none."""
        ...


class Representer:
    """Cuts and embeds items, taking from the archive what was made of the same film or the same text before."""

    def __init__(
        self, archive: Archive, engine: Engine, open_embedder: OpenEmbedder, films: CutsFilms, namer: Namer | None
    ) -> None:
        """Work for this archive on this engine."""
        self._archive = archive
        self._engine = engine
        self._films = films
        self._namer = namer
        self._cut = CutStage(open_embedder)
        self._embed = EmbedStage(open_embedder)
        self.computed = 0
        """Vectors made so far, the reused ones not counted."""

    def represent(self, inputs: Sequence[Input]) -> list[StoredItem]:
        """What to store of these inputs' items, in order; their films were cut.

        Raises UnreadableError for a film that could not be.
        """
        shots = {i.uri: self._films.shots(i.item) for i in inputs if i.item and i.item.film}
        rows = self._segments(inputs, shots)
        vectors = self._vectors({row["key"]: row["embed_text"] for row in rows if row["embed_text"]})
        segments: dict[str, list[StoredSegment]] = {}
        for row in rows:
            own = segment_from_row(row)
            segment = StoredSegment(
                segment=own, search_text=row["search_text"], key=row["key"], vector=vectors.get(row["key"])
            )
            segments.setdefault(row["uri"], []).append(segment)
        stored = [_stored(i, segments[i.uri], shots.get(i.uri)) for i in inputs]
        return stored if self._namer is None else self._namer.name(stored)

    def _segments(self, inputs: Sequence[Input], shots: dict[str, Shots]) -> list[dict[str, Any]]:
        items = [
            item_to_row(i.item) | {"shots": shots[i.uri].times if i.uri in shots else None} for i in inputs if i.item
        ]
        table = pa.Table.from_pylist(items, ITEMS_WITH_SHOTS)
        rows = [row for table in self._engine.run(self._cut, [table]) for row in table.to_pylist()]
        fingerprint = self._archive.space.fingerprint
        return [row | {"key": digest(row["embed_text"], fingerprint)} for row in rows]

    def _vectors(self, texts: dict[str, str]) -> dict[str, Vectors]:
        known = dict(self._archive.vectors(texts))
        missing = [key for key in texts if key not in known]
        if missing:
            table = pa.table({"embed_text": [texts[key] for key in missing]})
            for made in self._engine.run(self._embed, [table]):
                matrix = np.asarray(made["vector"].combine_chunks().flatten(), np.float32).reshape(len(missing), -1)
                known |= dict(zip(missing, matrix, strict=True))
            self.computed += len(missing)
        return known


def content_key(stored: StoredItem) -> str:
    """Hash of everything that was read to make what is stored of an item: equal for identical bytes."""
    seen = (stored.shots_key, digest(stored.thumbnail or b""), stored.read.key if stored.read else "")
    return digest(stored.item.kind.value, *(s.key for s in stored.segments), *seen)


def _stored(new: Input, segments: Sequence[StoredSegment], shots: Shots | None) -> StoredItem:
    if new.item is None:
        raise ValueError(f"{new.uri} has no item to store")
    if shots is None:
        return StoredItem(item=new.item, segments=tuple(segments), thumbnail=new.thumbnail)
    loss = "; ".join(part for part in (new.item.loss, shots.loss) if part)
    item = replace(new.item, loss=loss)
    return StoredItem(item=item, segments=tuple(segments), thumbnail=shots.poster, shots_key=shots.key)
