"""The tables of an archive, and how values become rows and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from newsreel.core.ledger import LedgerRow, State, StoredItem
from newsreel.core.rows import ITEM_FIELDS, SEGMENT_FIELDS, item_to_row, plain, segment_to_row

__all__ = [
    "ITEMS",
    "LEDGER",
    "item_row",
    "ledger_from_row",
    "ledger_row",
    "segment_rows",
    "segments_schema",
]

ITEMS = pa.schema(
    [
        *ITEM_FIELDS,
        pa.field("segments", pa.int32()),
        pa.field("thumbnail", pa.large_binary()),
        pa.field("shots_key", pa.string()),
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
    return item_to_row(stored.item) | own


def segment_rows(stored: StoredItem) -> list[dict[str, Any]]:
    """As rows of the segments table."""
    item = stored.item
    shared = {"kind": item.kind.value, "published_ns": item.published_ns, "embargo_ns": item.embargo_ns}
    return [
        segment_to_row(s.segment) | {"search_text": s.search_text, "key": s.key, "vector": s.vector} | shared
        for s in stored.segments
    ]
