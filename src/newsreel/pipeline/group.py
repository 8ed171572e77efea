"""One group of inputs: intake, work, commit (design decision 2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from newsreel.core.ledger import LedgerRow, State
from newsreel.core.protocols import Archive
from newsreel.core.rows import item_from_row
from newsreel.core.times import now_ns
from newsreel.ingest.sources import Ref
from newsreel.pipeline import plan
from newsreel.pipeline.plan import Action, Input
from newsreel.pipeline.represent import Representer, content_key

__all__ = ["Failure", "Group", "inputs_of"]

_OUTCOMES = {
    Action.UNCHANGED: "unchanged",
    Action.LATE: "older",
    Action.KILLED: "kept out",
    Action.KILL: "killed",
    Action.WITHHOLD: "withheld",
    Action.FAIL: "failed",
    Action.COLLIDE: "refused",
}
_COLLISION = "another file already has this uri: index the folder that holds both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An input that did not become an item."""

    uri: str
    source: str
    cause: str


def inputs_of(readings: pa.Table) -> list[Input]:
    """The rows of a `READINGS` table as the plan sees them."""
    return [
        Input(
            uri=row["item"]["uri"] if row["item"] else row["input_uri"],
            location=row["location"],
            input_hash=row["input_hash"],
            item=item_from_row(row["item"]) if row["item"] else None,
            cause=row["cause"],
            thumbnail=row["thumbnail"],
            unchanged=row["unchanged"],
        )
        for row in readings.to_pylist()
    ]


class Group:
    """Decides about a group of inputs, records them as pending, does the work, and commits."""

    def __init__(self, archive: Archive, representer: Representer, *, retry_failed: bool) -> None:
        """For one group; make a new one for the next."""
        self._archive = archive
        self._representer = representer
        self._retry_failed = retry_failed
        self._rows: dict[str, LedgerRow] = {}
        self._changed: set[str] = set()
        self._work: dict[str, Input] = {}
        self._withheld: list[str] = []
        self._killed: list[str] = []
        self._outcomes: Counter[str] = Counter()
        self.failures: list[Failure] = []

    def run(self, inputs: Sequence[Input]) -> Counter[str]:
        """Do it all; returns how many inputs had which outcome."""
        self._outcomes["unchanged"] += sum(1 for i in inputs if i.unchanged)
        at_hand = [i for i in inputs if not i.unchanged]
        if at_hand:
            self._intake(at_hand)
            self._take_away()
            self._commit()
        return self._outcomes

    def _intake(self, inputs: Sequence[Input]) -> None:
        inputs = list(self._under_their_names(inputs))
        self._rows |= self._archive.ledger({i.uri for i in inputs})
        for new in inputs:
            action = self._decide(new)
            self._act(action, new)
            self._outcomes[_OUTCOMES.get(action, "to do")] += 1
        self._archive.record([self._rows[uri] for uri in sorted(self._changed)])
        self._changed.clear()

    def _under_their_names(self, inputs: Sequence[Input]) -> Iterator[Input]:
        """The inputs; one that failed now fails as the items that a run had begun to read from the same place.

        Items that failed here earlier, and are not what the place holds now, are settled.
        """
        here: dict[str, list[LedgerRow]] = {}
        for row in self._archive.at_sources({i.location for i in inputs}):
            if row.state in (State.PENDING, State.FAILED) and not row.tombstone:
                here.setdefault(row.source, []).append(row)
        given = {i.uri for i in inputs}
        for new in inputs:
            rows = here.get(new.location, [])
            begun = [row.uri for row in rows if row.state is State.PENDING and row.uri != new.uri]
            if new.item is None and begun:
                yield from (replace(new, uri=uri) for uri in begun)
                continue
            yield new
            for row in rows:
                if row.state is State.FAILED and row.uri not in given:
                    cause = "its source now holds other items"
                    self._put(replace(row, state=State.REMOVED, input_hash="", cause=cause, changed_ns=now_ns()))

    def _decide(self, new: Input) -> Action:
        waiting = self._work.get(new.uri)
        if waiting is not None and waiting.input_hash == new.input_hash:
            return Action.UNCHANGED
        return plan.decide(
            new, self._rows.get(new.uri), retry_failed=self._retry_failed, still_there=lambda at: Ref(at).exists
        )

    def _act(self, action: Action, new: Input) -> None:
        row = self._rows.get(new.uri)
        match action:
            case Action.PROCESS:
                if self._work.pop(new.uri, None) is not None:
                    self._outcomes["to do"] -= 1
                    self._outcomes["older"] += 1
                self._work[new.uri] = new
                self._put(plan.pending(new, row, now_ns()))
            case Action.FAIL:
                self._put(plan.failed(new, row, now_ns()))
                self._fail(new, new.cause)
            case Action.LATE if row is not None and new.input_hash not in row.past:
                self._put(plan.late(new, row))
            case Action.KILL | Action.WITHHOLD:
                if self._work.pop(new.uri, None) is not None:
                    self._outcomes["to do"] -= 1
                    self._outcomes["older"] += 1
                self._put(plan.pending(new, row, now_ns(), tombstone=action is Action.KILL))
                (self._killed if action is Action.KILL else self._withheld).append(new.uri)
            case Action.COLLIDE:
                self._fail(new, _COLLISION)

    def _put(self, row: LedgerRow) -> None:
        self._rows[row.uri] = row
        self._changed.add(row.uri)

    def _fail(self, new: Input, cause: str) -> None:
        self.failures.append(Failure(uri=new.uri, source=new.location, cause=cause))

    def _take_away(self) -> None:
        """Killed items vanish now and are purged at the end of the run (`finish_kills`)."""
        if self._killed or self._withheld:
            self._archive.remove([*self._killed, *self._withheld])
        for uri in self._withheld:
            if uri not in self._work:
                self._put(replace(self._rows[uri], state=State.REMOVED, content_key="", cause="withheld"))

    def _commit(self) -> None:
        stored = self._representer.represent(list(self._work.values()))
        keys = {s.item.uri: content_key(s) for s in stored}
        twins = dict(self._archive.twins(set(keys.values())))
        for made in stored:
            uri = made.item.uri
            first = twins.setdefault(keys[uri], uri)
            state = State.DONE if first == uri else State.DUPLICATE
            self._put(replace(self._rows[uri], state=state, content_key=keys[uri], cause="", changed_ns=now_ns()))
            self._outcomes[state.value] += 1
        del self._outcomes["to do"]
        self._archive.commit(stored, [self._rows[uri] for uri in sorted(self._changed)])
