"""What items name: every mention once, nothing read twice, nothing left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from newsreel.core.entities import Named
from newsreel.core.item import Cue, Film, Item, Kind
from newsreel.core.ledger import State, StoredItem, StoredSegment
from newsreel.core.protocols import EntitySpace, VectorSpace
from newsreel.core.times import NS_PER_S, TimeRange, now_ns
from newsreel.index.lance import LanceArchive, audit, retrieval
from newsreel.ingest.sources import expand
from newsreel.pipeline.engines.local import LocalEngine
from newsreel.pipeline.indexer import Indexer, Limits, Models, Summary
from newsreel.pipeline.naming import Namer
from newsreel.pipeline.passages import Cutter
from newsreel.pipeline.removal import kill
from newsreel.testing.fakes import FakeEmbedder, FakeEntityModel, FakeShotModel

NAMES = {"Ann Quorvath": "PER", "Quorvath": "PER", "Leeds": "LOC", "Tarnby Rail": "ORG"}
SPACE = EntitySpace("fake", FakeEntityModel.fingerprint)


@dataclass
class Desk:
    """A manifest and an archive of it."""

    manifest: Path
    archive: LanceArchive
    model: FakeEntityModel

    def index(self, *items: dict[str, object], prune: bool = False) -> Summary:
        self.manifest.write_text("".join(json.dumps(item) + "\n" for item in items))
        models = Models(
            open_embedder=FakeEmbedder,
            open_shots=FakeShotModel,
            film_recipe="fake",
            open_entities=(lambda: self.model) if self.archive.entity_space else None,
        )
        with LanceArchive.lease(self.archive.path):
            limits = Limits(group_inputs=9, film_s=9.0)
            indexer = Indexer(self.archive, LocalEngine(1), models, lambda _: None, limits, LocalEngine(1))
            return indexer.run(expand([str(self.manifest)]), prune=prune)

    def named(self) -> dict[str, dict[str, int]]:
        """How often each item names what; the audit balances."""
        found = audit(self.archive)
        assert found.balanced, found.faults
        named: dict[str, dict[str, int]] = {}
        for row in self.archive.index.entities(now_ns()).to_pylist():
            named.setdefault(row["uri"], {})[row["key"]] = row["mentions"]
        return named


MakeDesk = Callable[[EntitySpace | None], Desk]


@pytest.fixture
def make_desk(tmp_path: Path) -> MakeDesk:
    def make(space: EntitySpace | None) -> Desk:
        folder = tmp_path / "archive"
        folder.mkdir()
        archive = LanceArchive.create(folder, VectorSpace("fake", "fake-64", 64), space)
        return Desk(tmp_path / "m.jsonl", archive, FakeEntityModel(NAMES))

    return make


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return make_desk(SPACE)


def story(uri: str, body: str, **more: object) -> dict[str, object]:
    return {"uri": uri, "headline": "Ann Quorvath in Leeds", "body": body, **more}


LONG = "\n\n".join(f"Part {n} says that Quorvath went to Leeds, {'and so on ' * 8}." for n in range(6))


def test_headline_and_passages_count_once_each_and_are_read_once(desk: Desk) -> None:
    desk.index(story("x:1", LONG, caption="Tarnby Rail in a caption"))
    per, loc, org = "PER:ann quorvath", "LOC:leeds", "ORG:tarnby rail"
    assert desk.named() == {"x:1": {per: 7, loc: 7, org: 1}}
    (row,) = desk.archive.index.entities(now_ns(), known_as="quorvath").to_pylist()
    assert (row["key"], row["name"]) == (per, "Ann Quorvath")
    named = desk.archive.index.named("x:1", now_ns())
    segments = desk.archive.index.segments([f"x:1#{n:04d}" for n in range(20)], now_ns())
    assert len(named) == len(segments) > 1
    for segment in segments.values():
        words = [segment.text[n.start : n.end] for n in named[segment.position]]
        assert words == ["Quorvath", "Leeds"] * (len(words) // 2)
    read = ["Ann Quorvath in Leeds\nTarnby Rail in a caption", *(s.text for s in segments.values())]
    assert sorted(desk.model.texts) == sorted(read)


def test_a_text_that_was_read_before_is_not_read_again(desk: Desk) -> None:
    desk.index(story("x:1", LONG), story("x:2", LONG), story("x:3", "Leeds."))
    before, read = desk.named(), len(desk.model.texts)
    assert before["x:1"] == before["x:2"]
    assert len(set(desk.model.texts)) == read
    again = desk.index(story("x:1", LONG, byline="Ada Weir"), story("x:3", "Leeds.", headline="Leeds"))
    assert (desk.model.texts[read:], again.texts_read) == (["Leeds"], 1)
    assert desk.named() == before | {"x:3": {"LOC:leeds": 2}}
    rows = [row for uri in ("x:1", "x:2") for row in desk.archive.ledger([uri]).values()]
    desk.archive.record([replace(row, state=State.PENDING) for row in rows])
    assert desk.index().texts_read == 0  # what a crash left is done again, and found as it was


def test_an_embargoed_replaced_or_pruned_story_leaves_the_counts(desk: Desk) -> None:
    one, two, three = (story(f"x:{n}", "Tarnby Rail spoke.") for n in (1, 2, 3))
    desk.index(one, two, three)
    assert len(desk.named()) == 3
    desk.index(one | {"embargo": "2099-01-01T00:00:00Z"}, two | {"headline": "", "body": "Of Leeds."}, prune=True)
    assert desk.named() == {"x:2": {"LOC:leeds": 1}}


def test_names_of_a_killed_item_are_in_no_file(desk: Desk) -> None:
    desk.index(story("x:1", "Quorvath met Tarnby Rail.", version="1"), story("x:2", "Leeds.", headline="Leeds"))
    desk.index(story("x:1", "Quorvath left Tarnby Rail.", version="2"))
    assert _files_with(desk.archive.path, "quorvath")  # else the search below proves nothing
    with LanceArchive.lease(desk.archive.path):
        kill(desk.archive, ["x:1"])
    assert desk.named() == {"x:2": {"LOC:leeds": 2}}
    assert _files_with(desk.archive.path, "quorvath", "tarnby rail") == []
    for table in desk.archive.tables:
        assert "quorvath" not in str(table.rows().to_pylist()).lower()


def _files_with(folder: Path, *words: str) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(word.encode() in path.read_bytes().lower() for word in words)]


@pytest.mark.parametrize("most_listed", [1, 2_000])
def test_what_a_crash_leaves_between_two_tables_is_not_seen_and_done_again(
    desk: Desk, most_listed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrieval, "_MOST_LISTED", most_listed)
    items = [story("x:1", "Tarnby Rail spoke."), story("x:2", "Leeds.", headline="Leeds")]
    desk.index(*items)
    whole = desk.named()
    (row,) = desk.archive.ledger(["x:1"]).values()
    desk.archive.record([replace(row, state=State.PENDING)])
    items_table, segments, entities, *_ = desk.archive.tables
    for table in (items_table, segments, entities):  # in the order of removal: what is left is what a commit had done
        table.remove("uri = 'x:1'")
        assert "x:1" not in desk.named()
        assert desk.archive.index.named("x:1", now_ns()) == {}
    desk.index(*items)
    assert desk.named() == whole


def test_the_audit_tells_entities_that_are_not_as_they_should_be(desk: Desk) -> None:
    desk.index(story("x:1", "Leeds."), story("x:2", "Leeds."), story("x:3", "Leeds."), story("x:4", "Leeds."))
    _, _, entities, *_ = desk.archive.tables
    rows = {row["uri"]: row for row in entities.rows(None, "label = 'LOC'").to_pylist()}
    entities.replace(("uri", "key"), [rows["x:1"] | {"embargo_ns": 5}, rows["x:2"] | {"key": "LOC:bradford"}])
    entities.replace(("uri", "key"), [rows["x:3"] | {"uri": "x:5"}])
    faults = audit(desk.archive).faults
    assert faults == {
        "entities that disagree with their item's dates or kind": ("x:1",),
        "segments that name other than their item's entities": ("x:2",),
        "entities without an item": ("x:5",),
    }


def test_an_archive_may_be_without_entities(make_desk: MakeDesk) -> None:
    desk = make_desk(None)
    summary = desk.index(story("x:1", "Leeds."))
    assert (summary.texts_read, desk.model.texts, desk.named()) == (0, [], {})
    assert LanceArchive(desk.archive.path).entity_space is None
    assert desk.archive.index.named("x:1", now_ns()) == {}


def test_a_cue_across_two_shots_counts_once_and_is_marked_in_both(desk: Desk) -> None:
    """Also where it stands behind another in one shot and before another in the next."""
    cues = [(0, 2, "Ann Quorvath speaks."), (3, 8, "Leeds hears Quorvath."), (6, 12, "In Leeds.")]
    film = Film(media_hash="h", duration_ns=None, width=4, height=3, codec="h264", stream="stream 0",
                cues=tuple(Cue(_seconds(a, b), text) for a, b, text in cues))  # fmt: skip
    item = Item(uri="v", kind=Kind.VIDEO, headline="Talk", caption="Of Leeds.", film=film)
    fake = FakeEmbedder()
    cut = Cutter(fake.count_tokens, fake.max_tokens).cut(item, [_seconds(0, 5), _seconds(5, 10), _seconds(10, 15)])
    assert [s.text[: s.repeated] for s in cut] == ["", "Leeds hears Quorvath.", "In Leeds."]
    segments = tuple(StoredSegment(segment=s, search_text="", key="", vector=None) for s in cut)
    namer = Namer(desk.archive, LocalEngine(1), lambda: desk.model, SPACE.fingerprint)
    (stored,) = namer.name([StoredItem(item=item, segments=segments)])
    assert {e.entity.key: e.entity.mentions for e in stored.entities} == {"PER:ann quorvath": 2, "LOC:leeds": 3}
    assert [[_words(s, n) for n in s.named] for s in stored.segments] == [
        [("Leeds", "LOC:leeds"), ("Ann Quorvath", "PER:ann quorvath"), ("Leeds", "LOC:leeds"),
         ("Quorvath", "PER:ann quorvath")],
        [("Leeds", "LOC:leeds"), ("Quorvath", "PER:ann quorvath"), ("Leeds", "LOC:leeds")],
        [("Leeds", "LOC:leeds")],
    ]  # fmt: skip


def _seconds(start: int, end: int) -> TimeRange:
    return TimeRange(start * NS_PER_S, end * NS_PER_S)


def _words(segment: StoredSegment, named: Named) -> tuple[str, str]:
    return segment.segment.text[named.start : named.end], named.key
