"""The newest shots of live feeds, as an archive comes to have them.

A feed's video is kept in stretches, each an item `live:NAME/2026-11-21T22:10:00Z`: NAME is percent-encoded, and what
follows is when the stretch began. Whichever process writes the archive, this reads it and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from urllib.parse import unquote

from newsreel.core.item import Item
from newsreel.core.looks import alike
from newsreel.core.protocols import Index
from newsreel.core.shots import MarkKind, Shot, Transition
from newsreel.core.times import DAY_NS, NS_PER_S

__all__ = ["FEEDS", "KEPT", "LiveNews", "LiveReader", "LiveShot", "feed_of"]

FEEDS = "live:"
"""What the uris of feeds' items begin with."""

KEPT = 48
"""Shots of a feed that are known at a time."""

_STRETCHES = 5
"""Most of a feed's newest items that its shots are looked for in."""

_FORGOTTEN_NS = 7 * DAY_NS
"""A feed that nothing came from for so long is no longer listed; search finds what there is of it."""

_LATE_NS = 3600 * NS_PER_S
"""An item may be committed so long after its stretch began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveShot:
    """A shot of a live feed."""

    uri: str
    """Of the item that holds it."""
    number: int
    """Which of the item's shots, from 0."""
    shot: Shot
    """Its times are those of the item."""
    headline: str
    """The item's."""
    began_ns: int
    """By the wall clock."""
    said: str
    """What is said in it; empty where that is not known."""
    like: LiveShot | None
    """The earlier shot of the feed that it looks like: the first of them among those known."""

    @property
    def id(self) -> str:
        """It and no other."""
        return f"{self.uri}#{self.number}"

    @property
    def feed(self) -> str:
        """The feed's name."""
        return feed_of(self.uri)

    @property
    def ended_ns(self) -> int:
        """By the wall clock."""
        return self.began_ns + self.length_ns

    @property
    def length_ns(self) -> int:
        """How long it lasts."""
        return self.shot.time.end_ns - self.shot.time.start_ns

    @property
    def is_dull(self) -> bool:
        """Whether at least half of it is black, colour bars or a picture that stands still."""
        marks = [mark.time for mark in self.shot.marks if mark.kind is not MarkKind.SILENCE]
        return 2 * sum(time.end_ns - time.start_ns for time in marks) >= max(1, self.length_ns)


@dataclass(frozen=True, slots=True)
class LiveNews:
    """What changed since the archive was last read, and what is known now."""

    shots: tuple[LiveShot, ...]
    """Those that came, by when they ended. One that was its item's last comes again once another follows: only then is
    it known how it ends."""
    gone: tuple[str, ...]
    """The uris of items that were known, and may no longer be seen."""
    known: tuple[LiveShot, ...]
    """The newest of each feed, in the order in which they came."""


def feed_of(uri: str) -> str:
    """The name of the feed that an item's uri tells."""
    return unquote(uri.removeprefix(FEEDS).rpartition("/")[0])


