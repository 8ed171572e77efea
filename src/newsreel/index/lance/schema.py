"""The three tables of an archive, and how values become rows and back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import pyarrow as pa

from newsreel.core.item import Item, Kind, Segment, Status

__all__ = [
    "ITEMS",
    "LEDGER",
    "ItemRow",
    "LedgerRow",
    "SegmentRow",
    "State",
    "item_from_row",
    "segment_from_row",
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


class State(StrEnum):
    """Where an item stands. `inputs` is always their sum."""

    PENDING = "pending"
    DONE = "done"
    DUPLICATE = "duplicate"
    FAILED = "failed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """The account of one item, keyed by its uri."""

    uri: str
    state: State
    source: str
    """Where it came from, as a `ingest.sources` location: what a resumed run reads again."""
    input_hash: str
    """Hash of every byte that was read for it."""
    content_key: str = ""
    """Hash of everything its stages read; equal keys have equal representations."""
    past: tuple[str, ...] = ()
    """Input hashes that were superseded or came too late, so that meeting them again changes nothing."""
    version: str | None = None
    updated_ns: int | None = None
    tombstone: bool = False
    """Killed: it does not come back."""
    cause: str = ""
    attempts: int = 0
    changed_ns: int = 0

    def row(self) -> dict[str, Any]:
        """As a row of `LEDGER`."""
        return {name: _plain(getattr(self, name)) for name in LEDGER.names}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> LedgerRow:
        """From a row of `LEDGER`."""
        return cls(**{**row, "state": State(row["state"]), "past": tuple(row["past"] or ())})


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRow:
    """A segment with what was made of it, ready to store."""

    segment: Segment
    search_text: str
    """What BM25 reads."""
    key: str
    """Hash of what the embedder read and its fingerprint."""
    vector: list[float] | None = field(repr=False)
    """None for a segment without text."""

    def row(self, item: Item) -> dict[str, Any]:
        """As a row of the segments table."""
        s = self.segment
        own = {n: getattr(s, n) for n in ("id", "uri", "position", "start", "end", "text", "context")}
        return own | {
            "search_text": self.search_text,
            "key": self.key,
            "vector": self.vector,
            "kind": item.kind.value,
            "published_ns": item.published_ns,
            "embargo_ns": item.embargo_ns,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """An item with its segments and thumbnail, ready to store."""

    item: Item
    segments: tuple[SegmentRow, ...]
    thumbnail: bytes | None = field(default=None, repr=False)

    def row(self) -> dict[str, Any]:
        """As a row of `ITEMS`."""
        values = {n: _plain(getattr(self.item, n)) for n in ITEMS.names if n not in ("segments", "thumbnail")}
        path = self.item.media_path
        values["media_path"] = None if path is None else quote(os.fsencode(path))  # any bytes, as UTF-8
        return values | {"segments": len(self.segments), "thumbnail": self.thumbnail}


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
