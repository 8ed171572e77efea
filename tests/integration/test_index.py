"""Runs: again, later versions, duplicates, kills, embargoes, prune, two at once."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import unwatched

from newsreel import app
from newsreel.core.errors import ArchiveBusyError, ArchiveError, NotFoundError, SourceError
from newsreel.core.ledger import State
from newsreel.core.times import format_ns, now_ns
from newsreel.index.lance import LanceArchive
from newsreel.pipeline.indexer import Summary
from newsreel.search.results import Query
from newsreel.settings import Settings


class Desk:
    """A folder and an archive of it."""

    def __init__(self, home: Path, settings: Settings) -> None:
        self.folder, self.archive, self.settings = home / "desk", home / "archive", settings
        self.folder.mkdir()

    def manifest(self, *items: dict[str, object], name: str = "m.jsonl") -> Path:
        path = self.folder / name
        path.write_text("".join(json.dumps(item) + "\n" for item in items))
        return path

    def write(self, name: str, text: str) -> Path:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)
        return self.folder / name

    def index(self, *sources: Path, retry_failed: bool = False, prune: bool = False) -> Summary:
        names = [str(s) for s in sources or (self.folder,)]
        return app.index(names, self.archive, self.settings, unwatched, retry_failed=retry_failed, prune=prune)

    def states(self) -> dict[str, int]:
        found = app.audit_archive(self.archive)
        assert found.balanced, found.faults
        return {state.value: n for state, n in found.states.items() if n}

    def found(self, text: str, **filters: object) -> list[str]:
        results = app.Newsreel(self.archive, self.settings).search(Query(text=text, **filters))  # type: ignore[arg-type]
        return [r.item.uri for r in results.results]

    def item(self, uri: str) -> object:
        return app.Newsreel(self.archive, self.settings).item(uri)


@pytest.fixture
def desk(tmp_path: Path, settings: Settings, embedder: object) -> Desk:
    return Desk(tmp_path, settings)


def story(uri: str, body: str = "The harbour master closed the port at noon.", **more: object) -> dict[str, object]:
    return {"uri": uri, "headline": f"Story {uri}", "body": body, **more}


def outcomes(summary: Summary) -> dict[str, int]:
    return dict(+summary.counts)


def test_indexing_twice_does_nothing_the_second_time(desk: Desk) -> None:
    desk.write("a.txt", "Ferry late\n\nThe ferry was late again on Monday.")
    manifest = desk.manifest(story("x:1"), story("x:2", "Grain prices rose."), name="m.jsonl")
    assert outcomes(desk.index(desk.folder / "a.txt", manifest)) == {"done": 3}
    before = {p: p.stat().st_mtime_ns for p in desk.archive.rglob("*.manifest")}
    second = desk.index(desk.folder / "a.txt", manifest)
    assert outcomes(second) == {"unchanged": 3}
    assert second.computed == 0
    assert {p: p.stat().st_mtime_ns for p in desk.archive.rglob("*.manifest")} == before


def test_a_newer_version_replaces_and_a_late_older_one_does_not(desk: Desk) -> None:
    v1, v2, v3 = (
        desk.manifest(story("x:1", f"The toll was {n}00 people.", version=str(n)), name=f"v{n}.jsonl")
        for n in (9, 10, 11)
    )
    desk.index(v2)
    assert outcomes(desk.index(v1)) == {"older": 1}
    assert "1000" in desk.item("x:1").body  # type: ignore[attr-defined]
    assert outcomes(desk.index(v1)) == {"unchanged": 1}, "a late version is recorded once"
    assert outcomes(desk.index(v3)) == {"done": 1}
    assert "1100" in desk.item("x:1").body  # type: ignore[attr-defined]
    assert desk.states() == {"done": 1}
    assert desk.found("toll 1000 people") == ["x:1"]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_versions_in_one_run_end_with_the_newest_in_any_order(desk: Desk, order: tuple[int, ...]) -> None:
    manifest = desk.manifest(*(story("x:1", f"Version number {n}.", version=n) for n in order))
    desk.index(manifest)
    assert desk.item("x:1").body == "Version number 3."  # type: ignore[attr-defined]
    assert set(outcomes(desk.index(manifest))) <= {"unchanged"}


def test_a_changed_file_replaces_itself_and_can_be_changed_back(desk: Desk) -> None:
    for text in ("The vote is on Monday.", "The vote is on Tuesday.", "The vote is on Monday."):
        desk.write("vote.txt", f"Vote\n\n{text}")
        assert outcomes(desk.index()) == {"done": 1}
        assert text in desk.item("file:vote.txt").body  # type: ignore[attr-defined]


def test_identical_bytes_are_computed_once_and_are_two_items(desk: Desk) -> None:
    for name in ("a.txt", "b.txt"):
        desk.write(name, "Ferry late\n\nThe ferry was late again on Monday.")
    summary = desk.index()
    assert outcomes(summary) == {"done": 1, "duplicate": 1}
    assert summary.computed == 1
    assert sorted(desk.found("ferry late")) == ["file:a.txt", "file:b.txt"]


@pytest.mark.parametrize("embargo", ["9999-12-31T23:59:59Z", "until further notice"])
def test_an_embargo_may_have_no_end(desk: Desk, embargo: str) -> None:
    assert outcomes(desk.index(desk.manifest(story("x:1", embargo=embargo)))) == {"done": 1}
    assert desk.found("harbour") == []


@pytest.mark.parametrize("field", [{"embargo": "soon"}, {"embargo": "01/02/2026"}, {"embargo_until": "2020-01-01"}])
def test_an_embargo_that_cannot_be_read_is_not_guessed(desk: Desk, field: dict[str, object]) -> None:
    assert outcomes(desk.index(desk.manifest(story("x:1", **field)))) == {"failed": 1}
    assert desk.found("harbour") == []


def test_a_new_embargo_on_the_same_text_lands_without_new_vectors(desk: Desk) -> None:
    desk.index(desk.manifest(story("x:1")))
    again = desk.index(desk.manifest(story("x:1", embargo="2099-01-01T00:00:00Z")))
    assert (outcomes(again), again.computed) == ({"done": 1}, 0)
    assert desk.found("harbour") == []


def test_an_embargo_ends_without_indexing_again(desk: Desk) -> None:
    until = now_ns() + 3_000_000_000
    moment = format_ns(until + 1_000_000_000)
    desk.index(desk.manifest(story("x:1", embargo=moment), story("x:2", "Another harbour story.")))
    newsreel = app.Newsreel(desk.archive, desk.settings)
    hidden = newsreel.search(Query(text="harbour"))
    assert ([r.item.uri for r in hidden.results], hidden.total) == (["x:2"], 1)
    assert [f.count for f in hidden.facets["kind"]] == [1]
    with pytest.raises(NotFoundError):
        newsreel.item("x:1")
    deadline = time.monotonic() + 20
    while newsreel.search(Query(text="harbour")).total == 1 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert sorted(r.item.uri for r in newsreel.search(Query(text="harbour")).results) == ["x:1", "x:2"]
    assert newsreel.item("x:1").uri == "x:1"


def test_a_kill_removes_everything_and_is_final(desk: Desk) -> None:
    manifest = desk.manifest(story("x:1", "The xylophonist Quorvath was arrested."), story("x:2"))
    desk.index(manifest)
    killed = app.kill_items(["x:1", "x:404"], desk.archive)
    assert (killed.removed, killed.unknown) == (("x:1",), ("x:404",))
    assert desk.found("xylophonist Quorvath arrested") == []
    with pytest.raises(NotFoundError):
        desk.item("x:1")
    assert outcomes(desk.index(manifest)) == {"unchanged": 2}
    changed = desk.manifest(story("x:1", "The xylophonist is back.", version="9"), story("x:2"))
    assert outcomes(desk.index(changed)) == {"kept out": 1, "unchanged": 1}
    assert desk.states() == {"done": 1, "removed": 1}
    assert app.kill_items(["x:1"], desk.archive).already == ("x:1",)


def test_a_kill_leaves_no_trace_on_the_disk(desk: Desk) -> None:
    secret = "Quorvathian"
    desk.index(desk.manifest(story("x:1", f"A {secret} story.", version="1"), story("x:2")))
    desk.index(desk.manifest(story("x:1", f"A {secret} correction.", version="2"), story("x:2")))
    app.kill_items(["x:1"], desk.archive)
    for name in ("items", "segments"):
        import lance

        dataset = lance.dataset(str(desk.archive / f"{name}.lance"))
        assert len(dataset.versions()) == 1
        stored = {p.name for p in (desk.archive / f"{name}.lance" / "data").iterdir()}
        assert stored == {f.path for fragment in dataset.get_fragments() for f in fragment.data_files()}
        assert secret not in str(dataset.to_table().to_pylist())
        assert sum(f.num_deletions for f in dataset.get_fragments()) == 0
    for path in desk.archive.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert secret.encode() not in content, path
            assert secret.lower().encode() not in content, path


def test_an_archive_keeps_to_the_entity_model_it_was_made_with(desk: Desk, tmp_path: Path) -> None:
    """Also to none."""
    without = desk.settings.model_copy(update={"entities": "none"})
    manifest = desk.manifest(story("x:1", "Angela Merkel met the mayor of Leeds."))
    app.index([str(manifest)], tmp_path / "without", without, unwatched)
    desk.index(manifest)
    assert desk.found("harbour mayor") == ["x:1"]
    for archive, settings, remedy in (
        (tmp_path / "without", desk.settings, "was made with no entity model, .* set NEWSREEL_ENTITIES=none"),
        (desk.archive, without, f"at hand is no entity model: set NEWSREEL_ENTITIES={desk.settings.entities}"),
    ):
        with pytest.raises(ArchiveError, match=remedy):
            app.index([str(manifest)], archive, settings, unwatched)
        with pytest.raises(ArchiveError, match=remedy):
            app.Newsreel(archive, settings)
    assert app.Newsreel(tmp_path / "without", without).search(Query(text="mayor")).total == 1


def test_a_canceled_version_kills_whatever_the_order(desk: Desk) -> None:
    usable = story("x:1", version="3")
    canceled = {"uri": "x:1", "status": "canceled", "version": "2"}
    assert outcomes(desk.index(desk.manifest(usable, canceled))) == {"done": 1, "killed": 1}
    assert desk.states() == {"removed": 1}
    assert outcomes(desk.index(desk.manifest(story("x:1", version="4")))) == {"kept out": 1}


def test_a_withheld_item_goes_and_may_come_back(desk: Desk) -> None:
    desk.index(desk.manifest(story("x:1", version="1")))
    assert outcomes(desk.index(desk.manifest({"uri": "x:1", "status": "withheld", "version": "2"}))) == {"withheld": 1}
    assert desk.states() == {"removed": 1}
    assert outcomes(desk.index(desk.manifest(story("x:1", version="3")))) == {"done": 1}


def test_two_files_of_one_name_in_two_folders_collide_clearly(desk: Desk, tmp_path: Path) -> None:
    desk.write("one/a.txt", "One\n\nThe first file.")
    desk.write("two/a.txt", "Two\n\nThe second file.")
    summary = desk.index(desk.folder / "one", desk.folder / "two")
    assert outcomes(summary) == {"done": 1, "refused": 1}
    assert "index the folder that holds both" in summary.failures[0].cause
    desk.index()
    assert {"file:one/a.txt", "file:two/a.txt"} <= set(desk.found("file"))


def test_prune_removes_what_is_gone_and_only_that(desk: Desk) -> None:
    desk.write("a.txt", "A\n\nThe first story.")
    gone = desk.write("b.txt", "B\n\nThe second story.")
    other = desk.manifest(story("x:1"), name="m.jsonl")
    desk.index(desk.folder / "a.txt", gone, other)
    gone.unlink()
    other.unlink()
    assert outcomes(desk.index(desk.folder)) == {"unchanged": 1}
    assert outcomes(desk.index(desk.folder, prune=True))["pruned"] == 1
    assert desk.states() == {"done": 2, "removed": 1}
    desk.write("b.txt", "B\n\nThe second story.")
    assert outcomes(desk.index()) == {"done": 1, "unchanged": 1}, "a pruned file that is back is indexed again"


def test_prune_refuses_an_empty_source(desk: Desk) -> None:
    path = desk.write("a.txt", "A\n\nThe first story.")
    desk.index()
    path.unlink()
    with pytest.raises(SourceError, match="mounted"):
        desk.index(prune=True)
    assert desk.states() == {"done": 1}


def test_a_failure_is_kept_with_its_cause_and_mends_itself(desk: Desk) -> None:
    path = desk.write("a.json", "{ not json")
    assert outcomes(desk.index()) == {"failed": 1}
    assert outcomes(desk.index()) == {"failed before": 1}
    assert outcomes(desk.index(retry_failed=True)) == {"failed": 1}
    (row,) = LanceArchive(desk.archive).in_state(State.FAILED)
    assert (row.attempts, bool(row.cause)) == (2, True)
    path.write_text(json.dumps({"uri": "x:1", "type": "text", "headline": "H", "body_text": "Text of it."}))
    desk.index()
    assert desk.states() == {"done": 1, "removed": 1}


def test_a_second_writer_is_refused_with_the_reason_or_waits(desk: Desk) -> None:
    desk.write("a.txt", "A\n\nThe first story.")
    desk.index()
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with LanceArchive.lease(desk.archive):
            held.set()
            release.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    with pytest.raises(ArchiveBusyError, match=f"process {os.getpid()}"):
        desk.index()
    assert desk.found("first story") == ["file:a.txt"], "readers are not blocked"
    threading.Timer(0.5, release.set).start()
    app.index([str(desk.folder)], desk.archive, desk.settings, unwatched, wait_s=20)
    holder.join()


def test_the_order_of_sources_does_not_change_the_scores(desk: Desk, tmp_path: Path) -> None:
    stories = [story(f"x:{n}", f"The {word} festival opened. Visitors came.") for n, word in enumerate("abcdefgh")]
    runs = []
    for order in (stories, stories[::-1]):
        archive = tmp_path / f"archive{len(runs)}"
        for part in (order[:3], order[3:]):
            app.index([str(desk.manifest(*part))], archive, desk.settings, unwatched)
        results = app.Newsreel(archive, desk.settings).search(Query(text="festival visitors c"))
        runs.append([(r.item.uri, r.score) for r in results.results])
    assert runs[0] == runs[1]
    assert Counter(uri for uri, _ in runs[0]).most_common(1)[0][1] == 1


def test_withheld_and_canceled_in_one_group_leave_nothing_on_the_disk(desk: Desk) -> None:
    desk.index(desk.manifest(story("x:1", "The Quorvathian story.", version="1")))
    lines = (
        {"uri": "x:1", "status": "withheld", "version": "2"},
        {"uri": "x:1", "status": "cancelled", "version": "3"},
    )
    assert outcomes(desk.index(desk.manifest(*lines))) == {"withheld": 1, "killed": 1}
    assert desk.states() == {"removed": 1}
    assert not [p for p in desk.archive.rglob("*") if p.is_file() and b"Quorvath" in p.read_bytes()]


@pytest.mark.parametrize("name", ["a.jpg", "gone.jpg"])
def test_a_kill_and_an_embargo_land_though_the_file_is_gone(desk: Desk, sample_folder: Path, name: str) -> None:
    photo = (sample_folder / "photos" / "tarnby-halcyon-aground.jpg").read_bytes()
    (desk.folder / "a.jpg").write_bytes(photo)
    desk.index(desk.manifest({"uri": "x:1", "path": "a.jpg"}, {"uri": "x:2", "path": "a.jpg"}))
    assert len(desk.found("container ship")) == 2
    lines = {"uri": "x:1", "path": name, "status": "canceled"}, {"uri": "x:2", "path": name, "embargo": "2099-01-01"}
    desk.index(desk.manifest(*lines))
    assert desk.found("container ship") == []
    assert desk.states()["removed"] == 1


def test_two_dated_files_of_one_name_collide_too(desk: Desk) -> None:
    page = (
        "<html><head><title>{0}</title><meta property='article:modified_time' content='2026-03-0{0}T10:00:00Z'></head>"
    )
    for n in (1, 2):
        desk.write(
            f"{n}/index.html",
            page.format(n) + f"<body><article><p>Story number {n} of two.</p></article></body></html>",
        )
    summary = desk.index(desk.folder / "1", desk.folder / "2")
    assert outcomes(summary) == {"done": 1, "refused": 1}


def test_of_many_unversioned_lines_the_last_one_counts_and_stays(desk: Desk) -> None:
    manifest = desk.manifest(*(story("x:1", f"Update {n}.") for n in range(30)))
    for _ in range(2):
        desk.index(manifest)
        assert desk.item("x:1").body == "Update 29."  # type: ignore[attr-defined]
    assert outcomes(desk.index(manifest)) == {"unchanged": 30}


def test_prune_spares_what_is_there_and_cannot_be_read_now(desk: Desk) -> None:
    path = desk.write("a.json", json.dumps({"uri": "urn:a", "headline": "H", "body_text": "Text of it."}))
    desk.write("b.txt", "B\n\nAnother story.")
    desk.index()
    path.write_text("{")
    desk.index(prune=True)
    assert desk.item("urn:a").uri == "urn:a"  # type: ignore[attr-defined]


def test_a_duplicate_takes_the_place_of_a_killed_original(desk: Desk) -> None:
    desk.index(desk.manifest(*(story(f"x:{n}", headline="The same") for n in range(3))))
    assert desk.states() == {"done": 1, "duplicate": 2}
    app.kill_items(["x:0"], desk.archive)
    assert desk.states() == {"done": 1, "duplicate": 1, "removed": 1}
    desk.index(desk.manifest(story("x:1", "Another text.")))
    assert desk.states() == {"done": 2, "removed": 1}


def test_a_moved_folder_is_noted_without_new_vectors(desk: Desk, tmp_path: Path) -> None:
    desk.write("a.txt", "A\n\nThe first story.")
    desk.index()
    moved = desk.folder.rename(tmp_path / "moved")
    summary = desk.index(moved)
    assert (outcomes(summary), summary.computed) == ({"done": 1}, 0)
    assert outcomes(desk.index(moved)) == {"unchanged": 1}


def test_half_a_version_whose_source_went_away_is_cleaned_up(desk: Desk) -> None:
    path = desk.write("a.txt", "A\n\nThe first story.")
    desk.index()
    store = LanceArchive(desk.archive)
    (row,) = store.in_state(State.DONE)
    with LanceArchive.lease(desk.archive):  # as a crash between the items' and the ledger's commit leaves it
        store.record([replace(row, state=State.PENDING)])
        store.tables[0].remove("true")
    path.unlink()
    desk.write("b.txt", "B\n\nAnother story.")
    desk.index()
    assert desk.states() == {"done": 1, "failed": 1}


def test_an_item_that_fails_later_says_that_it_is_still_shown(desk: Desk) -> None:
    path = desk.write("a.txt", "A\n\nThe first story.")
    desk.index()
    path.write_text("")
    assert "still shown" in desk.index().failures[0].cause
    assert desk.found("first story") == ["file:a.txt"]


def test_readers_are_not_disturbed_by_kills(desk: Desk) -> None:
    desk.index(desk.manifest(*(story(f"x:{n}", f"Harbour story {n}.") for n in range(20))))
    newsreel = app.Newsreel(desk.archive, desk.settings)
    done, errors, searches = threading.Event(), [], Counter[str]()

    def read() -> None:
        while not done.is_set():
            try:
                newsreel.search(Query(text="harbour"))
                searches["answered"] += 1
            except Exception as error:  # noqa: BLE001 whatever it is
                errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(3):
        app.kill_items([f"x:{n}"], desk.archive)
    done.set()
    for reader in readers:
        reader.join()
    assert not errors
    assert searches["answered"] > 5
    assert newsreel.search(Query(text="harbour")).total == 17


FAILING = {"uri": "x:1", "headline": "H", "body": "B.", "published": "bogus"}


@pytest.mark.parametrize("first", [{"status": "withheld"}, {"embargo": "2099-01-01"}, {"embargo": "unreadable"}])
def test_a_line_that_fails_does_not_undo_the_one_before_it(desk: Desk, first: dict[str, object]) -> None:
    desk.index(desk.manifest(story("x:1")))
    desk.index(desk.manifest(story("x:1", **first), FAILING))
    assert desk.found("harbour") == []


def test_good_content_that_failed_once_can_be_sent_again(desk: Desk) -> None:
    desk.index(desk.manifest(story("x:1"), FAILING))
    assert desk.found("harbour") == ["x:1"]
    desk.index(desk.manifest(story("x:1"), name="n.jsonl"))
    assert desk.found("harbour") == ["x:1"]


@pytest.mark.parametrize(
    "said",
    [
        {"embargoed": "2099-01-01", "published": 5},
        {"embargoUntil": "2099-01-01"},
        {"status": "canceled", "published": 5},
        {"status": "withheld", "version": [1]},
        {"status": "spiked"},
        {"embargo": "2026-01-01T00:00:00+25:00"},
    ],
)
def test_what_means_to_hide_an_item_hides_it_even_if_it_cannot_be_read(desk: Desk, said: dict[str, object]) -> None:
    desk.index(desk.manifest(story("x:1")))
    desk.index(desk.manifest(story("x:1", **said)))
    assert desk.found("harbour") == []
    app.audit_archive(desk.archive)


def test_an_unreadable_embargo_in_a_document_hides_the_item_that_came_from_there(desk: Desk) -> None:
    about = {"uri": "urn:a", "headline": "H", "body_text": "The harbour text."}
    desk.write("a.json", json.dumps(about))
    desk.index()
    assert desk.found("harbour") == ["urn:a"]
    desk.write("a.json", json.dumps(about | {"embargoed": "some day"}))
    desk.index()
    assert desk.found("harbour") == []
    assert desk.states() == {"failed": 1}


def test_a_place_that_holds_another_item_now_lets_the_failed_one_go(desk: Desk) -> None:
    desk.index(desk.manifest(story("x:1")))
    desk.index(desk.manifest(FAILING))
    assert desk.states() == {"failed": 1}
    desk.index(desk.manifest(story("x:2")))
    assert desk.states() == {"done": 1, "removed": 1}


def test_of_two_versions_in_one_file_the_newer_counts(desk: Desk) -> None:
    item = {"uri": "urn:a", "headline": "H", "body_text": "The old text.", "version": "1"}
    newer = item | {"body_text": "The new text.", "version": "2"}
    for order in ([item, newer], [newer, item]):
        desk.write("a.json", json.dumps(order))
        desk.index()
        assert desk.item("urn:a").body == "The new text."  # type: ignore[attr-defined]


def test_a_version_is_a_number_as_it_was_written(desk: Desk) -> None:
    path = desk.folder / "m.jsonl"
    for version, text in (("1.9", "Nine."), ("1.10", "Ten.")):
        path.write_text(f'{{"uri": "x:1", "body": "{text}", "version": {version}}}\n')
        desk.index(path)
    assert desk.item("x:1").body == "Ten."  # type: ignore[attr-defined]


def test_a_second_failure_still_says_that_the_item_is_shown(desk: Desk) -> None:
    path = desk.write("a.txt", "A\n\nThe first story.")
    desk.index()
    for bad in (b"", b"\xff\xfe\x00", b"%PDF-1.4"):
        path.write_bytes(bad)
        assert "still shown" in desk.index().failures[0].cause
