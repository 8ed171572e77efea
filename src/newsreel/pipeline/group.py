"""One group of inputs: intake, work, commit (design decision 2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Kind
from newsreel.core.ledger import LedgerRow, State, StoredItem
from newsreel.core.protocols import Archive
from newsreel.core.rows import item_from_row
from newsreel.core.times import now_ns
from newsreel.ingest.sources import LINE_MARK, Ref
from newsreel.pipeline import plan
from newsreel.pipeline.plan import Action, Input
from newsreel.pipeline.represent import Representer, content_key

__all__ = ["Failure", "Group", "WaitingFilm", "inputs_of"]

_OUTCOMES = {
    Action.UNCHANGED: "unchanged",
    Action.FAILED_BEFORE: "failed before",
    Action.LATE: "older",
    Action.KILLED: "kept out",
    Action.KILL: "killed",
    Action.WITHHOLD: "withheld",
    Action.FAIL: "failed",
    Action.COLLIDE: "refused",
}
_COLLISION = "another file already has this uri: index the folder that holds both"
_STILL_SHOWN = "; what was indexed of it before is still shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An input that did not become an item; or, as a loss, one of which a part could not be read."""

    uri: str
    source: str
    cause: str


@dataclass(frozen=True, slots=True)
class _Decision:
    """What is to be done for an item."""

    action: Action
    new: Input


def inputs_of(readings: pa.Table) -> list[Input]:
    """The rows of a `READINGS` table as the plan sees them."""
    return [
        Input(
            uri=row["item"]["uri"] if row["item"] else row["input_uri"],
            location=row["location"],
            input_hash=row["input_hash"],
            item=item_from_row(row["item"]) if row["item"] else None,
            cause=row["cause"],
            hide=row["hide"],
            thumbnail=row["thumbnail"],
            unchanged=row["unchanged"],
            beside=row["beside"],
        )
        for row in readings.to_pylist()
    ]


@dataclass(frozen=True, slots=True)
class WaitingFilm:
    """A film that is recorded as pending and not yet cut."""

    new: Input
    before: LedgerRow | None
    """The ledger's row before this version came."""

    def is_due(self, archive: Archive) -> bool:
        """Whether nothing newer has come for it since."""
        row = archive.ledger([self.new.uri])[self.new.uri]
        return row.state is State.PENDING and not row.tombstone and row.input_hash == self.new.input_hash


