"""Items as Arrow rows, between stages and in tables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import pyarrow as pa

from newsreel.core.item import Item, Kind, Status

__all__ = ["ITEM_FIELDS", "item_from_row", "item_to_row", "plain"]

ITEM_FIELDS: list[pa.Field] = [
    pa.field("uri", pa.string()),
    pa.field("kind", pa.string()),
    pa.field("version", pa.string()),
    pa.field("updated_ns", pa.int64()),
    pa.field("status", pa.string()),
    pa.field("headline", pa.string()),
    pa.field("body", pa.large_string()),
    pa.field("caption", pa.string()),
    pa.field("byline", pa.string()),
    pa.field("place", pa.string()),
    pa.field("published_ns", pa.int64()),
    pa.field("embargo_ns", pa.int64()),
    pa.field("keywords", pa.list_(pa.string())),
    pa.field("rights", pa.string()),
    pa.field("language", pa.string()),
    pa.field("media_path", pa.string()),
    pa.field("media_type", pa.string()),
]

_NAMES = [f.name for f in ITEM_FIELDS]


def plain(value: Any) -> Any:
    """A value as Arrow takes it."""
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def item_to_row(item: Item) -> dict[str, Any]:
    """As a row of `ITEM_FIELDS`. A path may be any bytes, a column only UTF-8: it is percent-encoded."""
    row = {name: plain(getattr(item, name)) for name in _NAMES}
    row["media_path"] = None if item.media_path is None else quote(os.fsencode(item.media_path))
    return row


def item_from_row(row: Mapping[str, Any]) -> Item:
    """From a row that has at least `ITEM_FIELDS`."""
    values = {name: row[name] for name in _NAMES}
    path = values["media_path"]
    values["media_path"] = None if path is None else os.fsdecode(unquote_to_bytes(path))
    values["kind"] = Kind(values["kind"])
    values["status"] = Status(values["status"])
    values["keywords"] = tuple(values["keywords"] or ())
    return Item(**values)
