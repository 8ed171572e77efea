"""Taking items away for good: the tombstone first, so that an interrupted kill is finished and never undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from newsreel.core.ledger import LedgerRow, State
from newsreel.core.protocols import Archive
from newsreel.core.times import now_ns

__all__ = ["Killed", "finish_kills", "kill"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """What `kill` did with the uris it was given."""

    removed: tuple[str, ...]
    already: tuple[str, ...]
    unknown: tuple[str, ...]


def kill(archive: Archive, uris: Sequence[str]) -> Killed:
    """Remove everything the archive holds of these items and leave tombstones. Needs the writer's lease.

    A uri the ledger does not know is left alone: it may be a slip of the pen, and the item meant is still there.
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
    rows: list[LedgerRow] = [r for r in archive.in_state(State.PENDING) if r.tombstone]
    if rows:
        archive.remove([r.uri for r in rows])
        archive.purge()
        archive.record([replace(r, state=State.REMOVED, content_key="", cause="killed") for r in rows])
    return len(rows)
