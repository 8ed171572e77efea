"""A feed's shots into an archive: items that grow, replaced in commits from which a crash loses nothing committed.

The ledger has an item as pending while its tables are written one after the other. Where a process ended in between,
`LiveWriter.finish` makes the item of what is kept of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from urllib.parse import quote

import pyarrow as pa

from newsreel.core.item import Item
from newsreel.core.ledger import LedgerRow, State
from newsreel.core.protocols import Archive, Index
from newsreel.core.rows import SHOTS
from newsreel.core.times import FOREVER_NS, now_ns
from newsreel.live.growing import GrowingItem, shots_key
from newsreel.live.items import LiveItem
from newsreel.live.opened import EndedShot
from newsreel.pipeline.digest import digest
from newsreel.pipeline.films import Shots, times_of
from newsreel.pipeline.plan import Input
from newsreel.pipeline.removal import finish_kills
from newsreel.pipeline.represent import CutsFilms, Representer, content_key

__all__ = ["KeptShots", "LiveWriter", "Moment"]

_PLACE = "live:/./"
"""What a feed's location on the ledger begins with: its name follows, never its address, which may hold a password."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A shot for the archive."""

    item: LiveItem
    ended: EndedShot


class KeptShots(CutsFilms):
    """Where the representer finds the shots of a feed's item: they are in the archive already."""

    def __init__(self, archive: Archive, recipe: str) -> None:
        """`recipe` says what cuts feeds."""
        self._archive = archive
        self._recipe = recipe

    def shots(self, item: Item) -> Shots:
        """See `pipeline.represent.CutsFilms`."""
        key = shots_key(item.uri, self._recipe)
        times = times_of(self._archive.shots(key))
        return Shots(key=key, times=times, poster=self._archive.poster(key), loss="")


class LiveWriter:
    """Writes items of feeds. For one thread; what it holds is the item of each feed that is growing."""

    def __init__(
        self,
        archive: Archive,
        index: Index,
        representer: Representer,
        lease: Callable[[], AbstractContextManager[None]],
        headline: str,
        recipe: str,
    ) -> None:
        """`lease` is the writer's, taken for each commit; `headline` is of all items, if not empty."""
        self._archive = archive
        self._index = index
        self._representer = representer
        self._lease = lease
        self._headline = headline
        self._recipe = recipe
        self._growing: dict[str, GrowingItem] = {}
        self._finished = False

    def write(self, moments: Sequence[Moment]) -> None:
        """Add these shots, in order. Raises ArchiveError, ArchiveBusyError: then nothing counts as added, try again."""
        ended: dict[str, list[EndedShot]] = {}
        for moment in moments:
            ended.setdefault(moment.item.uri, []).append(moment.ended)
        items = {moment.item.uri: moment.item for moment in moments}
        with self._lease():
            if not self._finished:
                self.finish()
            rows = self._archive.ledger(items)
            alive = [item for uri, item in items.items() if uri not in rows or not rows[uri].tombstone]
            grown = [self._known(item).with_shots(ended[item.uri]) for item in alive]
            if grown:
                self._keep(grown, rows)
        self._remember(items.values(), grown)

    def finish(self) -> None:
        """What a process that was ended left half written, kills too. For the holder of the lease. ArchiveError."""
        finish_kills(self._archive)
        left = [row for row in self._archive.in_state(State.PENDING) if row.source.startswith(_PLACE)]
        items = self._index.items([row.uri for row in left], FOREVER_NS)
        kept = {row.uri: self._archive.shots(shots_key(row.uri, self._recipe)) for row in left}
        whole = [row for row in left if row.uri in items and len(kept[row.uri])]
        self._forget([row for row in left if row not in whole])
        if whole:
            self._store([_as_long(items[row.uri], kept[row.uri]) for row in whole], whole)
        self._finished = True

    def fold(self) -> None:
        """Bring the indexes up to date with what was added. Raises ArchiveError."""
        with self._lease():
            self._archive.fold()

    def _known(self, item: LiveItem) -> GrowingItem:
        known = self._growing.get(item.feed)
        return known if known and known.of == item else GrowingItem(item, self._headline, self._recipe)

    def _keep(self, grown: Sequence[GrowingItem], before: Mapping[str, LedgerRow]) -> None:
        rows = [_pending(item, before.get(item.of.uri)) for item in grown]
        self._archive.record(rows)
        changed = [row for item in grown for row in item.rows_after(self._kept(item.of))]
        self._archive.keep_shots(pa.Table.from_pylist(changed, SHOTS))
        self._store([item.item for item in grown], rows)

    def _kept(self, item: LiveItem) -> int:
        return len(self._known(item).shots)

    def _store(self, items: Sequence[Item], rows: Sequence[LedgerRow]) -> None:
        inputs = [
            Input(uri=row.uri, location=row.source, input_hash=row.input_hash, item=item)
            for item, row in zip(items, rows, strict=True)
        ]
        stored = self._representer.represent(inputs)
        done = [
            replace(row, state=State.DONE, content_key=content_key(one), changed_ns=now_ns())
            for one, row in zip(stored, rows, strict=True)
        ]
        self._archive.commit(stored, done)

    def _forget(self, rows: Sequence[LedgerRow]) -> None:
        """Of these nothing was committed yet."""
        if rows:
            self._archive.remove([row.uri for row in rows])
            cause = "the process that watched the feed ended before anything of it was committed"
            self._archive.record([replace(row, state=State.REMOVED, cause=cause, changed_ns=now_ns()) for row in rows])

    def _remember(self, items: Iterable[LiveItem], grown: Sequence[GrowingItem]) -> None:
        """The newest item of each feed: the others grow no more, and a killed one is dead."""
        kept = {item.of.uri: item.without_pictures() for item in grown}
        for item in items:
            self._growing.pop(item.feed, None)
            if item.uri in kept:
                self._growing[item.feed] = kept[item.uri]


def _pending(item: GrowingItem, before: LedgerRow | None) -> LedgerRow:
    source = _PLACE + quote(item.of.feed, safe="")
    row = before or LedgerRow(uri=item.of.uri, state=State.PENDING, source=source, input_hash="", attempts=1)
    return replace(row, state=State.PENDING, input_hash=digest(item.key, str(len(item.shots))), changed_ns=now_ns())


def _as_long(item: Item, kept: pa.Table) -> Item:
    """The item with the length of the shots that are kept of it: they may be one commit ahead."""
    if item.film is None:
        raise ValueError(f"{item.uri} is no film")
    return replace(item, film=replace(item.film, duration_ns=kept["end_ns"][-1].as_py()))
