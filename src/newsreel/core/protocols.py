"""The seams: what an embedder and an index owe the rooms above them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from newsreel.core.entities import Entity, Named
from newsreel.core.item import Item, Kind, Segment
from newsreel.core.ledger import LedgerRow, State, StoredItem
from newsreel.core.shots import Shot

__all__ = [
    "CANDIDATES",
    "Archive",
    "Classifier",
    "Embedder",
    "EntityFilter",
    "EntityModel",
    "EntitySpace",
    "Filters",
    "Index",
    "OverLength",
    "Reranker",
    "ShotModel",
    "Unsplit",
    "VectorSpace",
    "Vectors",
]

Vectors = npt.NDArray[np.float32]

OverLength = Literal["truncate", "error", "split"]
"""What becomes of a text that is longer than a model reads: only its beginning counts, which the log says; UsageError;
or it is read in parts whose results are put together."""

Unsplit = Literal["truncate", "error"]
"""The same where the results of parts could not be put together."""

CANDIDATES = pa.schema(
    [
        ("id", pa.string()),
        ("uri", pa.string()),
        ("kind", pa.string()),
        ("published_ns", pa.int64()),
        ("score", pa.float64()),
    ]
)
"""What a retriever returns: best first, ties by segment id."""


@dataclass(frozen=True, slots=True)
class EntityFilter:
    """Which items name somebody or something: those that have any of the keys, among `only` and not among `never`."""

    keys: tuple[str, ...]
    """As `ItemEntity.key`; without any, nothing is found."""
    only: frozenset[str] | None = None
    """Uris; None is any."""
    never: frozenset[str] = frozenset()
    """Uris."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which segments may be found. What is embargoed at `visible_at_ns` is never among them."""

    visible_at_ns: int
    kinds: tuple[Kind, ...] = ()
    from_ns: int | None = None
    to_ns: int | None = None
    entities: tuple[EntityFilter, ...] = ()
    """All of them must hold; they are of items, so an item's every segment meets them or none."""


@dataclass(frozen=True, slots=True)
class VectorSpace:
    """Which embedder an archive's vectors came from: others cannot be compared with them."""

    name: str
    fingerprint: str
    dimension: int


@dataclass(frozen=True, slots=True)
class EntitySpace:
    """Which model found an archive's entities: another finds others, and counts of both would be of neither."""

    name: str
    fingerprint: str


class Embedder(Protocol):
    """Text to unit vectors. Thread-safe; a text's vector does not depend on the texts beside it."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever a vector could, by more than the rounding of whatever runs the graph."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """Longest text in tokens, special ones included, that is read at once."""
        ...

    def embed(self, texts: Sequence[str], over_length: OverLength = "truncate") -> Vectors:
        """`[len(texts), dimension]`, rows of length 1, in the order given.

        Of a text that is split, the mean of its parts' vectors, weighed by their tokens. Raises UsageError for a text
        that is longer than `max_tokens` where `over_length` is `error`.
        """
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special ones and without cutting."""
        ...


class EntityModel(Protocol):
    """Text to named entities. Thread-safe; a text's entities do not depend on the texts beside it."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever an entity could."""
        ...

    def entities(self, texts: Sequence[str], over_length: OverLength = "split") -> list[list[Entity]]:
        """Those of each text, by place; none overlaps another.

        Raises UsageError for a text that is too long where `over_length` is `error`.
        """
        ...


class Classifier(Protocol):
    """Text to the probability of each label. Thread-safe; a text's do not depend on the texts beside it."""

    @property
    def labels(self) -> tuple[str, ...]:
        """What the columns of `probabilities` are of."""
        ...

    def probabilities(self, texts: Sequence[str], over_length: Unsplit = "truncate") -> Vectors:
        """`[len(texts), len(labels)]`, in the order given. Raises UsageError as an embedder does."""
        ...


class Reranker(Protocol):
    """How well passages answer a query. Thread-safe; a passage's score does not depend on the passages beside it."""

    def scores(self, query: str, passages: Sequence[str], over_length: Unsplit = "truncate") -> Vectors:
        """`[len(passages)]`, in the order given; higher is better.

        Of a pair that is too long the longer text is cut first, or UsageError raised where `over_length` is `error`.
        """
        ...


