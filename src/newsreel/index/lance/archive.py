"""The write side of an embedded archive: its tables, replaced in the order that survives a crash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from newsreel.core.entities import ENTITY_ROWS, Entity
from newsreel.core.errors import ArchiveError
from newsreel.core.ledger import LedgerRow, State, StoredItem
from newsreel.core.protocols import EntitySpace, Vectors, VectorSpace
from newsreel.core.rows import SHOTS, shot_from_row
from newsreel.index.lance.lease import writer_lease
from newsreel.index.lance.made_by import read_spaces, write_spaces
from newsreel.index.lance.retrieval import LanceIndex
from newsreel.index.lance.schema import (
    ITEMS,
    LEDGER,
    entity_rows,
    found_from_row,
    item_row,
    ledger_from_row,
    ledger_row,
    segment_rows,
    segments_schema,
)
from newsreel.index.lance.table import Table, literal, new_session, storage_errors, within

__all__ = ["LanceArchive"]

_COMMITS_A_FOLD = 100

_INDEXED = {
    "items": {"uri": "BTREE", "read_key": "BTREE"},
    "segments": {
        "id": "BTREE",
        "uri": "BTREE",
        "key": "BTREE",
        "read_key": "BTREE",
        "entity_keys": "LABEL_LIST",
        "search_text": "INVERTED",
    },
    "entities": {"uri": "BTREE", "key": "BTREE", "known_as": "LABEL_LIST"},
    "shots": {"id": "BTREE", "key": "BTREE"},
    "ledger": {"uri": "BTREE", "source": "BTREE", "content_key": "BTREE", "state": "BITMAP"},
}


class LanceArchive:
    """An archive in a folder. Every method that writes is for the holder of the lease."""

    def __init__(self, path: Path) -> None:
        """Open the archive at `path`. Raises ArchiveMissingError, ArchiveError."""
        self.path = path
        self.space, self.entity_space = read_spaces(path)
        session = new_session()
        self._items, self._segments, self._entities, self._shots, self._ledger = (
            Table(path / f"{name}.lance", indexed, session) for name, indexed in _INDEXED.items()
        )
        self._commits = 0
        self.index = LanceIndex(self._items, self._segments, self._entities, self._shots)

    @classmethod
    def create(cls, path: Path, space: VectorSpace, entity_space: EntitySpace | None) -> LanceArchive:
        """Open the archive at `path`, made first if there is none. Needs the lease."""
        segments = segments_schema(space.dimension)
        schemas = {"items": ITEMS, "segments": segments, "entities": ENTITY_ROWS, "shots": SHOTS, "ledger": LEDGER}
        if not (path / "archive.json").exists():
            for name, schema in schemas.items():
                Table.create(path / f"{name}.lance", schema, _INDEXED[name])
            write_spaces(path, space, entity_space)
        return cls(path)

    @staticmethod
    def lease(path: Path, *, wait_s: float = 0.0) -> AbstractContextManager[None]:
        """The writer's lease on the archive at `path`, its folder made first if need be. Raises ArchiveBusyError."""
        with storage_errors(path):
            try:
                path.mkdir(parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError):
                raise ArchiveError(f"{path} is or lies in a file: an archive is a folder, name another") from None
        return writer_lease(path, wait_s=wait_s)

    def ledger(self, uris: Iterable[str]) -> dict[str, LedgerRow]:
        """The ledger's rows for those of these uris that it knows."""
        return {r.uri: r for r in self._ledger_rows(within("uri", uris))}

    def in_state(self, state: State) -> list[LedgerRow]:
        """Every item in this state, by uri."""
        return sorted(self._ledger_rows(f"state = {literal(state.value)}"), key=lambda r: r.uri)

    def with_losses(self) -> list[LedgerRow]:
        """Every item of which something could not be read, by uri."""
        return sorted(self._ledger_rows("loss != ''"), key=lambda r: r.uri)

    def at_sources(self, locations: Iterable[str]) -> list[LedgerRow]:
        """The ledger's rows that came from these locations."""
        return self._ledger_rows(within("source", locations))

    def same_content(self, content_keys: Iterable[str]) -> list[LedgerRow]:
        """The done and duplicate items that have these content keys."""
        return self._ledger_rows(f"state IN ('done', 'duplicate') AND {within('content_key', content_keys)}")

    def vectors(self, keys: Iterable[str]) -> Mapping[str, Vectors]:
        """The stored vectors that were made of these representation keys."""
        found = self._segments.rows(["key", "vector"], f"{within('key', keys)} AND vector IS NOT NULL")
        if not len(found):
            return {}
        matrix = np.asarray(found["vector"].combine_chunks().flatten(), np.float32).reshape(len(found), -1)
        return dict(zip(found["key"].to_pylist(), matrix, strict=True))

    def entities(self, keys: Iterable[str]) -> Mapping[str, tuple[Entity, ...]]:
        """See `core.protocols.Archive`."""
        wanted = within("read_key", keys)
        tables = [table.rows(["read_key", "found"], wanted) for table in (self._segments, self._items)]
        return {row["read_key"]: found_from_row(row) for table in tables for row in table.to_pylist()}

    def shots(self, key: str) -> pa.Table:
        """See `core.protocols.Archive`."""
        columns = [name for name in SHOTS.names if name not in ("keyframe", "candidates")]
        closed = self._shots.rows(columns, f"key = {literal(key)} AND transition != ''")
        opened = self._shots.rows(SHOTS.names, f"key = {literal(key)} AND transition = ''")
        found = pa.concat_tables([closed, opened], promote_options="default")
        return found.select(SHOTS.names).cast(SHOTS).sort_by("position")

    def poster(self, key: str) -> bytes | None:
        """See `core.protocols.Archive`."""
        columns = [name for name in SHOTS.names if name not in ("keyframe", "candidates")]
        rows = self._shots.rows(columns, f"key = {literal(key)} AND keyframe IS NOT NULL").to_pylist()
        best = max(rows, key=_stands_for_all, default=None)
        if best is None:
            return None
        picture: bytes = self._shots.rows(["keyframe"], f"id = {literal(best['id'])}")["keyframe"][0].as_py()
        return picture

    def drop_shots(self, key: str) -> None:
        """See `core.protocols.Archive`."""
        self._shots.remove(f"key = {literal(key)}")

    def keep_shots(self, rows: pa.Table) -> None:
        """See `core.protocols.Archive`."""
        self._shots.replace("id", rows.to_pylist())
        self._tidy()

    def record(self, rows: Sequence[LedgerRow]) -> None:
        """Write ledger rows in one commit."""
        self._ledger.replace("uri", [ledger_row(row) for row in rows])

    def commit(self, items: Sequence[StoredItem], rows: Sequence[LedgerRow]) -> None:
        """Replace these items' entities and segments, then the items, then write the ledger rows that make it count.

        A crash in between leaves the ledger rows pending, and the same commit done again is right.
        """
        if items:
            uris = [i.item.uri for i in items]
            entities = [row for i in items for row in entity_rows(i)]
            segments = [row for i in items for row in segment_rows(i)]
            if self.entity_space:
                self._entities.replace(("uri", "key"), entities, owner=("uri", uris))
            self._segments.replace("id", segments, owner=("uri", uris))
            self._items.replace("uri", [item_row(i) for i in items])
        self.record(rows)
        self._tidy()

    def remove(self, uris: Sequence[str]) -> None:
        """Take items away, first from every answer, then what was made of them."""
        for table in (self._items, self._segments, self._entities):
            table.remove(within("uri", uris))

    def fold(self) -> None:
        """Fold in what a run added (design decision 4); does nothing when there is nothing to fold in."""
        self._forget_shots()
        for table in self.tables:
            if not table.folded:
                table.fold()

    def purge(self) -> None:
        """Leave nothing on disk of what was removed."""
        self._forget_shots()
        for table in self.tables:
            table.purge()

    @property
    def tables(self) -> tuple[Table, Table, Table, Table, Table]:
        """Items, segments, entities, shots and ledger, for the audit."""
        return self._items, self._segments, self._entities, self._shots, self._ledger

    def _tidy(self) -> None:
        """Every commit makes a version and a small file, and each makes the next commit dearer."""
        self._commits += 1
        if self._commits % _COMMITS_A_FOLD == 0:
            self.fold()

    def _forget_shots(self) -> None:
        """Films that no item has any more, except one that is being cut for an item still pending."""
        kept = set(self._items.rows(["shots_key"], "shots_key != ''")["shots_key"].to_pylist())
        pending = {row.uri for row in self.in_state(State.PENDING) if not row.tombstone}
        rows = self._shots.rows(["key", "uri"]).to_pylist()
        kept |= {row["key"] for row in rows if row["uri"] in pending}
        gone = {row["key"] for row in rows} - kept
        if gone:
            self._shots.remove(within("key", sorted(gone)))

    def _ledger_rows(self, condition: str) -> list[LedgerRow]:
        return [ledger_from_row(row) for row in self._ledger.rows(None, condition).to_pylist()]


def _stands_for_all(row: dict[str, Any]) -> tuple[bool, int, str]:
    """A shot that shows something goes before one that does not, then the longest."""
    shot = shot_from_row(row)
    return not shot.blank, shot.time.end_ns - shot.time.start_ns, row["id"]
