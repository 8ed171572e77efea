"""The ledger's words, and what is stored of an item: values that the pipeline makes and an archive keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from newsreel.core.entities import Entity, ItemEntity, Named
from newsreel.core.item import Item, Segment

__all__ = ["LedgerRow", "ReadText", "State", "StoredEntity", "StoredItem", "StoredSegment"]


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
    """Where it came from: an `ingest.sources` location, which a resumed run reads again."""
    input_hash: str
    """Hash of every byte that was read for it."""
    media_hash: str = ""
    """Of a film's bytes alone: killed, it does not come back from the same file under another uri."""
    content_key: str = ""
    """Hash of everything its stages read; equal keys have equal representations."""
    past: tuple[str, ...] = ()
    """Input hashes that were superseded or came too late, so that meeting them again changes nothing."""
    version: str | None = None
    updated_ns: int | None = None
    tombstone: bool = False
    """Killed: it does not come back."""
    cause: str = ""
    loss: str = ""
    """What could not be read of it, though it became an item."""
    attempts: int = 0
    changed_ns: int = 0


@dataclass(frozen=True, slots=True)
class ReadText:
    """What an entity model found in a text."""

    key: str
    """Hash of the text and the model's fingerprint."""
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class StoredEntity:
    """What an item names, ready to store."""

    entity: ItemEntity
    known_as: tuple[str, ...]
    """Its aliases, normalised as its key's name, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSegment:
    """A segment with what was made of it, ready to store."""

    segment: Segment
    search_text: str
    """What BM25 reads."""
    key: str
    """Hash of what the embedder read and its fingerprint."""
    vector: npt.NDArray[np.float32] | None = field(repr=False)
    """None for a segment without text."""
    read: ReadText | None = None
    """Of its text; None where that is empty, or the archive is without entities."""
    named: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """An item with its segments and thumbnail, ready to store."""

    item: Item
    segments: tuple[StoredSegment, ...]
    thumbnail: bytes | None = field(default=None, repr=False)
    shots_key: str = ""
    """Of a film: under which its shots are kept (`core.rows.SHOTS`)."""
    entities: tuple[StoredEntity, ...] = ()
    read: ReadText | None = None
    """Of what is said of it and stands in no segment's text: its headline above all."""
