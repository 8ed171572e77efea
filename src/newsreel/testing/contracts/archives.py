"""What every archive and its index do."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from newsreel.core.entities import ENTITY_ROWS, Entity, ItemEntity, Named
from newsreel.core.item import Film, Item, Kind, Segment
from newsreel.core.ledger import LedgerRow, ReadText, State, StoredEntity, StoredItem, StoredSegment
from newsreel.core.protocols import Archive, EntityFilter, Filters, Index
from newsreel.core.rows import SHOTS
from newsreel.core.shots import Mark, MarkKind
from newsreel.core.times import NS_PER_S, TimeRange
from newsreel.testing.fakes import FakeEmbedder

__all__ = ["ArchiveContract", "naming", "stored_film", "stored_story"]

_NOW = 1_000


def stored_story(uri: str, *texts: str, **fields: object) -> StoredItem:
    """A story with one segment for each text, embedded by the fake embedder, ready to store."""
    item = Item(uri=uri, kind=fields.pop("kind", Kind.STORY), headline=uri, body="\n\n".join(texts), **fields)  # type: ignore[arg-type]
    segments = [
        StoredSegment(
            segment=Segment(
                id=f"{uri}#{n:04d}", uri=uri, position=n, start=0, end=len(text), text=text, context=item.headline
            ),
            search_text=text,
            key=f"key of {text}",
            vector=FakeEmbedder().embed([text])[0],
        )
        for n, text in enumerate(texts)
    ]
    return StoredItem(item=item, segments=tuple(segments), thumbnail=b"jpeg")


def naming(stored: StoredItem, **names: tuple[str, ...]) -> StoredItem:
    """The same item, in whose every segment a label's names stand: `naming(item, PER=("Ann Lee",))`."""
    said = [(label, name) for label, listed in names.items() for name in listed]
    segments = []
    for segment in stored.segments:
        text = segment.segment.text
        places = [(text.index(name), label, name) for label, name in said if name in text]
        found = tuple(Entity(at, at + len(name), label, 0.9) for at, label, name in places)
        named = tuple(Named(at, at + len(name), _key(label, name), 0.9) for at, label, name in places)
        read = ReadText(f"read {text}", found)
        segments.append(replace(segment, read=read, named=named))
    entities = tuple(
        StoredEntity(ItemEntity(_key(label, name), label, name, ((name, len(segments)),)), (name.lower(),))
        for label, name in said
    )
    return replace(stored, segments=tuple(segments), entities=entities)


def _key(label: str, name: str) -> str:
    return f"{label}:{name.lower()}"


def stored_film(uri: str, *cuts: int, **fields: object) -> tuple[StoredItem, pa.Table]:
    """A video cut at these frames, and the rows of its shots, one frame a second; their keyframes are texts."""
    film = Film(media_hash=uri, duration_ns=None, width=4, height=3, codec="h264", stream="stream 0")
    stored = stored_story(uri, "what is said", kind=Kind.VIDEO, film=film, **fields)
    ends = [0, *cuts, cuts[-1] + 10 if cuts else 10]
    rows = [
        {
            "id": f"{uri} key#{n}",
            "key": f"{uri} key",
            "uri": uri,
            "position": n,
            "start_frame": start,
            "end_frame": end,
            "start_ns": start * NS_PER_S,
            "end_ns": end * NS_PER_S,
            "transition": "end" if end == ends[-1] else "cut",
            "keyframe": f"keyframe {n}".encode(),
        }
        for n, (start, end) in enumerate(pairwise(ends))
    ]
    return replace(stored, shots_key=f"{uri} key"), pa.Table.from_pylist(rows, SHOTS)


def _row(uri: str, state: State = State.DONE, **fields: object) -> LedgerRow:
    return LedgerRow(uri=uri, state=state, source=f"/s/./{uri}", input_hash=f"hash {uri}", **fields)  # type: ignore[arg-type]


def _ids(found: pa.Table) -> list[str]:
    ids: list[str] = found["id"].to_pylist()
    return ids