class LiveReader:
    """Reads an archive again and again. Memory is bounded: `KEPT` shots of each feed. For one thread at a time."""

    def __init__(self, index: Index) -> None:
        """Nothing is known yet: the first news is the newest shots of every feed."""
        self._index = index
        self._read_to: dict[str, int] = {}
        self._last: dict[str, Shot] = {}
        """The shots that end their items so far: each is read again, until another follows."""
        self._from_ns: int | None = None
        self._known: list[LiveShot] = []

    @staticmethod
    def has_any(index: Index, now_ns: int) -> bool:
        """Whether there would be anything to read."""
        return bool(index.published_under(FEEDS, now_ns - _FORGOTTEN_NS, now_ns))

    def read(self, now_ns: int) -> LiveNews:
        """What came and went. Raises ArchiveError."""
        from_ns = now_ns - _FORGOTTEN_NS if self._from_ns is None else self._from_ns
        published = self._index.published_under(FEEDS, from_ns, now_ns)
        known = list(dict.fromkeys(shot.uri for shot in self._known))
        wanted = {uri: self._read_to.get(uri, 0) for uri in (*known, *_newest(published))}
        found = dict(self._index.shots_from(wanted, now_ns))
        fresh = [uri for uri, shots in found.items() if any(shot != self._last.get(uri) for shot in shots)]
        items = self._index.items(fresh, now_ns)
        found |= {uri: _told_of(item, found[uri]) for uri, item in items.items()}
        gone = tuple(uri for uri in known if uri not in found)
        self._forget(gone)
        read = [live for live in _shots(items, found, wanted) if live.shot != self._last.get(live.uri)]
        came = [self._keep(live) for live in sorted(read, key=lambda live: live.ended_ns)]
        self._trim()
        self._remember({uri: (wanted[uri], found[uri]) for uri in items}, {*published, *found})
        self._from_ns = now_ns - _LATE_NS
        return LiveNews(tuple(came), gone, tuple(self._known))

    def _remember(self, read: Mapping[str, tuple[int, Sequence[Shot]]], still: Set[str]) -> None:
        """Up to where each item was read, for those that may be read again."""
        for uri, (first, shots) in read.items():
            if not shots:
                continue
            ends = shots[-1].transition is Transition.END
            self._read_to[uri] = first + len(shots) - ends
            self._last.pop(uri, None)
            self._last |= {uri: shots[-1]} if ends else {}
        self._read_to = {uri: number for uri, number in self._read_to.items() if uri in still}
        self._last = {uri: shot for uri, shot in self._last.items() if uri in still}

    def _keep(self, shot: LiveShot) -> LiveShot:
        place = next((n for n, known in enumerate(self._known) if known.id == shot.id), len(self._known))
        earlier = (other for other in self._known[:place] if other.like is None and _are_alike(other, shot))
        kept = replace(shot, like=next(earlier, None))
        self._known[place : place + 1] = [kept]
        return kept

    def _trim(self) -> None:
        """Keep the newest of each feed."""
        left = Counter(dict.fromkeys({shot.feed for shot in self._known}, KEPT))
        newest = []
        for shot in reversed(self._known):
            left[shot.feed] -= 1
            newest += [shot] if left[shot.feed] >= 0 else []
        self._known = newest[::-1]

    def _forget(self, gone: Sequence[str]) -> None:
        kept = [shot for shot in self._known if shot.uri not in gone]
        self._known = [replace(shot, like=None) if shot.like and shot.like.uri in gone else shot for shot in kept]


def _newest(published: Mapping[str, int]) -> Iterator[str]:
    """The newest items of each feed."""
    left: dict[str, int] = {}
    for uri in sorted(published, key=lambda uri: published[uri], reverse=True):
        feed = feed_of(uri)
        left[feed] = left.get(feed, _STRETCHES) - 1
        if left[feed] >= 0:
            yield uri


def _told_of(item: Item, shots: Sequence[Shot]) -> Sequence[Shot]:
    """Those that lie within the item as it is: shots are written before the item, which tells what is said in them."""
    length_ns = item.film.duration_ns if item.film else None
    return [shot for shot in shots if length_ns is None or shot.time.end_ns <= length_ns]


def _shots(
    items: Mapping[str, Item], found: Mapping[str, Sequence[Shot]], first: Mapping[str, int]
) -> Iterator[LiveShot]:
    for uri, item in items.items():
        cues = item.film.cues if item.film else ()
        for number, shot in enumerate(found[uri], first[uri]):
            yield LiveShot(
                uri=uri,
                number=number,
                shot=shot,
                headline=item.headline,
                began_ns=(item.published_ns or 0) + shot.time.start_ns,
                said=" ".join(cue.text for cue in cues if cue.time.overlaps(shot.time)),
                like=None,
            )


def _are_alike(one: LiveShot, other: LiveShot) -> bool:
    """Whether two shots of a feed look nearly the same."""
    looks = one.shot.look, other.shot.look
    return one.feed == other.feed and None not in looks and alike(looks[0] or 0, looks[1] or 0)