class Group:
    """Decides about a group of inputs, no two of one item, records them as pending, does the work, and commits."""

    def __init__(self, archive: Archive, representer: Representer, *, retry_failed: bool) -> None:
        """For one group; make a new one for the next."""
        self._archive = archive
        self._representer = representer
        self._retry_failed = retry_failed
        self._before: dict[str, LedgerRow] = {}
        self._rows: dict[str, LedgerRow] = {}
        self._written: dict[str, LedgerRow] = {}
        self._decisions: dict[str, _Decision] = {}
        self._elsewhere: dict[str, LedgerRow] = {}
        self._places: dict[str, list[LedgerRow]] = {}
        self._outcomes: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self.losses: list[Failure] = []
        self.waiting: list[WaitingFilm] = []
        """What `run` leaves for `run_film`: a film takes long, and neither a kill nor a story waits for it."""

    def run(self, inputs: Sequence[Input]) -> Counter[str]:
        """Do it all; returns how many inputs had which outcome."""
        places: dict[str, list[LedgerRow]] = {}
        for row in self._archive.at_sources({i.location for i in inputs}):
            places.setdefault(row.source, []).append(row)
        self._count_unchanged([i for i in inputs if i.unchanged], places)
        self._places = places
        beside = [i for i in inputs if i.beside]
        self._outcomes["beside"] += len(beside)
        named = list(_under_their_names([i for i in inputs if not (i.unchanged or i.beside)], places))
        self._before = dict(self._archive.ledger({i.uri for i in named}))
        self._rows, self._written = dict(self._before), dict(self._before)
        for new in named:
            self._decide(new)
        self._record()
        self._elsewhere = _settled_elsewhere(named, beside, places)
        self._take_away()
        self._rows |= self._elsewhere  # not before what they held is gone: a removed row promises that
        self._commit()
        return self._outcomes

    def _count_unchanged(self, inputs: Sequence[Input], places: dict[str, list[LedgerRow]]) -> None:
        for new in inputs:
            failed = any(row.state is State.FAILED for row in places.get(new.location, ()))
            self._outcomes["failed before" if failed else "unchanged"] += 1

    def _decide(self, new: Input) -> None:
        row, here = self._rows.get(new.uri), self._places.get(new.location, ())
        action = plan.decide(
            new,
            row,
            retry_failed=self._retry_failed,
            still_there=lambda at: Ref(at).exists,
            killed_films={r.media_hash for r in here if r.tombstone} - {""},
        )
        if action is Action.LATE and row is not None:
            self._rows[new.uri] = plan.late(new, row)
        elif action is Action.COLLIDE:
            self._fail(new, _COLLISION)
        elif action in (Action.PROCESS, Action.WITHHOLD, Action.KILL, Action.FAIL):
            begun = plan.pending(new, row, now_ns(), tombstone=action is Action.KILL)
            film = begun.media_hash or next((r.media_hash for r in here if r.media_hash), "")  # a kill reads no film
            self._rows[new.uri] = replace(begun, media_hash=film)
            self._decisions[new.uri] = _Decision(action, new)
            return
        self._outcomes[_OUTCOMES[action]] += 1

    def _with(self, *actions: Action) -> list[Input]:
        return [d.new for d in self._decisions.values() if d.action in actions]

    def _take_away(self) -> None:
        """What must not be shown vanishes now; kills are purged at the end of the run (`finish_kills`)."""
        killed, withheld = self._with(Action.KILL), self._with(Action.WITHHOLD)
        failed = self._with(Action.FAIL)
        unsafe = [i for i in failed if self._is_unsafe(i)]
        # A film may be cut for an hour, and its older version must not be shown meanwhile.
        held_back = [i for i in self._with(Action.PROCESS) if _is_film(i) and _is_held_back(i)]
        uris = [i.uri for i in (*killed, *withheld, *unsafe, *held_back)] + list(self._elsewhere)
        if uris:
            self._archive.remove(uris)
        for new in withheld:
            self._settle(new.uri, State.REMOVED, "withheld")
        for new in failed:
            self._settle_failed(new)
        for new in (*killed, *withheld):
            self._outcomes[_OUTCOMES[self._decisions[new.uri].action]] += 1

    def _is_unsafe(self, failed: Input) -> bool:
        """A run that was interrupted may have left half of a version behind; hiding is the safe side of an embargo."""
        return failed.hide or self._state_before(failed.uri) is State.PENDING

    def _settle_failed(self, new: Input) -> None:
        shown = not self._is_unsafe(new) and self._was_shown(new.uri)
        cause = new.cause + (_STILL_SHOWN if shown else "")
        self._settle(new.uri, State.FAILED, cause)
        self._fail(new, cause)
        self._outcomes["failed"] += 1

    def _commit(self) -> None:
        """Everything but the films, together."""
        work = self._with(Action.PROCESS)
        self._store([new for new in work if not _is_film(new)])
        self.waiting = [WaitingFilm(new, self._before.get(new.uri)) for new in work if _is_film(new)]

    def run_film(self, film: WaitingFilm) -> Counter[str]:
        """Store a film that an earlier group left waiting and that was cut, unless something newer has come for it."""
        new = film.new
        if not film.is_due(self._archive):
            return Counter({"older": 1})
        row = self._archive.ledger([new.uri])[new.uri]
        self._before = {} if film.before is None else {new.uri: film.before}
        self._rows, self._written = {new.uri: row}, {new.uri: row}
        try:
            self._store([new])
        except UnreadableError as error:
            failed = replace(new, cause=str(error), item=None, hide=_is_held_back(new))
            if self._is_unsafe(failed):
                self._archive.remove([new.uri])
            self._settle_failed(failed)
            self._record()
        return self._outcomes

    def _store(self, work: Sequence[Input]) -> None:
        stored = self._representer.represent(work) if work else []
        keys = {s.item.uri: content_key(s) for s in stored}
        originals = self._originals(stored, keys)
        losses = {s.item.uri: s.item.loss for s in stored}
        places = {new.uri: new.location for new in work}
        self.losses += [Failure(uri=u, source=places[u], cause=loss) for u, loss in losses.items() if loss]
        for uri, key in keys.items():
            state = State.DONE if originals.setdefault(key, uri) == uri else State.DUPLICATE
            self._rows[uri] = replace(self._rows[uri], content_key=key)
            self._settle(uri, state, "", losses[uri])
            self._outcomes[state.value] += 1
        self._archive.commit(stored, self._changed())
        self._written = dict(self._rows)

    def _originals(self, stored: Sequence[StoredItem], keys: dict[str, str]) -> dict[str, str]:
        """Which item, not itself among these, has each content already: the first done one by uri."""
        own = {s.item.uri for s in stored}
        rows = [r for r in self._archive.same_content(set(keys.values())) if r.state is State.DONE]
        done = {r.content_key: r.uri for r in sorted(rows, key=lambda r: r.uri, reverse=True) if r.uri not in own}
        # An item that was its content's original, and still has that content, stays it.
        return done | {keys[r.uri]: r.uri for r in rows if r.uri in own and keys[r.uri] == r.content_key}

    def _settle(self, uri: str, state: State, cause: str, loss: str = "") -> None:
        row = self._rows[uri]
        key = row.content_key if state in (State.DONE, State.DUPLICATE) else ""
        self._rows[uri] = replace(row, state=state, cause=cause, loss=loss, content_key=key, changed_ns=now_ns())

    def _was_shown(self, uri: str) -> bool:
        row = self._before.get(uri)
        return row is not None and (row.state in (State.DONE, State.DUPLICATE) or row.cause.endswith(_STILL_SHOWN))

    def _state_before(self, uri: str) -> State | None:
        row = self._before.get(uri)
        return None if row is None else row.state

    def _record(self) -> None:
        self._archive.record(self._changed())
        self._written = dict(self._rows)

    def _changed(self) -> list[LedgerRow]:
        return [row for uri, row in sorted(self._rows.items()) if self._written.get(uri) is not row]

    def _fail(self, new: Input, cause: str) -> None:
        self.failures.append(Failure(uri=new.uri, source=new.location, cause=cause))


