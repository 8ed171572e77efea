"""What is asked and what is answered: frozen values shared by the command line, the service and the page."""

from __future__ import annotations

from dataclasses import dataclass, field

from newsreel.core.errors import UsageError
from newsreel.core.item import Item, Kind, Segment
from newsreel.names import split_key
from newsreel.search.known import Known
from newsreel.search.language import MAX_NAMES, AskedName, understand

__all__ = ["FacetValue", "NameFilter", "Query", "Result", "Results", "ScorePart"]

MAX_QUERY_CHARACTERS = 2_000
MAX_LIMIT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search. Without words it browses: newest first. Times are half-open: `from_ns <= published < to_ns`."""

    text: str = ""
    """Words, and names that the items must have: see `search.language`."""
    entities: tuple[str, ...] = ()
    """Keys of what the items must name besides; all of them."""
    kinds: tuple[Kind, ...] = ()
    """Empty means every kind."""
    from_ns: int | None = None
    to_ns: int | None = None
    limit: int = 10
    offset: int = 0

    def __post_init__(self) -> None:
        if len(self.text) > MAX_QUERY_CHARACTERS:
            raise UsageError(f"the query has {len(self.text)} characters; {MAX_QUERY_CHARACTERS} is the most")
        if len(understand(self.text).names) + len(self.entities) > MAX_NAMES:
            raise UsageError(f"the search asks for more than {MAX_NAMES} names")
        for key in self.entities:
            if not all(map(str.strip, split_key(key))):
                raise UsageError(f"{key!r} is no entity: it must be a label and a name, as PER:angela merkel")
        if not 1 <= self.limit <= MAX_LIMIT:
            raise UsageError(f"the number of results must be 1 to {MAX_LIMIT}, not {self.limit}")
        if self.offset < 0:
            raise UsageError(f"the offset must be 0 or more, not {self.offset}")
        if self.from_ns is not None and self.to_ns is not None and self.from_ns >= self.to_ns:
            raise UsageError("the 'from' date must lie before the 'to' date")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePart:
    """One retriever's share of a result's score: `weight * normalised`."""

    name: str
    raw: float | None
    """As the retriever gave it (BM25, cosine); None where it did not find the segment."""
    normalised: float
    weight: float

    @property
    def share(self) -> float:
        """What this part adds to the score."""
        return self.weight * self.normalised


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An item and its best segment."""

    item: Item
    segment: Segment
    score: float
    parts: tuple[ScorePart, ...]
    highlights: tuple[tuple[int, int], ...]
    """Half-open character ranges of `segment.text` that the query's words match."""
    more_segments: int
    """How many other segments of the item matched too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """One value of a facet and how many matching items have it."""

    value: str
    count: int
    entity: str | None = None
    """Its key, where the facet is of names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFilter:
    """A name that the items must have, and whom or what it stands for."""

    label: str
    name: str
    """As it was asked for."""
    asked: AskedName | None
    """Where in the query's text; None where it was asked for by key."""
    key: str | None
    """By which key."""
    known: tuple[Known, ...]
    """Those that go by it, the most frequent first; where there are none, nothing is found."""
    near: tuple[Known, ...] = ()
    """Where nobody goes by it, those spelt much like it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A page cut from one fixed list of candidates."""

    query: Query
    total: int
    """Matching items in the candidate list."""
    results: tuple[Result, ...]
    facets: dict[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    """`kind`: values of `Kind`. `year`: `2026`, newest first; `undated` last. `person`, `organisation`, `place` and
    `misc`: the most frequent names in the items found that are not asked for yet."""
    names: tuple[NameFilter, ...] = ()
    """What narrows the search to those who are named, understood."""
    meant: tuple[Known, ...] = ()
    """Whom or what the query's words seem to name, where that would be a filter that finds something."""
    notes: tuple[str, ...] = ()
    """What the reader should know: a missing part, a list that was cut."""
