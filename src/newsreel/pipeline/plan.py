"""What is to be done with an input, from what the ledger says of its item. Pure: no clock, no disk."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from newsreel.core.item import Item, Status, compare_versions
from newsreel.core.ledger import LedgerRow, State
from newsreel.ingest.sources import LINE_MARK, Ref

__all__ = ["Action", "Input", "decide", "late", "pending", "settled_hashes"]

MAX_PAST = 10_000
"""How many superseded inputs an item remembers: more than anybody sends without versions."""


class Action(Enum):
    """What an input leads to."""

    PROCESS = auto()
    FAIL = auto()
    UNCHANGED = auto()
    FAILED_BEFORE = auto()
    """It failed, its bytes have not changed, and nobody asked to try again."""
    LATE = auto()
    """Older than what is shown: recorded, not shown."""
    KILL = auto()
    WITHHOLD = auto()
    KILLED = auto()
    """Its item was killed earlier and stays away."""
    COLLIDE = auto()
    """Another file, still there, has the same uri."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One reading as the plan sees it."""

    uri: str
    location: str
    input_hash: str
    item: Item | None = None
    cause: str = ""
    thumbnail: bytes | None = field(default=None, repr=False)
    hide: bool = False
    """It could not be read, but what could be read of it says that the item must not be shown now."""
    unchanged: bool = False
    """Its bytes are those on the ledger; nothing else is known of it."""
    beside: bool = False
    """It is read with the video that it lies beside: what was an item of its own is none any more."""

    @property
    def named_by_file(self) -> bool:
        """Whether its uri is only its file's name (design decision 12)."""
        return LINE_MARK not in self.location and Ref(self.location).uri == self.uri


def decide(
    new: Input,
    row: LedgerRow | None,
    *,
    retry_failed: bool,
    still_there: Callable[[str], bool],
    killed_films: Collection[str] = (),
) -> Action:
    """What to do with an input, given the ledger's row of its uri.

    `still_there` tells if a location's file exists; `killed_films` are the hashes of films that were killed in the
    same place: a sidecar that gives or takes a uri does not bring one back.
    """
    if row is not None and row.tombstone:
        return Action.KILLED
    if new.item is not None and new.item.film is not None and new.item.film.media_hash in killed_films:
        return Action.KILLED
    if new.item is not None and new.item.status is Status.CANCELED:
        return Action.KILL  # whatever its version: a kill must not depend on the order of arrival
    if row is not None and row.input_hash == new.input_hash and row.state is not State.PENDING:
        moved = row.source != new.location and not still_there(row.source)
        if row.state is State.FAILED and not retry_failed:
            return Action.FAILED_BEFORE
        if row.state is not State.FAILED and not moved:
            return Action.PROCESS if retry_failed and row.loss else Action.UNCHANGED
    if new.item is None:
        return Action.FAIL
    if row is not None and (action := _against(new, new.item, row, still_there)) is not None:
        return action
    return Action.WITHHOLD if new.item.status is Status.WITHHELD else Action.PROCESS


def _against(new: Input, item: Item, row: LedgerRow, still_there: Callable[[str], bool]) -> Action | None:
    elsewhere = row.source != new.location
    if elsewhere and new.named_by_file and still_there(row.source):
        return Action.COLLIDE
    if elsewhere and new.input_hash in row.past and row.state is not State.FAILED:
        return Action.UNCHANGED
    order = compare_versions(item, row)
    begun_here = row.state is State.PENDING and not elsewhere  # and then the file was taken back
    if order < 0 and not begun_here:
        return Action.LATE
    return None


def pending(new: Input, row: LedgerRow | None, now_ns: int, *, tombstone: bool = False) -> LedgerRow:
    """The row that records an input before anything is done with it."""
    item = new.item
    if row is None:
        row = LedgerRow(uri=new.uri, state=State.PENDING, source=new.location, input_hash="")
    past = row.past
    if row.input_hash and row.input_hash != new.input_hash:
        past = _remember(past, row.input_hash)
    return replace(
        row,
        state=State.PENDING,
        source=new.location,
        input_hash=new.input_hash,
        past=tuple(p for p in past if p != new.input_hash),
        media_hash=item.film.media_hash if item and item.film else row.media_hash,
        version=item.version if item else row.version,
        updated_ns=item.updated_ns if item else row.updated_ns,
        tombstone=tombstone,
        cause="",
        attempts=row.attempts + 1,
        changed_ns=now_ns,
    )


def late(new: Input, row: LedgerRow) -> LedgerRow:
    """The row that remembers an input which came too late; the same row if it does already."""
    return row if new.input_hash in row.past else replace(row, past=_remember(row.past, new.input_hash))


def settled_hashes(rows: list[LedgerRow], *, retry_failed: bool) -> list[str]:
    """The input hash that a location need not be read again for; none when any item of it is unsettled."""
    hashes = {row.input_hash for row in rows if row.input_hash}
    open_states = (State.PENDING, State.FAILED) if retry_failed else (State.PENDING,)
    is_open = any(row.state in open_states or (retry_failed and row.loss) for row in rows)
    return [] if len(hashes) != 1 or is_open else list(hashes)


def _remember(past: tuple[str, ...], input_hash: str) -> tuple[str, ...]:
    return (*(p for p in past if p != input_hash), input_hash)[-MAX_PAST:]
