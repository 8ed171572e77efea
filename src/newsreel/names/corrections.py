"""What an editor says of names, applied whenever something is read: nothing is stored otherwise.

A stored key is led on, item by item, until nothing leads further: a split takes it where the item is listed, a merge
takes it everywhere. What it ends at is the corrected key, or nothing where that is suppressed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, TypeVar

from newsreel.names.words import normal, split_key

__all__ = ["Corrections", "Stored"]

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Stored:
    """Which stored keys make up a corrected one: any of `keys`, in the items that are not in `never`."""

    keys: tuple[str, ...]
    never: frozenset[str] = frozenset()
    exact: bool = True
    """False where not all keys hold in the same items: then more is let in than belongs to it, and `resolve` tells."""


@dataclass(frozen=True)
class Corrections:
    """What the editor's file says, without contradiction. Without arguments: nothing."""

    EMPTY: ClassVar[Corrections]

    merged: Mapping[str, str] = field(default_factory=dict)
    """Key to key."""
    split: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Key and uri to key."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Corrected key to what it is called."""
    suppressed: frozenset[str] = frozenset()
    suppressed_in: frozenset[tuple[str, str]] = frozenset()
    """Key and uri."""
    tagged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def resolve(self, key: str, uri: str) -> str | None:
        """The corrected key of a stored one in this item; None where it is suppressed. Uri "" is any unlisted item."""
        while (further := self.split.get((key, uri)) or self.merged.get(key)) is not None:
            key = further
        return None if key in self.suppressed or (key, uri) in self.suppressed_in else key

    def stored(self, key: str) -> Stored:
        """What makes up a corrected key; no keys where it is merged into another, or suppressed."""
        if key not in self._touched:
            return Stored((key,))
        if self.resolve(key, "") != key:
            return Stored(())
        never = self._listed_not(key, key)
        ways = [way for way in self._behind(key) if self._leads(way, key)]
        exact = all(self.resolve(way, "") == key and self._listed_not(way, key) == never for way in ways)
        return Stored(tuple(sorted(ways, key=lambda way: (way != key, way))), never=never, exact=exact)

    def name(self, key: str) -> str | None:
        """What the editor calls it; None where the file does not say."""
        return self.names.get(key)

    def named(self, label: str, name: str) -> frozenset[str]:
        """The corrected keys with this label that the editor calls so."""
        return frozenset(self._by_name.get((label, normal(name)), ()))

    def tags(self, key: str) -> tuple[str, ...]:
        """The editor's tags of a corrected key, as `minor`; never anybody's guess."""
        return self.tagged.get(key, ())

    def _leads(self, way: str, key: str) -> bool:
        """Whether it is led there in any item."""
        return any(self.resolve(way, uri) == key for uri in ("", *self._uris(way)))

    def _listed_not(self, way: str, key: str) -> frozenset[str]:
        """The listed items in which it is not led there."""
        return frozenset(uri for uri in self._uris(way) if self.resolve(way, uri) != key)

    def _behind(self, key: str) -> set[str]:
        """The keys from which it can be reached, with itself."""
        return _reached(key, self._sources)

    def _uris(self, key: str) -> frozenset[str]:
        """The items in which it may be led elsewhere than in others."""
        on_the_way = _reached(key, self._targets)
        return frozenset(uri for each in on_the_way for uri in self._listed.get(each, ()))

    @cached_property
    def _edges(self) -> set[tuple[str, str]]:
        return {*self.merged.items(), *((key, further) for (key, _), further in self.split.items())}

    @cached_property
    def _sources(self) -> Mapping[str, set[str]]:
        return _many((further, key) for key, further in self._edges)

    @cached_property
    def _targets(self) -> Mapping[str, set[str]]:
        return _many(self._edges)

    @cached_property
    def _listed(self) -> Mapping[str, set[str]]:
        return _many([*self.split, *self.suppressed_in])

    @cached_property
    def _touched(self) -> frozenset[str]:
        """Every key of which more is said than a name or a tag."""
        return self.suppressed.union(self._sources, self._targets, self._listed)

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], set[str]]:
        return _many(((split_key(key)[0], normal(name)), key) for key, name in self.names.items())


Corrections.EMPTY = Corrections()


def _many(pairs: Iterable[tuple[A, B]]) -> dict[A, set[B]]:
    gathered = defaultdict[A, set[B]](set)
    for one, other in pairs:
        gathered[one].add(other)
    return dict(gathered)


def _reached(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        new = edges.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    return reached