def _is_film(new: Input) -> bool:
    return new.item is not None and new.item.film is not None


def _is_held_back(new: Input) -> bool:
    return new.item is not None and new.item.embargo_ns is not None


def _under_their_names(inputs: Sequence[Input], places: dict[str, list[LedgerRow]]) -> Iterator[Input]:
    """The inputs; one that cannot be read now fails as the items that a run had begun to read from its place.

    Where whether they may be shown cannot be read, it fails as all the items that came from there.
    """
    for new in inputs:
        rows = [r for r in places.get(new.location, ()) if not r.tombstone]
        begun = [r.uri for r in rows if r.state is State.PENDING or (new.hide and r.state is not State.REMOVED)]
        if new.item is None and begun and new.uri not in begun:
            yield from (replace(new, uri=uri) for uri in begun)
        else:
            yield new


def _settled_elsewhere(
    inputs: Sequence[Input], beside: Sequence[Input], places: dict[str, list[LedgerRow]]
) -> dict[str, LedgerRow]:
    """Items of places that now hold others: their failure is over, and a video is not shown under two names.

    A description that was an item of its own is none since its video lies beside it.
    """
    given = {i.uri for i in inputs}
    gone = [row for at in {i.location for i in inputs if i.item} for row in places.get(at, ()) if _has_failed(row)]
    for at in {i.location for i in inputs if _is_video_file(i)} | {i.location for i in beside}:
        gone += [row for row in places.get(at, ()) if row.state is not State.REMOVED]
    return {
        row.uri: replace(
            row, state=State.REMOVED, input_hash="", content_key="", cause="its source now holds other items", loss=""
        )
        for row in gone
        if row.uri not in given and not row.tombstone
    }


def _has_failed(row: LedgerRow) -> bool:
    return row.state is State.FAILED


def _is_video_file(new: Input) -> bool:
    return new.item is not None and new.item.kind is Kind.VIDEO and LINE_MARK not in new.location
