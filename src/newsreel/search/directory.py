"""Who is known by a name, and who is named in what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest

import pyarrow as pa

from newsreel.core.entities import Named
from newsreel.core.item import Item, Kind
from newsreel.core.protocols import EntityFilter, Index
from newsreel.names import key, likely, normal, split_key
from newsreel.search.editors_file import EditorsFile
from newsreel.search.known import Known, counted, filter_of, rows_of, stored_keys
from newsreel.search.profile import Likely, Profile, make_profile
from newsreel.search.protected import protected

__all__ = ["Directory", "Listing"]

_NEAR = 3
"""Most names that are suggested for one that nobody is known by."""
_NEAR_AMONG = 5_000
"""How many, the most frequent, are compared with it."""
_ALIKE = 0.7
"""Names are near from here on (difflib's ratio)."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of those that items name, the most frequent first."""

    known: tuple[Known, ...]
    total: int


class Directory:
    """Whom and what an archive's items name, as the editor's file has it at the moment. Thread-safe.

    Nothing is kept between questions: what is killed, embargoed or replaced is in the next answer no more.
    """

    def __init__(self, index: Index, editors: EditorsFile) -> None:
        """Look things up in this index, as the editor's file has them."""
        self._index = index
        self._editors = editors

    @property
    def trouble(self) -> str | None:
        """Why the editor's file cannot be read as it is."""
        return self._editors.trouble

    def known_as(self, label: str, name: str, now_ns: int) -> tuple[Known, ...]:
        """Those that go by this name, the most frequent first; the editor's names count too."""
        corrections = self._editors.current()
        own = key(label, name)
        found = {own, *corrections.named(label, name)}
        for known_as in {normal(name), split_key(own)[1]}:
            rows = self._index.entities(now_ns, known_as=known_as, label=label)
            pairs = zip(rows["key"].to_pylist(), rows["uri"].to_pylist(), strict=True)
            found |= {resolved for stored, uri in pairs if (resolved := corrections.resolve(stored, uri))}
        return self.those(sorted(found), now_ns)

    def offered_as(self, label: str, name: str, now_ns: int) -> tuple[Known, ...]:
        """The same without those whom the editor tagged."""
        return self._untagged(self.known_as(label, name, now_ns), now_ns)

    def those(self, keys: Sequence[str], now_ns: int) -> tuple[Known, ...]:
        """These corrected keys, as far as items name them; the most frequent first."""
        corrections = self._editors.current()
        wanted = frozenset(keys)
        rows = self._rows(stored_keys(wanted, corrections), now_ns)
        return tuple(each for each in counted(rows, corrections) if each.key in wanted)

    def filter_of(self, keys: Sequence[str], now_ns: int) -> EntityFilter:
        """The items that name any of these."""
        return filter_of(keys, lambda stored: self._rows(stored, now_ns), self._editors.current())

    def near(self, label: str, name: str, now_ns: int) -> tuple[Known, ...]:
        """Those whose names are spelt much like this one, which nobody is known by."""
        wanted = normal(name)
        listed = self._offered(self._index.entities(now_ns, label=label), now_ns)
        likeness = {each: _likeness(wanted, split_key(each.key)[1]) for each in listed[:_NEAR_AMONG]}
        alike = [each for each in likeness if likeness[each] >= _ALIKE]
        return tuple(nlargest(_NEAR, alike, key=lambda each: (likeness[each], each.items)))

    def named_in(self, uris: Sequence[str], now_ns: int) -> tuple[Known, ...]:
        """Whom and what these items name, and in how many of them; the most frequent first."""
        return self._offered(self._index.entities(now_ns, uris=uris), now_ns)

    def places_in(self, item: Item, now_ns: int) -> tuple[Named, ...]:
        """Where a story's body, or else a caption, names what may be looked up: ranges of it."""
        named = self._index.named(item.uri, now_ns)
        if item.kind is not Kind.STORY:
            named = {0: tuple(each for each in named.get(0, ()) if each.end <= len(item.caption))}
        ids = {_segment_id(item.uri, position): position for position in named}
        segments = self._index.segments(list(ids), now_ns)
        corrections = self._editors.current()
        kept_back = protected(self._index, corrections, now_ns)
        return tuple(
            Named(segment.start + each.start, segment.start + each.end, key, each.score)
            for id_, segment in segments.items()
            if item.kind is Kind.STORY or segment.text.startswith(item.caption)
            for each in named[ids[id_]]
            if (key := corrections.resolve(each.key, item.uri)) is not None and _may_be_offered(key, kept_back)
        )

    def listing(self, label: str, containing: str, limit: int, offset: int, now_ns: int) -> Listing:
        """Those with this label whose names contain these letters."""
        wanted = normal(containing) if containing.strip() else ""
        listed = self._offered(self._index.entities(now_ns, label=label), now_ns)
        listed = tuple(each for each in listed if wanted in split_key(each.key)[1] or wanted in normal(each.name))
        return Listing(listed[offset : offset + limit], len(listed))

    def leads_to(self, entity_key: str) -> str:
        """The key that the editor merged this one into, or else itself."""
        return self._editors.current().resolve(entity_key, "") or entity_key

    def profile(self, entity_key: str, now_ns: int) -> Profile | None:
        """What is known of a key, or of the one that it was merged into; None where no item names it."""
        corrections = self._editors.current()
        entity_key = self.leads_to(entity_key)
        rows = rows_of(self._rows(corrections.stored(entity_key).keys, now_ns), entity_key, corrections)
        if not len(rows):
            return None
        return make_profile(
            entity_key,
            rows,
            corrections,
            lambda uris: self.named_in(uris, now_ns),
            self._likely(entity_key, now_ns),
        )

    def _likely(self, entity_key: str, now_ns: int) -> Likely | None:
        """Who goes by this one's name too, and may be the same."""
        others = {other.key: other for other in self.offered_as(*split_key(entity_key), now_ns)}
        found = likely(entity_key, others)
        return Likely(others[found.key], found.reason) if found else None

    def _rows(self, keys: Sequence[str], now_ns: int) -> pa.Table:
        return self._index.entities(now_ns, keys=keys)

    def _offered(self, rows: pa.Table, now_ns: int) -> tuple[Known, ...]:
        return self._untagged(counted(rows, self._editors.current()), now_ns)

    def _untagged(self, known: Iterable[Known], now_ns: int) -> tuple[Known, ...]:
        """Nobody is led to those whom the editor tagged."""
        kept_back = protected(self._index, self._editors.current(), now_ns)
        return tuple(each for each in known if _may_be_offered(each.key, kept_back))


def _may_be_offered(key: str, kept_back: Collection[str]) -> bool:
    """Not those whom the editor tagged; and a name of punctuation alone, as `..`, can be no page's address."""
    return key not in kept_back and any(character.isalnum() for character in split_key(key)[1])


def _segment_id(uri: str, position: int) -> str:
    """As `pipeline.passages` makes it."""
    return f"{uri}#{position:04d}"


def _likeness(wanted: str, name: str) -> float:
    """A single word is compared with each word of the name, too."""
    others = {name, *name.split()} if " " not in wanted else {name}
    return max(_ratio(SequenceMatcher(None, wanted, other, autojunk=False)) for other in others)


def _ratio(matcher: SequenceMatcher[str]) -> float:
    """The cheap bounds first."""
    return matcher.ratio() if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= _ALIKE else 0.0
