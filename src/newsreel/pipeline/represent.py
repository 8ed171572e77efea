"""From items to what is stored of them, computing only what no segment has yet (design decision 1)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from newsreel.core.item import Segment
from newsreel.core.ledger import StoredItem, StoredSegment
from newsreel.core.protocols import Archive, Vectors
from newsreel.core.rows import ITEM_FIELDS, item_to_row
from newsreel.pipeline.plan import Input
from newsreel.pipeline.stage import Engine
from newsreel.pipeline.stages import CutStage, EmbedStage, OpenEmbedder

__all__ = ["Representer", "content_key"]


class Representer:
    """Cuts and embeds items, taking vectors from the archive where the same text was embedded before."""

    def __init__(self, archive: Archive, engine: Engine, open_embedder: OpenEmbedder) -> None:
        """Work for this archive on this engine."""
        self._archive = archive
        self._engine = engine
        self._cut = CutStage(open_embedder)
        self._embed = EmbedStage(open_embedder)
        self.computed = 0
        """Vectors made so far, the reused ones not counted."""

    def represent(self, inputs: Sequence[Input]) -> list[StoredItem]:
        """What to store of these inputs' items, in their order."""
        rows = self._segments(inputs)
        vectors = self._vectors({row["key"]: row["embed_text"] for row in rows if row["embed_text"]})
        segments: dict[str, list[StoredSegment]] = {}
        for row in rows:
            own = Segment(**{n: row[n] for n in ("id", "uri", "position", "start", "end", "text", "context")})
            stored = StoredSegment(
                segment=own, search_text=row["search_text"], key=row["key"], vector=vectors.get(row["key"])
            )
            segments.setdefault(row["uri"], []).append(stored)
        return [
            StoredItem(item=i.item, segments=tuple(segments[i.uri]), thumbnail=i.thumbnail)
            for i in inputs
            if i.item is not None
        ]

    def _segments(self, inputs: Sequence[Input]) -> list[dict[str, Any]]:
        items = pa.Table.from_pylist([item_to_row(i.item) for i in inputs if i.item], pa.schema(ITEM_FIELDS))
        rows = [row for table in self._engine.run(self._cut, [items]) for row in table.to_pylist()]
        fingerprint = self._archive.space.fingerprint
        return [row | {"key": _digest(row["embed_text"], fingerprint)} for row in rows]

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
    return _digest(stored.item.kind.value, *(s.key for s in stored.segments), _digest(stored.thumbnail or b""))


def _digest(*parts: str | bytes) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
