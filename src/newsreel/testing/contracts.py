"""One contract suite for each seam. Subclass it in a test file and give the fixture it asks for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
import pyarrow as pa
import pytest

from newsreel.core.item import Item, Kind, Segment
from newsreel.core.ledger import LedgerRow, State, StoredItem, StoredSegment
from newsreel.core.protocols import Archive, Embedder, Filters, Index
from newsreel.pipeline.stage import Engine, OpenStage
from newsreel.testing.fakes import FakeEmbedder

__all__ = ["ArchiveContract", "EmbedderContract", "EngineContract", "stored_story"]

_NOW = 1_000


class EmbedderContract:
    """What every embedder does. Give a fixture `embedder`."""

    tolerance = 1e-6

    def test_vectors_have_length_one_and_the_order_of_the_texts(self, embedder: Embedder) -> None:
        """Shape, norm and order."""
        texts = ["flood", "The river rose over night and took the bridge.", "flood", ""]
        vectors = embedder.embed(texts)
        assert vectors.shape == (4, embedder.dimension)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(vectors[0], vectors[2], atol=self.tolerance)

    def test_a_vector_does_not_depend_on_its_neighbours(self, embedder: Embedder) -> None:
        """Design decision 6, in any batch and any order."""
        texts = [" ".join(["storm", "harbour", "vote", "rail"] * n) for n in (1, 3, 9, 27, 2, 60, 5, 1)]
        alone = np.concatenate([embedder.embed([text]) for text in texts])
        order = random.Random(0).sample(range(len(texts)), len(texts))
        together = embedder.embed([texts[i] for i in order])
        np.testing.assert_allclose(together, alone[order], atol=self.tolerance)

    def test_nothing_gives_nothing(self, embedder: Embedder) -> None:
        """An empty batch."""
        assert embedder.embed([]).shape == (0, embedder.dimension)
        assert embedder.count_tokens([]) == []

    def test_what_is_over_the_limit_is_cut_off(self, embedder: Embedder) -> None:
        """Only the first `max_tokens` count, at that length exactly as beyond it."""
        words = ["river"] * (embedder.max_tokens - 2)
        full = embedder.embed([" ".join(words), " ".join([*words, "bridge"]), " ".join(words * 50)])
        np.testing.assert_allclose(full[1], full[0], atol=self.tolerance)
        np.testing.assert_allclose(full[2], full[0], atol=self.tolerance)

    def test_tokens_are_counted_without_cutting(self, embedder: Embedder) -> None:
        """`count_tokens` says how long a text is, not how much of it is read."""
        (count,) = embedder.count_tokens(["river " * 5_000])
        assert count == 5_000


@dataclass(frozen=True)
class _Halves:
    """A stage that gives two tables for one, and notes how often it was opened."""

    opened: list[int]
    name: str = "halves"

    def open(self) -> OpenStage:
        self.opened.append(1)

        def work(table: pa.Table) -> Iterator[pa.Table]:
            middle = len(table) // 2
            yield table.slice(0, middle)
            yield table.slice(middle)

        return work


class EngineContract:
    """What every engine does. Give a fixture `engine`, of at most three workers."""

    def test_tables_come_out_in_the_order_they_went_in(self, engine: Engine) -> None:
        """Order, and every table of a stage that gives several."""
        tables = [pa.table({"n": range(10 * i, 10 * i + 10)}) for i in range(20)]
        stage = _Halves([])
        out = [n for table in engine.run(stage, tables) for n in table["n"].to_pylist()]
        assert out == list(range(200))

    def test_a_stage_is_opened_once_in_each_worker(self, engine: Engine) -> None:
        """However many tables, and however often it is run."""
        stage = _Halves([])
        for _ in range(3):
            list(engine.run(stage, [pa.table({"n": [1, 2]})] * 20))
        assert 1 <= len(stage.opened) <= 3

    def test_what_a_stage_raises_is_raised(self, engine: Engine) -> None:
        """An error is not swallowed."""
        with pytest.raises(KeyError, match="missing"):
            list(engine.run(_Broken(), [pa.table({"n": [1]})]))

    def test_it_does_not_run_far_ahead_of_its_reader(self, engine: Engine) -> None:
        """Bounded memory: tables are drawn as they are needed."""
        drawn = 0

        def tables() -> Iterator[pa.Table]:
            nonlocal drawn
            for _ in range(1_000):
                drawn += 1
                yield pa.table({"n": [1]})

        stream = engine.run(_Halves([]), tables())
        next(stream)
        assert drawn < 100

    def test_what_a_stage_yields_is_given_on_before_it_is_done(self, engine: Engine) -> None:
        """So that long work can be kept as it goes, and left in the middle without waiting for its end."""
        stage = _Endless()
        stream = engine.run(stage, [pa.table({"n": [1]})])
        assert [next(stream)["n"][0].as_py() for _ in range(100)] == list(range(100))
        stream.close()  # type: ignore[attr-defined]
        assert list(engine.run(_Halves([]), [pa.table({"n": [1, 2]})] * 8))  # its worker is free again


@dataclass(frozen=True)
class _Endless:
    name: str = "endless"

    def open(self) -> OpenStage:
        def work(table: pa.Table) -> Iterator[pa.Table]:
            yield from (pa.table({"n": [n]}) for n in count())

        return work


@dataclass(frozen=True)
class _Broken:
    name: str = "broken"

    def open(self) -> OpenStage:
        def work(table: pa.Table) -> Iterator[pa.Table]:
            raise KeyError("missing")
            yield table

        return work


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
        texts = {f"u{n}": " ".join(random.Random(n).choices(words, k=9)) for n in range(40)}
        for uri in texts:
            self.put(archive, stored_story(uri, "storm storm storm passing words", "storm again"))
            if uri == "u20":
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

    def test_the_ledger_is_read_as_it_was_written(self, archive: Archive) -> None:
        """By uri, by state, by source."""
        rows = [_row("a", version="1.10", past=("x", "y"), cause="so"), _row("b", State.PENDING, tombstone=True)]
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
