"""Named entities: as a model finds them in a text, and as the things that an item's names stand for."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

__all__ = ["ENTITY_ROWS", "Entity", "ItemEntity", "Named"]


@dataclass(frozen=True, slots=True)
class Entity:
    """A name in a text: half-open, in characters."""

    start: int
    end: int
    label: str
    score: float
    """How likely it is right, from 0 to 1: the least probability of its words' tags, times that of its ending there."""

    def __post_init__(self) -> None:
        """Raises ValueError for a range that is none."""
        if not 0 <= self.start < self.end:
            raise ValueError(f"an entity from {self.start} to {self.end} has no characters")


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a segment's text, and what in its item it stands for."""

    start: int
    end: int
    key: str
    """Of the `ItemEntity`."""
    score: float


@dataclass(frozen=True, slots=True)
class ItemEntity:
    """Somebody or something that an item names, however often and by however many names."""

    key: str
    """Label and normalised name, as `PER:angela merkel`: items that have it in common name the same."""
    label: str
    """PER, ORG, LOC or MISC, or whatever another model says."""
    name: str
    """Its fullest name in the item, as written there."""
    aliases: tuple[tuple[str, int], ...]
    """Every name it goes by in the item, as written, and how often; the most frequent first."""

    @property
    def mentions(self) -> int:
        """How often the item names it."""
        return sum(count for _, count in self.aliases)


ENTITY_ROWS = pa.schema(
    [
        ("uri", pa.string()),
        ("key", pa.string()),
        ("label", pa.string()),
        ("name", pa.string()),
        ("aliases", pa.list_(pa.struct([("name", pa.string()), ("count", pa.int32())]))),
        ("known_as", pa.list_(pa.string())),
        ("mentions", pa.int32()),
        ("kind", pa.string()),
        ("published_ns", pa.int64()),
        ("embargo_ns", pa.int64()),
    ]
)
"""What items name: a row for each `ItemEntity` of each item; `known_as` are its aliases, normalised as a key's name."""
