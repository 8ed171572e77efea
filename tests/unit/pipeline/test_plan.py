"""Every decision about an input, without a disk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsreel.core.item import Item, Kind, Status
from newsreel.core.ledger import LedgerRow, State
from newsreel.pipeline import plan
from newsreel.pipeline.plan import Action, Input

HERE, THERE = "/desk/./a.txt", "/other/./a.txt"
ROW = LedgerRow(uri="file:a.txt", state=State.DONE, source=HERE, input_hash="old", version="2", past=("older",))


def new(hash_: str = "new", location: str = HERE, cause: str = "", **fields: object) -> Input:
    item = None if cause else Item(uri="file:a.txt", kind=Kind.STORY, body="Text.", **fields)  # type: ignore[arg-type]
    return Input(uri="file:a.txt", location=location, input_hash=hash_, item=item, cause=cause)


FAILED = replace(ROW, state=State.FAILED, version=None)


@pytest.mark.parametrize(
    ("case", "row", "action"),
    [
        (new(), None, Action.PROCESS),
        (new(cause="broken"), None, Action.FAIL),
        (new(status=Status.CANCELED), None, Action.KILL),
        (new(status=Status.WITHHELD), None, Action.WITHHOLD),
        (new("old"), ROW, Action.UNCHANGED),
        (new(), ROW, Action.PROCESS),
        (new(version="1"), ROW, Action.LATE),
        (new(version="3"), ROW, Action.PROCESS),
        (new(version="3", status=Status.WITHHELD), ROW, Action.WITHHOLD),
        (new(version="1", status=Status.WITHHELD), ROW, Action.LATE),
        (new(version="1", status=Status.CANCELED), ROW, Action.KILL),
        (new(cause="broken"), ROW, Action.FAIL),
        (new(), replace(ROW, tombstone=True), Action.KILLED),
        (new("old"), replace(ROW, state=State.PENDING), Action.PROCESS),
        (new("old"), FAILED, Action.FAILED_BEFORE),
        (new("older"), ROW, Action.PROCESS),
        (replace(new("older", THERE), uri="urn:a"), ROW, Action.UNCHANGED),
        (new(version="1"), replace(ROW, state=State.PENDING), Action.PROCESS),
        (new(location=THERE), ROW, Action.COLLIDE),
        (new(location=THERE, version="3"), ROW, Action.COLLIDE),
        (replace(new(location=THERE, version="3"), uri="urn:a"), ROW, Action.PROCESS),
        (new(location="/desk/./m.jsonl#line=1"), ROW, Action.PROCESS),
    ],
)
def test_decisions(case: Input, row: LedgerRow | None, action: Action) -> None:
    assert plan.decide(case, row, retry_failed=False, still_there=lambda at: True) is action


def test_a_failure_is_tried_again_only_when_asked() -> None:
    assert plan.decide(new("old"), FAILED, retry_failed=True, still_there=lambda at: True) is Action.PROCESS


@pytest.mark.parametrize("hash_", ["old", "new"])
def test_a_file_that_moved_is_no_collision_and_its_new_place_is_noted(hash_: str) -> None:
    moved = new(hash_, location=THERE)
    assert plan.decide(moved, ROW, retry_failed=False, still_there=lambda at: False) is Action.PROCESS


def test_what_is_superseded_is_remembered_and_what_comes_back_is_not() -> None:
    first = plan.pending(new("v1"), None, 1)
    second = plan.pending(new("v2"), first, 2)
    assert (second.past, second.attempts) == (("v1",), 2)
    assert plan.pending(new("v1"), second, 3).past == ("v2",)
    assert plan.late(new("v0"), second).past == ("v1", "v0")


def test_the_memory_of_an_item_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "MAX_PAST", 20)
    row = None
    for n in range(plan.MAX_PAST + 9):
        row = plan.pending(new(f"v{n}"), row, n)
    assert row is not None
    assert len(row.past) == plan.MAX_PAST


def test_a_place_is_read_again_unless_all_of_it_is_settled() -> None:
    assert plan.settled_hashes([], retry_failed=False) == []
    assert plan.settled_hashes([ROW, replace(ROW, uri="b")], retry_failed=False) == ["old"]
    assert plan.settled_hashes([ROW, replace(ROW, uri="b", input_hash="x")], retry_failed=False) == []
    assert plan.settled_hashes([replace(ROW, state=State.PENDING)], retry_failed=False) == []
    assert plan.settled_hashes([FAILED], retry_failed=False) == ["old"]
    assert plan.settled_hashes([FAILED], retry_failed=True) == []
