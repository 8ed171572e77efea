"""Reading an archive: BM25, exact vector search, browsing, and looking things up.

Below about 100,000 segments exact vector search needs no index (design decision 4), so there is none yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import lance
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from lance.query import MatchQuery

from newsreel.core.entities import ENTITY_ROWS, Named
from newsreel.core.item import Item, Segment
from newsreel.core.protocols import CANDIDATES, EntityFilter, Filters, Vectors
from newsreel.core.rows import (
    ITEM_FIELDS,
    SEGMENT_FIELDS,
    SHOTS,
    item_from_row,
    path_from_text,
    segment_from_row,
    shot_from_row,
)
from newsreel.core.shots import Shot
from newsreel.index.lance.schema import named_from_row
from newsreel.index.lance.table import Table, any_of, literal, within

__all__ = ["LanceIndex"]

_COLUMNS = ["id", "uri", "kind", "published_ns"]
_SEGMENT_COLUMNS = [field.name for field in SEGMENT_FIELDS]
_SHOT_COLUMNS = [name for name in SHOTS.names if name not in ("keyframe", "candidates")]
_DECIMALS = 6
"""Scores are kept to this many: the order of equal texts must not hang on the last bit of a float."""

_MOST_LISTED = 2_000
"""Uris that are looked up one by one; for more, reading them all is quicker."""


def _condition(filters: Filters) -> str:
    parts = [_unembargoed(filters.visible_at_ns)]
    if filters.kinds:
        parts.append(within("kind", [k.value for k in filters.kinds]))
    if filters.from_ns is not None:
        parts.append(f"published_ns >= {filters.from_ns}")
    if filters.to_ns is not None:
        parts.append(f"published_ns < {filters.to_ns}")
    parts += [_named_condition(entity) for entity in filters.entities]
    return " AND ".join(parts)


def _named_condition(entity: EntityFilter) -> str:
    parts = [any_of("entity_keys", entity.keys)]
    if entity.only is not None:
        parts.append(within("uri", sorted(entity.only)))
    if entity.never:
        parts.append(f"NOT {within('uri', sorted(entity.never))}")
    return " AND ".join(parts)


def _candidates(found: pa.Table, scores: pa.ChunkedArray, limit: int) -> pa.Table:
    """Best first, ties by id, cut to `limit`."""
    rounded = pc.round(pc.cast(scores, pa.float64()), ndigits=_DECIMALS)
    table = found.select(_COLUMNS).append_column("score", rounded)
    return table.sort_by([("score", "descending"), ("id", "ascending")]).slice(0, limit).cast(CANDIDATES)


class LanceIndex:
    """The read side of an embedded archive. Safe to use from several threads and beside a writer."""

    def __init__(self, items: Table, segments: Table, entities: Table, shots: Table) -> None:
        """Read from these four tables."""
        self._items = items
        self._segments = segments
        self._entities = entities
        self._shots = shots

    def bm25(self, text: str, filters: Filters, limit: int) -> pa.Table:
        """See `core.protocols.Index`."""
        if not self.terms(text):
            return CANDIDATES.empty_table()
        query = MatchQuery(text, "search_text")
        return _whole_ties(lambda n: self._scan("_score", filters, limit=n, full_text_query=query), limit)

    def nearest(self, vector: Vectors, filters: Filters, limit: int) -> pa.Table:
        """See `core.protocols.Index`. Exact: every vector is compared."""

        def search(n: int) -> pa.Table:
            nearest = {"column": "vector", "q": vector, "k": n, "metric": "cosine", "use_index": False}
            found = self._scan("_distance", filters, nearest=nearest)
            return found.set_column(
                found.column_names.index("_distance"), "_score", pc.subtract(1.0, found["_distance"])
            )

        return _whole_ties(search, limit)

    def newest(self, filters: Filters, limit: int) -> pa.Table:
        """See `core.protocols.Index`."""
        found = self._segments.rows(_COLUMNS, f"position = 0 AND {_condition(filters)}")
        order = [("published_ns", "descending"), ("id", "ascending")]
        found = found.sort_by(order).slice(0, limit)  # undated ones come last
        return found.append_column("score", pa.array([0.0] * len(found), pa.float64())).cast(CANDIDATES)

    def cosines(self, ids: Sequence[str], vector: Vectors) -> Mapping[str, float]:
        """See `core.protocols.Index`."""
        if not ids:
            return {}
        found = self._segments.rows(["id", "vector"], f"{within('id', ids)} AND vector IS NOT NULL")
        if not len(found):
            return {}
        matrix = found["vector"].combine_chunks().flatten().to_numpy().reshape(len(found), -1)
        scores = np.round((matrix @ vector).astype(np.float64), _DECIMALS)
        return dict(zip(found["id"].to_pylist(), scores.tolist(), strict=True))

    def segments(self, ids: Sequence[str], visible_at_ns: int) -> Mapping[str, Segment]:
        """See `core.protocols.Index`."""
        rows = self._segments.rows(_SEGMENT_COLUMNS, _visible("id", ids, visible_at_ns)).to_pylist()
        return {row["id"]: segment_from_row(row) for row in rows}

    def items(self, uris: Sequence[str], visible_at_ns: int) -> Mapping[str, Item]:
        """See `core.protocols.Index`."""
        columns = [field.name for field in ITEM_FIELDS]
        rows = self._items.rows(columns, _visible("uri", uris, visible_at_ns)).to_pylist()
        return {row["uri"]: item_from_row(row) for row in rows}

    def centre(self, uri: str, visible_at_ns: int) -> Vectors | None:
        """See `core.protocols.Index`."""
        found = self._segments.rows(["vector"], f"{_visible('uri', [uri], visible_at_ns)} AND vector IS NOT NULL")
        if not len(found):
            return None
        matrix = found["vector"].combine_chunks().flatten().to_numpy().reshape(len(found), -1)
        mean = matrix.mean(axis=0)
        centre: Vectors = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return centre

    def shots(self, uri: str, visible_at_ns: int) -> Sequence[Shot] | None:
        """See `core.protocols.Index`."""
        key = self._shots_key(uri, visible_at_ns)
        if not key:
            return None if key is None else []
        rows = self._shots.rows(_SHOT_COLUMNS, f"key = {literal(key)} AND transition != ''").sort_by("position")
        return [shot_from_row(row) for row in rows.to_pylist()]

    def shots_from(self, first: Mapping[str, int], visible_at_ns: int) -> Mapping[str, Sequence[Shot]]:
        """See `core.protocols.Index`."""
        rows = self._items.rows(["uri", "shots_key"], _visible("uri", list(first), visible_at_ns)).to_pylist()
        keys = {row["uri"]: row["shots_key"] or "" for row in rows}
        wanted = [f"(key = {literal(key)} AND position >= {int(first[uri])})" for uri, key in keys.items() if key]
        found: dict[str, list[Shot]] = {key: [] for key in keys.values()}
        if wanted:
            shots = self._shots.rows(_SHOT_COLUMNS, f"({' OR '.join(wanted)}) AND transition != ''")
            for row in shots.sort_by("position").to_pylist():
                found[row["key"]].append(shot_from_row(row))
        return {uri: found[key] for uri, key in keys.items()}

    def published_under(self, prefix: str, from_ns: int, visible_at_ns: int) -> Mapping[str, int]:
        """See `core.protocols.Index`."""
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)  # a range, which the index of uris answers
        begins = f"uri >= {literal(prefix)} AND uri < {literal(end)}"
        condition = f"{begins} AND published_ns >= {int(from_ns)} AND {_unembargoed(visible_at_ns)}"
        found = self._items.rows(["uri", "published_ns"], condition)
        return dict(zip(found["uri"].to_pylist(), found["published_ns"].to_pylist(), strict=True))

    def revision(self) -> tuple[int, ...]:
        """See `core.protocols.Index`."""
        return self._items.version, self._shots.version

    def keyframe(self, uri: str, shot: int, visible_at_ns: int) -> bytes | None:
        """See `core.protocols.Index`."""
        key = self._shots_key(uri, visible_at_ns) or ""
        rows = self._shots.rows(["keyframe"], f"key = {literal(key)} AND position = {int(shot)}").to_pylist()
        return rows[0]["keyframe"] if rows else None

    def original(self, uri: str, visible_at_ns: int) -> tuple[str | None, str | None] | None:
        """See `core.protocols.Index`."""
        rows = self._items.rows(["media_path", "media_type"], _visible("uri", [uri], visible_at_ns)).to_pylist()
        if not rows:
            return None
        path = rows[0]["media_path"]
        return (None if path is None else path_from_text(path)), rows[0]["media_type"]

    def _shots_key(self, uri: str, visible_at_ns: int) -> str | None:
        """None where there is no such visible item."""
        rows = self._items.rows(["shots_key"], _visible("uri", [uri], visible_at_ns)).to_pylist()
        return rows[0]["shots_key"] or "" if rows else None

    def thumbnail(self, uri: str, visible_at_ns: int) -> bytes | None:
        """See `core.protocols.Index`."""
        rows = self._items.rows(["thumbnail"], _visible("uri", [uri], visible_at_ns)).to_pylist()
        return rows[0]["thumbnail"] if rows else None

    def entities(
        self,
        visible_at_ns: int,
        *,
        uris: Sequence[str] | None = None,
        keys: Sequence[str] | None = None,
        known_as: str | None = None,
        label: str | None = None,
    ) -> pa.Table:
        """See `core.protocols.Index`."""
        parts = [_unembargoed(visible_at_ns)]
        parts += [] if uris is None else [within("uri", uris)]
        parts += [] if keys is None else [within("key", keys)]
        parts += [] if known_as is None else [any_of("known_as", [known_as])]
        parts += [] if label is None else [f"label = {literal(label)}"]
        found = self._entities.rows(ENTITY_ROWS.names, " AND ".join(parts))
        visible = self._of_items(pc.unique(found["uri"]), visible_at_ns)
        return found.filter(pc.is_in(found["uri"], visible)).sort_by([("uri", "ascending"), ("key", "ascending")])

    def _of_items(self, uris: pa.Array, visible_at_ns: int) -> pa.Array:
        """Which of these are visible items: their rows come before the item is there, and go after it has gone."""
        listed = uris.to_pylist() if len(uris) <= _MOST_LISTED else None
        condition = _visible("uri", listed, visible_at_ns) if listed is not None else _unembargoed(visible_at_ns)
        return self._items.rows(["uri"], condition)["uri"].combine_chunks()

    def named(self, uri: str, visible_at_ns: int) -> Mapping[int, tuple[Named, ...]]:
        """See `core.protocols.Index`."""
        rows = self._segments.rows(["position", "named"], _visible("uri", [uri], visible_at_ns)).to_pylist()
        if self._shots_key(uri, visible_at_ns) is None:
            return {}
        return {row["position"]: named_from_row(row) for row in rows if row["named"]}

    def terms(self, text: str) -> list[str]:
        """See `core.protocols.Index`."""
        return [token.text for token in lance.tokenize(text)]

    def _scan(self, score: str, filters: Filters, **search: Any) -> pa.Table:
        def scan(dataset: lance.LanceDataset) -> pa.Table:
            return dataset.to_table(
                columns=[*_COLUMNS, score],
                filter=_condition(filters),
                prefilter=True,
                disable_scoring_autoprojection=True,
                **search,
            )

        return self._segments.read(scan)


def _visible(column: str, values: Sequence[str], visible_at_ns: int) -> str:
    return f"{within(column, values)} AND {_unembargoed(visible_at_ns)}"


def _unembargoed(visible_at_ns: int) -> str:
    return f"(embargo_ns IS NULL OR embargo_ns <= {visible_at_ns})"


def _whole_ties(search: Callable[[int], pa.Table], limit: int) -> pa.Table:
    """`limit` results whose ties break by id, also where the store's own cut goes through a tie."""
    ask = limit + 16
    while True:
        found = search(ask)
        table = _candidates(found, found["_score"], ask)
        scores = table["score"]
        if len(table) < ask or scores[limit - 1].as_py() > scores[len(table) - 1].as_py():
            return table.slice(0, limit)
        ask *= 4
