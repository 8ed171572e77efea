"""The three tables of an archive, and how values become rows and back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import pyarrow as pa

from newsreel.core.item import Item, Kind, Segment, Status
from newsreel.core.ledger import LedgerRow, State, StoredItem

__all__ = [
    "ITEMS",
    "LEDGER",
    "item_from_row",
    "item_row",
    "ledger_from_row",
    "ledger_row",
    "segment_from_row",
    "segment_rows",
    "segments_schema",
]

ITEMS = pa.schema(
    [
        ("uri", pa.string()),
        ("kind", pa.string()),
        ("version", pa.string()),
        ("updated_ns", pa.int64()),
        ("headline", pa.string()),
        ("body", pa.large_string()),
        ("caption", pa.string()),
        ("byline", pa.string()),
        ("place", pa.string()),
        ("published_ns", pa.int64()),
        ("embargo_ns", pa.int64()),
        ("keywords", pa.list_(pa.string())),
        ("rights", pa.string()),
        ("language", pa.string()),
        ("media_path", pa.string()),
        ("media_type", pa.string()),
        ("segments", pa.int32()),
        ("thumbnail", pa.large_binary()),
    ]
)

LEDGER = pa.schema(
    [
        ("uri", pa.string()),
        ("state", pa.string()),
        ("source", pa.string()),
        ("input_hash", pa.string()),
        ("content_key", pa.string()),
        ("past", pa.list_(pa.string())),
        ("version", pa.string()),
        ("updated_ns", pa.int64()),
        ("tombstone", pa.bool_()),
        ("cause", pa.string()),
        ("attempts", pa.int32()),
        ("changed_ns", pa.int64()),
    ]
)


def segments_schema(dimension: int) -> pa.Schema:
    """The segments table for vectors of this length. What filters need is repeated from the item."""
    return pa.schema(
        [
            ("id", pa.string()),
            ("uri", pa.string()),
            ("position", pa.int32()),
            ("start", pa.int32()),
            ("end", pa.int32()),
            ("text", pa.string()),
            ("context", pa.string()),
            ("search_text", pa.string()),
            ("key", pa.string()),
            ("vector", pa.list_(pa.float32(), dimension)),
            ("kind", pa.string()),
            ("published_ns", pa.int64()),
            ("embargo_ns", pa.int64()),
        ]
    )


def ledger_row(row: LedgerRow) -> dict[str, Any]:
    """As a row of `LEDGER`."""
    return {name: _plain(getattr(row, name)) for name in LEDGER.names}


def ledger_from_row(row: Mapping[str, Any]) -> LedgerRow:
    """From a row of `LEDGER`."""
    return LedgerRow(**{**row, "state": State(row["state"]), "past": tuple(row["past"] or ())})


def item_row(stored: StoredItem) -> dict[str, Any]:
    """As a row of `ITEMS`."""
    item = stored.item
    values = {n: _plain(getattr(item, n)) for n in ITEMS.names if n not in ("segments", "thumbnail")}
    path = item.media_path
    values["media_path"] = None if path is None else quote(os.fsencode(path))  # any bytes, as UTF-8
    return values | {"segments": len(stored.segments), "thumbnail": stored.thumbnail}


def segment_rows(stored: StoredItem) -> list[dict[str, Any]]:
    """As rows of the segments table."""
    item = stored.item
    shared = {"kind": item.kind.value, "published_ns": item.published_ns, "embargo_ns": item.embargo_ns}
    return [
        {n: getattr(s.segment, n) for n in ("id", "uri", "position", "start", "end", "text", "context")}
        | {"search_text": s.search_text, "key": s.key, "vector": s.vector}
        | shared
        for s in stored.segments
    ]


def item_from_row(row: Mapping[str, Any]) -> Item:
    """From a row of `ITEMS`."""
    values = {n: row[n] for n in ITEMS.names if n not in ("segments", "thumbnail")}
    path = values["media_path"]
    values["media_path"] = None if path is None else os.fsdecode(unquote_to_bytes(path))
    values["kind"] = Kind(values["kind"])
    values["keywords"] = tuple(values["keywords"] or ())
    return Item(status=Status.USABLE, **values)


def segment_from_row(row: Mapping[str, Any]) -> Segment:
    """From a row of the segments table."""
    return Segment(**{n: row[n] for n in ("id", "uri", "position", "start", "end", "text", "context")})


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value