class ShotModel(Protocol):
    """Small frames to the probability that a shot ends with each (TransNetV2: Soucek and Lokoc, 2020). Thread-safe."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever a probability could."""
        ...

    def probabilities(self, windows: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """`[windows, 100, 2]` for RGB `[windows, 100, 27, 48, 3]`: that a shot ends with it; that it is in between."""
        ...


class Index(Protocol):
    """Where segments are found. Reads see the newest committed state; nothing embargoed or killed leaves it."""

    def bm25(self, text: str, filters: Filters, limit: int) -> pa.Table:
        """The best `limit` segments by BM25 (Robertson and Zaragoza, 2009), as `CANDIDATES`."""
        ...

    def nearest(self, vector: Vectors, filters: Filters, limit: int) -> pa.Table:
        """The `limit` segments of highest cosine to `vector` (shape `[dimension]`), as `CANDIDATES`."""
        ...

    def newest(self, filters: Filters, limit: int) -> pa.Table:
        """The first segments of the `limit` most recently published items, as `CANDIDATES` with score 0."""
        ...

    def cosines(self, ids: Sequence[str], vector: Vectors) -> Mapping[str, float]:
        """The cosine to `vector` of each of these segments that has a vector."""
        ...

    def segments(self, ids: Sequence[str], visible_at_ns: int) -> Mapping[str, Segment]:
        """Those of these segments that exist and are not embargoed."""
        ...

    def items(self, uris: Sequence[str], visible_at_ns: int) -> Mapping[str, Item]:
        """Those of these items that exist and are not embargoed."""
        ...

    def centre(self, uri: str, visible_at_ns: int) -> Vectors | None:
        """The mean of an item's vectors, of length 1; None where it has none, or there is no such visible item."""
        ...

    def shots(self, uri: str, visible_at_ns: int) -> Sequence[Shot] | None:
        """A video's shots, in order, none of anything else; None where there is no such visible item."""
        ...

    def shots_from(self, first: Mapping[str, int], visible_at_ns: int) -> Mapping[str, Sequence[Shot]]:
        """For those of these items that are visible: their shots, in order, from this number on."""
        ...

    def published_under(self, prefix: str, from_ns: int, visible_at_ns: int) -> Mapping[str, int]:
        """When they were published, of the visible items whose uri begins so and that were published then or later."""
        ...

    def revision(self) -> tuple[int, ...]:
        """Another value after every commit that changes items or shots."""
        ...

    def original(self, uri: str, visible_at_ns: int) -> tuple[str | None, str | None] | None:
        """Where an item's original lies, and its media type; None where there is no such visible item."""
        ...

    def keyframe(self, uri: str, shot: int, visible_at_ns: int) -> bytes | None:
        """The JPEG of a video's shot; None where there is none, or no such visible item."""
        ...

    def thumbnail(self, uri: str, visible_at_ns: int) -> bytes | None:
        """An item's JPEG thumbnail; None where there is none, or no such visible item."""
        ...

    def entities(
        self,
        visible_at_ns: int,
        *,
        uris: Sequence[str] | None = None,
        keys: Sequence[str] | None = None,
        known_as: str | None = None,
        label: str | None = None,
    ) -> pa.Table:
        """What visible items name, as `core.entities.ENTITY_ROWS`, by uri and key; every condition given holds.

        `known_as` is one name, normalised as a key's.
        """
        ...

    def named(self, uri: str, visible_at_ns: int) -> Mapping[int, tuple[Named, ...]]:
        """The names in each segment's text, by place, for the positions that have any; none of an invisible item."""
        ...

    def terms(self, text: str) -> list[str]:
        """The terms BM25 sees in a text: lower-cased, folded, stemmed, without stop words."""
        ...


class Archive(Protocol):
    """What the pipeline writes to. Only the holder of the writer's lease calls these."""

    @property
    def space(self) -> VectorSpace:
        """What its vectors are."""
        ...

    @property
    def entity_space(self) -> EntitySpace | None:
        """What found its entities; None where it was made without."""
        ...

    def ledger(self, uris: Iterable[str]) -> Mapping[str, LedgerRow]:
        """The ledger's rows for those of these uris that it knows."""
        ...

    def in_state(self, state: State) -> Sequence[LedgerRow]:
        """Every item in this state, by uri."""
        ...

    def at_sources(self, locations: Iterable[str]) -> Sequence[LedgerRow]:
        """The ledger's rows that came from these locations."""
        ...

    def same_content(self, content_keys: Iterable[str]) -> Sequence[LedgerRow]:
        """The done and duplicate items that have these content keys."""
        ...

    def vectors(self, keys: Iterable[str]) -> Mapping[str, Vectors]:
        """The stored vectors that were made of these representation keys."""
        ...

    def entities(self, keys: Iterable[str]) -> Mapping[str, tuple[Entity, ...]]:
        """What was found in the texts with these keys (`core.ledger.ReadText`), where anything was read."""
        ...

    def shots(self, key: str) -> pa.Table:
        """What is kept of the film with this key, as `core.rows.SHOTS` by position; a keyframe only of an open row."""
        ...

    def poster(self, key: str) -> bytes | None:
        """The keyframe of the film's longest shot."""
        ...

    def drop_shots(self, key: str) -> None:
        """Keep nothing of the film with this key."""
        ...

    def keep_shots(self, rows: pa.Table) -> None:
        """Write rows of `core.rows.SHOTS` in one commit; those with a known id replace what was kept."""
        ...

    def record(self, rows: Sequence[LedgerRow]) -> None:
        """Write ledger rows in one commit."""
        ...

    def commit(self, items: Sequence[StoredItem], rows: Sequence[LedgerRow]) -> None:
        """Replace these items' entities and segments, then the items, then write the ledger rows that make it count."""
        ...

    def remove(self, uris: Sequence[str]) -> None:
        """Take items, their segments and their entities away."""
        ...

    def fold(self) -> None:
        """Bring the indexes up to date with what a run added, and forget shots of films that no item has.

        Does nothing when there is nothing to do.
        """
        ...

    def purge(self) -> None:
        """Leave nothing stored of what was removed."""
        ...
