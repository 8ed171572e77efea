"""The tables of an archive, and how values become rows and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from newsreel.core.entities import Entity, Named
from newsreel.core.ledger import LedgerRow, ReadText, State, StoredItem
from newsreel.core.rows import ITEM_FIELDS, SEGMENT_FIELDS, item_to_row, plain, segment_to_row

__all__ = [
    "ITEMS",
    "LEDGER",
    "entity_rows",
    "found_from_row",
    "item_row",
    "ledger_from_row",
    "ledger_row",
    "named_from_row",
    "segment_rows",
    "segments_schema",
]

_PLACE = [("start", pa.int32()), ("end", pa.int32()), ("score", pa.float64())]
_FOUND = pa.struct([*_PLACE, ("label", pa.string())])
_NAMED = pa.struct([*_PLACE, ("key", pa.string())])
_READ = [pa.field("read_key", pa.string()), pa.field("found", pa.list_(_FOUND))]
"""A `ReadText`. It goes with the row whose text was read, so that nothing of a text is left once it is gone."""

ITEMS = pa.schema(
    [
        *ITEM_FIELDS,
        pa.field("segments", pa.int32()),
        pa.field("thumbnail", pa.large_binary()),
        pa.field("shots_key", pa.string()),
        *_READ,
    ]
)

LEDGER = pa.schema(
    [
        ("uri", pa.string()),
        ("state", pa.string()),
        ("source", pa.string()),
        ("input_hash", pa.string()),
        ("media_hash", pa.string()),
        ("content_key", pa.string()),
        ("past", pa.list_(pa.string())),
        ("version", pa.string()),
        ("updated_ns", pa.int64()),
        ("tombstone", pa.bool_()),
        ("cause", pa.string()),
        ("loss", pa.string()),
        ("attempts", pa.int32()),
        ("changed_ns", pa.int64()),
    ]
)


def segments_schema(dimension: int) -> pa.Schema:
    """The segments table for vectors of this length. What filters need is repeated from the item."""
    return pa.schema(
        [
            *SEGMENT_FIELDS,
            pa.field("search_text", pa.string()),
            pa.field("key", pa.string()),
            pa.field("vector", pa.list_(pa.float32(), dimension)),
            pa.field("kind", pa.string()),
            pa.field("published_ns", pa.int64()),
            pa.field("embargo_ns", pa.int64()),
            *_READ,
            pa.field("named", pa.list_(_NAMED)),
            pa.field("entity_keys", pa.list_(pa.string())),
        ]
    )


def ledger_row(row: LedgerRow) -> dict[str, Any]:
    """As a row of `LEDGER`."""
    return {name: plain(getattr(row, name)) for name in LEDGER.names}


def ledger_from_row(row: Mapping[str, Any]) -> LedgerRow:
    """From a row of `LEDGER`."""
    return LedgerRow(**{**row, "state": State(row["state"]), "past": tuple(row["past"] or ())})


def item_row(stored: StoredItem) -> dict[str, Any]:
    """As a row of `ITEMS`."""
    own = {"segments": len(stored.segments), "thumbnail": stored.thumbnail, "shots_key": stored.shots_key}
    return item_to_row(stored.item) | own | _read_row(stored.read)


def segment_rows(stored: StoredItem) -> list[dict[str, Any]]:
    """As rows of the segments table."""
    shared = _filtered_by(stored) | {"entity_keys": [e.entity.key for e in stored.entities]}
    return [
        segment_to_row(s.segment)
        | {"search_text": s.search_text, "key": s.key, "vector": s.vector}
        | {"named": [asdict(named) for named in s.named]}
        | _read_row(s.read)
        | shared
        for s in stored.segments
    ]


def entity_rows(stored: StoredItem) -> list[dict[str, Any]]:
    """As rows of `core.entities.ENTITY_ROWS`."""
    shared = _filtered_by(stored) | {"uri": stored.item.uri}
    return [
        {"key": e.entity.key, "label": e.entity.label, "name": e.entity.name, "mentions": e.entity.mentions}
        | {"aliases": [{"name": name, "count": count} for name, count in e.entity.aliases]}
        | {"known_as": list(e.known_as)}
        | shared
        for e in stored.entities
    ]


def found_from_row(row: Mapping[str, Any]) -> tuple[Entity, ...]:
    """What was found in the text of a row that has `found`."""
    return tuple(Entity(**found) for found in row["found"])


def named_from_row(row: Mapping[str, Any]) -> tuple[Named, ...]:
    """The names in the text of a row of the segments table."""
    return tuple(Named(**named) for named in row["named"])


def _filtered_by(stored: StoredItem) -> dict[str, Any]:
    item = stored.item
    return {"kind": item.kind.value, "published_ns": item.published_ns, "embargo_ns": item.embargo_ns}


def _read_row(read: ReadText | None) -> dict[str, Any]:
    if read is None:
        return {"read_key": None, "found": None}
    return {"read_key": read.key, "found": [asdict(entity) for entity in read.entities]}