class ArchiveContract:
    """What every archive and its index do. Give fixtures `archive` (empty, dimension 64) and `index`, its read side."""

    filters = Filters(visible_at_ns=_NOW)

    def put(self, archive: Archive, *items: StoredItem) -> None:
        """Store items as done."""
        archive.commit(items, [_row(i.item.uri, content_key=f"content {i.item.body}") for i in items])

    def test_an_empty_archive_finds_nothing(self, archive: Archive, index: Index) -> None:
        """No error either."""
        vector = FakeEmbedder().embed(["flood"])[0]
        assert _ids(index.bm25("flood", self.filters, 10)) == []
        assert _ids(index.nearest(vector, self.filters, 10)) == []
        assert _ids(index.newest(self.filters, 10)) == []
        assert index.items(["a"], _NOW) == {}
        archive.fold()

    def test_words_are_found_stemmed_and_folded_before_and_after_folding_in(
        self, archive: Archive, index: Index
    ) -> None:
        """Rows that are not in the index yet are found too."""
        self.put(archive, stored_story("a", "Floods in the old café"), stored_story("b", "A quiet day"))
        for _ in range(2):
            assert _ids(index.bm25("flooded CAFE", self.filters, 10)) == ["a#0000"]
            archive.fold()

    def test_the_nearest_vector_is_first(self, archive: Archive, index: Index) -> None:
        """Cosine, exactly."""
        self.put(archive, stored_story("a", "river bridge"), stored_story("b", "vote count"))
        vector = FakeEmbedder().embed(["vote count"])[0]
        found = index.nearest(vector, self.filters, 10)
        assert _ids(found)[0] == "b#0000"
        assert found["score"][0].as_py() == pytest.approx(1, abs=1e-5)
        assert index.cosines(["b#0000", "nowhere"], vector)["b#0000"] == pytest.approx(1, abs=1e-5)

    def test_ties_break_by_id_and_the_cut_goes_through_them_stably(self, archive: Archive, index: Index) -> None:
        """However many are asked for."""
        self.put(
            archive, *(stored_story(f"u{n:03d}", "the same words") for n in random.Random(1).sample(range(90), 90))
        )
        archive.fold()
        vector = FakeEmbedder().embed(["the same words"])[0]
        for limit in (1, 7, 50):
            expected = [f"u{n:03d}#0000" for n in range(limit)]
            assert _ids(index.bm25("same words", self.filters, limit)) == expected
            assert _ids(index.nearest(vector, self.filters, limit)) == expected

    def test_filters_hold_for_every_way_of_finding(self, archive: Archive, index: Index) -> None:
        """Kind, date, embargo."""
        self.put(
            archive,
            stored_story("story", "storm", published_ns=100),
            stored_story("photo", "storm", published_ns=200, kind=Kind.PHOTO),
            stored_story("undated", "storm"),
            stored_story("embargoed", "storm", published_ns=100, embargo_ns=_NOW + 1),
            stored_story("released", "storm", published_ns=300, embargo_ns=_NOW),
        )
        vector = FakeEmbedder().embed(["storm"])[0]
        cases = [
            (Filters(visible_at_ns=_NOW), {"story", "photo", "undated", "released"}),
            (Filters(visible_at_ns=_NOW + 1), {"story", "photo", "undated", "released", "embargoed"}),
            (Filters(visible_at_ns=_NOW, kinds=(Kind.PHOTO,)), {"photo"}),
            (Filters(visible_at_ns=_NOW, from_ns=100, to_ns=300), {"story", "photo"}),
        ]
        for filters, expected in cases:
            for found in (
                index.bm25("storm", filters, 10),
                index.nearest(vector, filters, 10),
                index.newest(filters, 10),
            ):
                assert set(found["uri"].to_pylist()) == expected

    def test_newest_comes_first_and_undated_last(self, archive: Archive, index: Index) -> None:
        """Browsing."""
        self.put(archive, stored_story("old", "x", "y", published_ns=1), stored_story("none", "x"))
        self.put(archive, stored_story("new", "x", published_ns=2))
        assert _ids(index.newest(self.filters, 10)) == ["new#0000", "old#0000", "none#0000"]
        assert _ids(index.newest(self.filters, 1)) == ["new#0000"]

    def test_a_commit_replaces_an_items_segments(self, archive: Archive, index: Index) -> None:
        """Also when there are fewer."""
        self.put(archive, stored_story("a", "first words", "second words"), stored_story("b", "other words"))
        self.put(archive, stored_story("a", "third words"))
        assert sorted(_ids(index.bm25("words", self.filters, 10))) == ["a#0000", "b#0000"]
        assert index.segments(["a#0000", "a#0001"], _NOW)["a#0000"].text == "third words"
        assert index.items(["a"], _NOW)["a"].body == "third words"

    def test_an_embargoed_item_is_not_fetched(self, archive: Archive, index: Index) -> None:
        """Nor its picture."""
        self.put(archive, stored_story("a", "x", embargo_ns=_NOW + 1))
        assert index.items(["a"], _NOW) == {}
        assert index.segments(["a#0000"], _NOW) == {}
        assert list(index.segments(["a#0000"], _NOW + 1)) == ["a#0000"]
        assert index.thumbnail("a", _NOW) is None
        assert index.thumbnail("a", _NOW + 1) == b"jpeg"

    def test_what_is_removed_is_gone_from_everything(self, archive: Archive, index: Index) -> None:
        """And what is purged stays gone."""
        self.put(archive, stored_story("it's 'a'", "storm"), stored_story("b", "storm"))
        archive.fold()
        archive.remove(["it's 'a'"])
        for _ in range(2):
            assert _ids(index.bm25("storm", self.filters, 10)) == ["b#0000"]
            assert index.items(["it's 'a'"], _NOW) == {}
            archive.purge()

    def test_scores_do_not_depend_on_how_rows_came_in(self, archive: Archive, index: Index) -> None:
        """After folding in, replaced and removed rows leave no weight behind (BM25 counts documents)."""
        words = ["storm", "river", "bridge", "vote", "rail", "harbour", "budget", "final"]
        texts = {f"u{n}": " ".join(random.Random(n).choices(words, k=9)) for n in range(16)}
        for uri in texts:
            self.put(archive, stored_story(uri, "storm storm storm passing words", "storm again"))
            if uri == "u8":
                archive.fold()
        for uri, text in texts.items():
            self.put(archive, stored_story(uri, text))
        self.put(archive, stored_story("gone", "storm storm"))
        archive.remove(["gone"])
        archive.fold()
        meandering = index.bm25("storm river", self.filters, 50).to_pylist()
        archive.remove(list(texts))
        archive.purge()
        self.put(archive, *(stored_story(uri, text) for uri, text in texts.items()))
        archive.fold()
        assert index.bm25("storm river", self.filters, 50).to_pylist() == meandering

    def test_the_shots_of_a_film_are_read_in_order_and_shown_with_their_item(
        self, archive: Archive, index: Index
    ) -> None:
        """Not before its embargo, and to nobody else."""
        film, shots = stored_film("film", 3, 50, embargo_ns=_NOW)
        archive.keep_shots(shots.slice(2))
        archive.keep_shots(shots.slice(0, 2))
        self.put(archive, film, stored_story("a", "x"))
        seen = index.shots("film", _NOW) or []
        assert [(s.start_frame, s.transition.value) for s in seen] == [(0, "cut"), (3, "cut"), (50, "end")]
        assert index.keyframe("film", 1, _NOW) == b"keyframe 1"
        assert archive.poster("film key") == b"keyframe 1"  # of the longest
        assert (index.shots("film", _NOW - 1), index.keyframe("film", 1, _NOW - 1)) == (None, None)
        assert (index.shots("a", _NOW), index.keyframe("a", 0, _NOW)) == ([], None)
        assert (index.shots("nobody", _NOW), index.keyframe("film", 9, _NOW)) == (None, None)
        archive.drop_shots("film key")
        assert index.shots("film", _NOW) == []

    def test_the_newest_shots_are_read_from_a_number_on(self, archive: Archive, index: Index) -> None:
        """Of several films at once, and of what comes from under one roof; nothing that may not be seen."""
        before = index.revision()
        films = [
            stored_film("live:it's/1", 3, 50, published_ns=1),
            stored_film("live:it's/2", published_ns=2),
            stored_film("live:late/1", 3, published_ns=2, embargo_ns=_NOW + 1),
            stored_film("livestock", 3, published_ns=2),
        ]
        archive.keep_shots(pa.concat_tables([shots for _, shots in films]))
        kept = index.revision()
        self.put(archive, *(film for film, _ in films), stored_story("live:it's/story", "x", published_ns=3))
        assert len({before, kept, index.revision(), index.revision()}) == 3
        assert index.published_under("live:", 2, _NOW) == {"live:it's/2": 2, "live:it's/story": 3}
        assert index.published_under("live:late", 0, _NOW + 1) == {"live:late/1": 2}
        firsts = {"live:it's/1": 1, "live:it's/2": 1, "live:late/1": 0, "live:it's/story": 0, "nobody": 0}
        seen = index.shots_from(firsts, _NOW)
        assert {uri: [s.start_frame for s in shots] for uri, shots in seen.items()} == {
            "live:it's/1": [3, 50], "live:it's/2": [], "live:it's/story": [],
        }  # fmt: skip
        assert index.shots_from({}, _NOW) == {}

    def test_what_a_shot_is_marked_for_is_kept_and_no_black_shot_stands_for_the_film(
        self, archive: Archive, index: Index
    ) -> None:
        """Not even the longest; unless there is no other."""
        film, shots = stored_film("film", 3, 50)
        rows = shots.to_pylist()
        black = {"kind": "black", "start_ns": rows[1]["start_ns"], "end_ns": rows[1]["end_ns"]}
        rows[1] |= {"marks": [black], "confidence": 0.75, "keyframe_ns": 4 * NS_PER_S, "look": -5}
        archive.keep_shots(pa.Table.from_pylist(rows, SHOTS))
        self.put(archive, film)
        seen = (index.shots("film", _NOW) or [])[1]
        assert (seen.confidence, seen.keyframe_ns, seen.look, seen.blank) == (0.75, 4 * NS_PER_S, -5, True)
        assert seen.marks == (Mark(MarkKind.BLACK, TimeRange(3 * NS_PER_S, 50 * NS_PER_S)),)
        assert archive.poster("film key") == b"keyframe 2"

    def test_the_original_of_an_item_is_told_to_those_who_may_see_it(self, archive: Archive, index: Index) -> None:
        """Without reading anything else of it."""
        place = {"media_path": "/desk/caf\udce9.mp4", "media_type": "video/mp4"}  # a name that is not UTF-8
        self.put(archive, stored_story("a", "x", embargo_ns=_NOW, **place), stored_story("b", "x"))
        assert index.original("a", _NOW) == ("/desk/caf\udce9.mp4", "video/mp4")
        assert (index.original("a", _NOW - 1), index.original("b", _NOW)) == (None, (None, None))

    def test_a_film_that_was_begun_is_kept_with_its_open_shot(self, archive: Archive) -> None:
        """What an interrupted run goes on from; rows that come again replace those that are there."""
        rows = stored_film("film", 3, 50)[1].to_pylist()
        picture = {"frame": 5, "time_ns": 7, "sharpness": 2.5, "calm": True, "blank": False}
        candidates = [{**picture, "small": b"small", "jpeg": b"jpeg"}]
        opened = {**rows[1], "transition": "", "progress": "how to go on", "candidates": candidates}
        archive.keep_shots(pa.Table.from_pylist([rows[0], opened], SHOTS))
        kept = archive.shots("film key").to_pylist()
        assert kept == [{**rows[0], "keyframe": None}, opened]
        archive.keep_shots(pa.Table.from_pylist(rows[1:], SHOTS))
        assert [row["transition"] for row in archive.shots("film key").to_pylist()] == ["cut", "cut", "end"]
        assert len(archive.shots("another key")) == 0

    def test_the_shots_of_a_film_stay_while_an_item_has_it_or_waits_for_it(self, archive: Archive) -> None:
        """Then they go, and a kill takes them at once."""
        (film, shots), (_, begun) = stored_film("film", 3), stored_film("begun", 3)
        archive.keep_shots(pa.concat_tables([shots, begun]))
        archive.record([_row("begun", State.PENDING)])
        copy = stored_story("copy", "x")
        self.put(archive, film, replace(copy, shots_key="film key"))
        archive.remove(["film"])
        for leave in (archive.fold, archive.purge):
            leave()
            assert (len(archive.shots("film key")), len(archive.shots("begun key"))) == (2, 2)
        archive.remove(["copy"])
        archive.record([_row("begun", State.PENDING, tombstone=True)])
        archive.purge()
        assert (len(archive.shots("film key")), len(archive.shots("begun key"))) == (0, 0)

    def test_the_centre_of_an_item_is_the_mean_of_its_vectors(self, archive: Archive, index: Index) -> None:
        """Of length 1, and unseen before its embargo."""
        self.put(archive, stored_story("a", "river", "bridge"), stored_story("b", "vote", embargo_ns=_NOW + 1))
        vectors = FakeEmbedder().embed(["river", "bridge"])
        mean = vectors.sum(axis=0)
        centre = index.centre("a", _NOW)
        assert centre is not None
        np.testing.assert_allclose(centre, mean / np.linalg.norm(mean), atol=1e-6)
        assert index.centre("b", _NOW) is None

    def test_the_ledger_is_read_as_it_was_written(self, archive: Archive) -> None:
        """By uri, by state, by source."""
        rows = [
            _row("a", version="1.10", past=("x", "y"), cause="so", loss="a part"),
            _row("b", State.PENDING, tombstone=True),
        ]
        archive.record(rows)
        assert archive.ledger(["a", "b", "c"]) == {r.uri: r for r in rows}
        assert archive.in_state(State.PENDING) == [rows[1]]
        assert archive.at_sources([rows[0].source]) == [rows[0]]

    def test_vectors_and_equal_content_are_known_by_what_was_read(self, archive: Archive) -> None:
        """What the pipeline asks before it computes anything."""
        self.put(archive, stored_story("a", "storm"), stored_story("b", "storm"))
        known = archive.vectors(["key of storm", "key of nothing"])
        assert list(known) == ["key of storm"]
        np.testing.assert_allclose(known["key of storm"], FakeEmbedder().embed(["storm"])[0])
        assert {r.uri for r in archive.same_content(["content storm", "content nothing"])} == {"a", "b"}

    def test_what_items_name_is_told_of_those_one_may_see(self, archive: Archive, index: Index) -> None:
        """By item, key, alias and label, all together; also before it is folded in."""
        ann = naming(stored_story("a", "Ann Lee in Leeds", published_ns=5), PER=("Ann Lee",), LOC=("Leeds",))
        bob = naming(stored_story("b", "Leeds", "in Leeds", kind=Kind.PHOTO), LOC=("Leeds",))
        late = naming(stored_story("c", "Ann Lee", embargo_ns=_NOW + 1), PER=("Ann Lee",))
        self.put(archive, late, bob, ann, stored_story("d", "nobody"))
        for _ in range(2):
            everything = index.entities(_NOW)
            assert everything.schema == ENTITY_ROWS
            assert _named(everything) == [("a", "LOC:leeds"), ("a", "PER:ann lee"), ("b", "LOC:leeds")]
            assert everything.to_pylist()[2] == {
                "uri": "b", "key": "LOC:leeds", "label": "LOC", "name": "Leeds", "mentions": 2, "kind": "photo",
                "aliases": [{"name": "Leeds", "count": 2}], "known_as": ["leeds"], "published_ns": None,
                "embargo_ns": None,
            }  # fmt: skip
            assert _named(index.entities(_NOW + 1, label="PER")) == [("a", "PER:ann lee"), ("c", "PER:ann lee")]
            assert _named(index.entities(_NOW, keys=["LOC:leeds", "LOC:york"], uris=["b", "c"])) == [("b", "LOC:leeds")]
            assert _named(index.entities(_NOW, known_as="ann lee")) == [("a", "PER:ann lee")]
            assert _named(index.entities(_NOW, known_as="ann lee", label="LOC")) == []
            assert _named(index.entities(_NOW, keys=[])) == _named(index.entities(_NOW, uris=[])) == []
            archive.fold()

    def test_names_are_told_by_place(self, archive: Archive, index: Index) -> None:
        """Of an item's segments, to those who may see it."""
        said = stored_story("a", "Ann Lee in Leeds", "nobody", "Leeds", embargo_ns=_NOW)
        self.put(archive, naming(said, PER=("Ann Lee",), LOC=("Leeds",)))
        leeds = Named(11, 16, "LOC:leeds", 0.9)
        assert index.named("a", _NOW) == {
            0: (Named(0, 7, "PER:ann lee", 0.9), leeds),
            2: (replace(leeds, start=0, end=5),),
        }
        assert index.named("a", _NOW - 1) == index.named("b", _NOW) == {}

    def test_entities_filter_every_way_of_finding(self, archive: Archive, index: Index) -> None:
        """Each of several must hold, in the item as a whole; before and after folding in."""
        self.put(
            archive,
            naming(stored_story("a", "storm: Ann Lee", "storm in Leeds"), PER=("Ann Lee",), LOC=("Leeds",)),
            naming(stored_story("b", "storm in Leeds"), LOC=("Leeds",)),
            naming(stored_story("c", "storm in York"), LOC=("York",)),
            stored_story("d", "storm"),
        )
        ann, leeds = EntityFilter(("PER:ann lee",)), EntityFilter(("LOC:leeds",))
        cases: list[tuple[tuple[EntityFilter, ...], set[str]]] = [
            ((leeds,), {"a#0000", "a#0001", "b#0000"}),
            ((leeds, ann), {"a#0000", "a#0001"}),
            ((EntityFilter(("LOC:leeds", "LOC:york")),), {"a#0000", "a#0001", "b#0000", "c#0000"}),
            ((replace(leeds, only=frozenset({"b", "c"})),), {"b#0000"}),
            ((replace(leeds, never=frozenset({"a", "z"})),), {"b#0000"}),
            ((replace(leeds, only=frozenset()),), set()),
            ((EntityFilter(()),), set()),
        ]
        vector = FakeEmbedder().embed(["storm"])[0]
        for _ in range(2):
            for entities, expected in cases:
                filters = replace(self.filters, entities=entities)
                assert set(_ids(index.bm25("storm", filters, 10))) == expected
                assert set(_ids(index.nearest(vector, filters, 10))) == expected
                assert set(_ids(index.newest(filters, 10))) == {i for i in expected if i.endswith("#0000")}
            archive.fold()

    @pytest.mark.parametrize("name", ["it's", "') OR (true", '"; --', "a\\'b", "100% _", "日本 \u202e", "[x], ['y"])
    def test_no_name_is_taken_for_a_condition(self, archive: Archive, index: Index, name: str) -> None:
        """Whatever characters it has."""
        self.put(archive, naming(stored_story(f"u {name}", f"storm {name}"), MISC=(name,)), stored_story("b", "storm"))
        key = _key("MISC", name)
        expected = [(f"u {name}", key)]
        assert _named(index.entities(_NOW, keys=[key])) == expected
        assert _named(index.entities(_NOW, known_as=name.lower())) == expected
        assert _named(index.entities(_NOW, uris=[f"u {name}"])) == expected
        assert len(index.entities(_NOW, label=name)) == 0
        for only, never in ((None, frozenset({name})), (frozenset({f"u {name}"}), frozenset())):
            filters = replace(self.filters, entities=(EntityFilter((key,), only, never),))
            assert _ids(index.bm25("storm", filters, 10)) == [f"u {name}#0000"]

    def test_what_is_replaced_or_removed_names_nobody_any_more(self, archive: Archive, index: Index) -> None:
        """Nor does a version that is held back."""
        for uri in ("a", "b", "c"):
            self.put(archive, naming(stored_story(uri, "Ann Lee in Leeds"), PER=("Ann Lee",), LOC=("Leeds",)))
        archive.fold()
        self.put(archive, naming(stored_story("a", "Leeds and York"), LOC=("Leeds", "York")))
        self.put(archive, stored_story("b", "nobody"))
        self.put(archive, naming(stored_story("c", "Ann Lee", embargo_ns=_NOW + 1), PER=("Ann Lee",)))
        for _ in range(2):
            assert _named(index.entities(_NOW)) == [("a", "LOC:leeds"), ("a", "LOC:york")]
            assert index.named("b", _NOW) == index.named("c", _NOW) == {}
            archive.fold()
        archive.remove(["a"])
        for _ in range(2):
            assert _named(index.entities(_NOW)) == []
            assert archive.entities(["read Leeds and York"]) == {}
            archive.purge()

    def test_what_was_found_in_a_text_is_known_by_its_key(self, archive: Archive) -> None:
        """Also that nothing was; a segment's text and the rest of an item alike."""
        story = naming(stored_story("a", "Ann Lee", "nobody"), PER=("Ann Lee",))
        headline = ReadText("read headline", (Entity(2, 5, "ORG", 1 / 3),))
        self.put(archive, replace(story, read=headline), stored_story("b", "not read"))
        known = archive.entities(["read Ann Lee", "read nobody", "read not read", "read headline", "key of nobody"])
        assert known == {
            "read Ann Lee": (Entity(0, 7, "PER", 0.9),),
            "read nobody": (),
            "read headline": headline.entities,
        }


def _named(found: pa.Table) -> list[tuple[str, str]]:
    return list(zip(found["uri"].to_pylist(), found["key"].to_pylist(), strict=True))
