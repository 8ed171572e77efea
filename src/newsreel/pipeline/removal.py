"""Taking items away: kills, and pruning what is no longer in its source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from newsreel.core.errors import SourceError
from newsreel.core.ledger import LedgerRow, State
from newsreel.core.protocols import Archive
from newsreel.core.times import now_ns
from newsreel.ingest.sources import Source
from newsreel.pipeline.plan import Input

__all__ = ["Found", "Killed", "finish_kills", "kill", "promote", "prune"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """What `kill` did with the uris it was given."""

    removed: tuple[str, ...]
    already: tuple[str, ...]
    unknown: tuple[str, ...]


def kill(archive: Archive, uris: Sequence[str]) -> Killed:
    """Remove everything the archive holds of these items and leave tombstones. Needs the writer's lease.

    The tombstones come first, so that an interrupted kill is finished by the next writer and never undone. A uri the
    ledger does not know is left alone: it may be a slip of the pen, and the item meant is still there.
    """
    rows = archive.ledger(uris)
    unique = list(dict.fromkeys(uris))
    dead = [rows[u] for u in unique if u in rows and rows[u].tombstone and rows[u].state is State.REMOVED]
    alive = [rows[u] for u in unique if u in rows and rows[u] not in dead]
    archive.record([replace(r, state=State.PENDING, tombstone=True, changed_ns=now_ns()) for r in alive])
    finish_kills(archive)
    return Killed(
        removed=tuple(r.uri for r in alive),
        already=tuple(r.uri for r in dead),
        unknown=tuple(u for u in unique if u not in rows),
    )


def finish_kills(archive: Archive) -> int:
    """Carry out what tombstones announce, including those of a run that was interrupted. Returns how many."""
    rows = [r for r in archive.in_state(State.PENDING) if r.tombstone]
    if rows:
        archive.remove([r.uri for r in rows])
        archive.purge()
        archive.record([replace(r, state=State.REMOVED, content_key="", cause="killed", loss="") for r in rows])
        promote(archive, (r.content_key for r in rows))
    return len(rows)


def promote(archive: Archive, content_keys: Iterable[str]) -> None:
    """Where content has lost the item it counted for, its first duplicate becomes the done one."""
    duplicates: dict[str, LedgerRow] = {}
    done: set[str] = set()
    for row in archive.same_content({key for key in content_keys if key}):
        if row.state is State.DONE:
            done.add(row.content_key)
        elif row.content_key not in duplicates or row.uri < duplicates[row.content_key].uri:
            duplicates[row.content_key] = row
    archive.record([replace(row, state=State.DONE) for key, row in sorted(duplicates.items()) if key not in done])


class Found:
    """What the sources of a run turned out to hold."""

    def __init__(self) -> None:
        """Nothing so far."""
        self._uris: set[str] = set()
        self._places: set[str] = set()

    def add(self, inputs: Iterable[Input]) -> None:
        """Note these inputs. Which items are at an unchanged or unreadable place is not known anew: all that were."""
        for new in inputs:
            self._uris.add(new.uri)
            if new.item is None:
                self._places.add(new.location)

    def holds(self, row: LedgerRow) -> bool:
        """Whether the item is there, or may be: what lies in a folder that could not be listed is not gone."""
        folders = (row.source[:n] for n, sign in enumerate(row.source) if sign == "/")
        return row.uri in self._uris or row.source in self._places or any(f in self._places for f in folders)

    def __bool__(self) -> bool:
        """Whether there was anything at all."""
        return bool(self._uris or self._places)


def prune(archive: Archive, sources: Sequence[Source], found: Found) -> int:
    """Remove the items that came from these sources and are not there any more. Returns how many."""
    if not found:
        raise SourceError("the sources are empty, so --prune would remove everything: is the folder mounted?")
    gone = [
        row
        for state in (State.DONE, State.DUPLICATE, State.FAILED)
        for row in archive.in_state(state)
        if not found.holds(row) and any(s.covers(row.source) for s in sources)
    ]
    if gone:
        archive.record([replace(r, state=State.PENDING, changed_ns=now_ns()) for r in gone])
        archive.remove([r.uri for r in gone])
        archive.record([_forgotten(row) for row in gone])
    return len(gone)


def _forgotten(row: LedgerRow) -> LedgerRow:
    """A pruned item may come back as it was, in any version."""
    cause = "pruned: no longer in its source"
    blank = replace(row, input_hash="", media_hash="", content_key="", version=None, updated_ns=None, past=(), loss="")
    return replace(blank, state=State.REMOVED, cause=cause, changed_ns=now_ns())
