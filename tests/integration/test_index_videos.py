"""Videos through the whole path: indexed, found, shown, withheld, killed, and taken up after `kill -9`."""

from __future__ import annotations

import json
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.conftest import unwatched
from tests.film_builders import cut_short, scramble, shots, write_film

from newsreel import app
from newsreel.core.errors import NotFoundError
from newsreel.core.item import Kind
from newsreel.core.ledger import State
from newsreel.index.lance import LanceArchive
from newsreel.pipeline.indexer import Progress, Summary
from newsreel.search.results import Query
from newsreel.settings import Settings

VTT = "WEBVTT\n\n00:00.200 --> 00:00.900\nThe flood gates close.\n\n00:01.500 --> 00:02.500\nTurbines stop at dusk.\n"


def indexed(folder: Path, archive: Path, **settings: object) -> Summary:
    return app.index([str(folder)], archive, Settings(**settings), unwatched)  # type: ignore[arg-type]


def outcomes(summary: Summary) -> dict[str, int]:
    """Of what is an input: what lies beside one is read with it."""
    return {outcome: n for outcome, n in summary.counts.items() if n and outcome != "beside"}


def opened(archive: Path) -> app.Newsreel:
    return app.Newsreel(archive, Settings())


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds with two hard cuts."""
    return write_film(tmp_path_factory.mktemp("clip") / "dam.mp4", frames=75, draw=shots(25, 25, 25), gop=10)


@pytest.fixture
def desk(clip: Path, tmp_path: Path) -> Path:
    """A folder with the clip, described and transcribed."""
    folder = tmp_path / "desk"
    folder.mkdir()
    shutil.copy(clip, folder / "dam.mp4")
    about = {"type": "video", "headline": "Dam inspected", "description_text": "Engineers at work.", "uri": "urn:dam"}
    (folder / "dam.json").write_text(json.dumps(about))
    (folder / "dam.vtt").write_text(VTT)
    return folder


def stored(archive: Path) -> list[bytes]:
    return [p.read_bytes() for p in archive.rglob("*") if p.is_file()]


def describe(desk: Path, **fields: object) -> None:
    about = json.loads((desk / "dam.json").read_text())
    (desk / "dam.json").write_text(json.dumps(about | fields))


def test_a_moment_is_found_by_what_is_said_in_it(desk: Path, tmp_path: Path) -> None:
    summary = indexed(desk, tmp_path / "a")
    assert (outcomes(summary), summary.frames) == ({"done": 1}, 75)
    newsreel = opened(tmp_path / "a")
    assert [s.start_frame for s in newsreel.shots("urn:dam")] == [0, 25, 50]
    (found,) = newsreel.search(Query(text="when do the turbines stop")).results
    assert found.segment.time is not None
    assert (found.segment.shot, found.segment.time.start_ns, found.segment.time.end_ns) == (1, 10**9, 2 * 10**9)
    assert [found.segment.text[a:b] for a, b in found.highlights] == ["Turbines stop"]
    (found,) = newsreel.search(Query(text="engineers inspecting", kinds=(Kind.VIDEO,))).results
    assert found.segment.shot == 0
    assert newsreel.keyframe("urn:dam", 2).startswith(b"\xff\xd8")
    assert newsreel.thumbnail("urn:dam").startswith(b"\xff\xd8")
    assert newsreel.media("urn:dam") == (desk / "dam.mp4", "video/mp4")


def test_a_corrected_caption_is_found_and_no_picture_is_decoded_again(desk: Path, tmp_path: Path) -> None:
    indexed(desk, tmp_path / "a")
    describe(desk, headline="Weir inspected")
    (desk / "dam.vtt").unlink()
    summary = indexed(desk, tmp_path / "a")
    assert (outcomes(summary), summary.frames) == ({"done": 1}, 0)
    newsreel = opened(tmp_path / "a")
    assert newsreel.search(Query(text="weir")).results[0].item.headline == "Weir inspected"
    assert not any("Turbines" in r.segment.text for r in newsreel.search(Query(text="turbines dusk")).results)
    assert app.audit_archive(tmp_path / "a").balanced


def test_one_film_under_two_names_is_cut_once_and_kept_until_both_are_killed(desk: Path, tmp_path: Path) -> None:
    for end in ("mp4", "vtt"):
        shutil.copy(desk / f"dam.{end}", desk / f"copy.{end}")
    shutil.copy(desk / "dam.mp4", desk / "bare.mp4")
    archive = tmp_path / "a"
    summary = indexed(desk, archive)
    assert (summary.inputs, summary.frames) == (3, 75)
    picture = opened(archive).keyframe("urn:dam", 1)
    assert any(picture in data for data in stored(archive))
    for uri in ("urn:dam", "file:copy.mp4"):
        app.kill_items([uri], archive)
        assert opened(archive).keyframe("file:bare.mp4", 1) == picture
        with pytest.raises(NotFoundError):
            opened(archive).keyframe(uri, 1)
    app.kill_items(["file:bare.mp4"], archive)
    assert not any(picture in data for data in stored(archive))
    assert (desk / "dam.mp4").exists()
    assert app.audit_archive(archive).balanced


def test_before_its_embargo_nothing_of_a_film_is_shown_and_an_older_version_goes_at_once(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "a"
    indexed(desk, archive)
    describe(desk, embargoed="2099-01-01T00:00:00Z")
    write_film(desk / "dam.mp4", frames=30, draw=shots(10, 20))
    shown: list[bool] = []

    def looking(progress: Progress) -> None:
        """While the new version is cut."""
        if progress.film:
            shown.append(bool(LanceArchive(archive).index.items(["urn:dam"], 0)))

    app.index([str(desk)], archive, Settings(), looking)
    assert shown == [False]
    newsreel = opened(archive)
    for ask in (newsreel.item, newsreel.shots, newsreel.media, newsreel.thumbnail, lambda u: newsreel.keyframe(u, 0)):
        with pytest.raises(NotFoundError):
            ask("urn:dam")
    assert newsreel.search(Query(text="turbines")).total == 0
    describe(desk, embargoed="2001-01-01T00:00:00Z")
    assert indexed(desk, archive).frames == 0
    assert len(opened(archive).shots("urn:dam")) == 2


def test_a_sidecar_that_comes_later_and_brings_a_name_takes_the_film_with_it(desk: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    about = (desk / "dam.json").read_text()
    (desk / "dam.json").unlink()
    indexed(desk, archive)
    opened(archive).item("file:dam.mp4")
    (desk / "dam.json").write_text(about)
    describe(desk, embargoed="2099-01-01T00:00:00Z")
    assert indexed(desk, archive).frames == 0
    assert opened(archive).search(Query()).total == 0
    describe(desk, embargoed=None, pubstatus="canceled")
    indexed(desk, archive)
    (desk / "dam.json").unlink()
    indexed(desk, archive)
    assert opened(archive).search(Query()).total == 0  # killed by one name, it does not come back under another
    assert app.audit_archive(archive).balanced


def test_a_film_killed_by_the_first_sidecar_it_gets_stays_away_without_it(desk: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    about = (desk / "dam.json").read_text()
    (desk / "dam.json").unlink()
    indexed(desk, archive)
    (desk / "dam.json").write_text(about)
    describe(desk, pubstatus="canceled")
    indexed(desk, archive)
    assert opened(archive).search(Query()).total == 0
    (desk / "dam.json").unlink()
    assert outcomes(indexed(desk, archive)) == {"kept out": 1}
    assert opened(archive).search(Query()).total == 0


def test_a_film_killed_under_its_files_name_stays_away_when_it_gets_another(desk: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    about = (desk / "dam.json").read_text()
    (desk / "dam.json").unlink()
    indexed(desk, archive)
    app.kill_items(["file:dam.mp4"], archive)
    (desk / "dam.json").write_text(about)
    assert outcomes(indexed(desk, archive)) == {"kept out": 1}
    assert opened(archive).search(Query()).total == 0
    write_film(desk / "dam.mp4", frames=10, draw=shots(10))  # another film in the same place is another film
    indexed(desk, archive)
    assert [r.item.uri for r in opened(archive).search(Query()).results] == ["urn:dam"]


def test_a_description_is_no_item_of_its_own_once_its_film_is_there(desk: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    film = (desk / "dam.mp4").read_bytes()
    (desk / "dam.mp4").unlink()
    (desk / "dam.vtt").unlink()
    describe(desk, uri="")
    indexed(desk, archive)
    assert [r.item.uri for r in opened(archive).search(Query(text="dam")).results] == ["file:dam.json"]
    (desk / "dam.mp4").write_bytes(film)
    indexed(desk, archive)
    assert [r.item.uri for r in opened(archive).search(Query(text="dam")).results] == ["file:dam.mp4"]
    assert app.audit_archive(archive).balanced


def test_nothing_waits_for_a_film_that_is_cut(desk: Path, tmp_path: Path) -> None:
    """Not a kill, and not a story that came after it."""
    archive = tmp_path / "a"
    (desk / "later.txt").write_text("Withdrawn\n\nA story that is killed.")
    (desk / "zebra.txt").write_text("Zebra\n\nA story that is new.")
    indexed(desk, archive, group_inputs=1)
    write_film(desk / "dam.mp4", frames=30, draw=shots(10, 20))
    line = {"uri": "file:later.txt", "status": "canceled"}
    (tmp_path / "kills.jsonl").write_text(json.dumps(line) + "\n")
    seen: list[set[str]] = []

    def looking(progress: Progress) -> None:
        if progress.film:
            seen.append(set(LanceArchive(archive).index.items(["file:later.txt", "file:zebra.txt"], 0)))

    app.index([str(desk), str(tmp_path / "kills.jsonl")], archive, Settings(group_inputs=1), looking)
    assert seen == [{"file:zebra.txt"}]


@pytest.mark.parametrize("how", ["gone", "another"])
def test_a_film_that_is_not_the_same_when_it_is_cut_fails_and_nothing_is_kept_of_it(
    desk: Path, tmp_path: Path, how: str
) -> None:
    """And the run goes on for the others."""
    archive = tmp_path / "a"
    write_film(desk / "aaa.mp4", frames=10, draw=shots(10))

    def meddling(progress: Progress) -> None:
        if progress.film and progress.film.uri == "file:aaa.mp4":
            (desk / "dam.mp4").unlink()
            if how == "another":
                write_film(desk / "dam.mp4", frames=5)

    summary = app.index([str(desk)], archive, Settings(), meddling)
    assert {f.uri for f in summary.failures} == {"urn:dam"}
    assert {r.item.uri for r in opened(archive).search(Query()).results} == {"file:aaa.mp4"}
    assert app.audit_archive(archive).balanced


def test_damage_costs_what_it_damages_and_is_on_the_ledger(clip: Path, tmp_path: Path) -> None:
    desk, archive = tmp_path / "desk", tmp_path / "a"
    desk.mkdir()
    names = {
        "whole.mp4": None, "text.mp4": "only words", "silent.mp4": "sound", "film.txt": None, "empty.mp4": "",
        "still.mp4": "still", "cut.mkv": "cut", "torn.mkv": "torn", "subtitles.vtt": VTT,
    }  # fmt: skip
    for name, how in names.items():
        path = desk / name
        if how is None:
            shutil.copy(clip, path)
        elif how == "sound":
            write_film(path, frames=0, sound_s=1)
        elif how == "still":
            write_film(path, frames=1)
        elif how in ("cut", "torn"):
            write_film(path, frames=100, draw=shots(40, 60), gop=10)
            cut_short(path, 0.7) if how == "cut" else scramble(path, 0.3, 0.4)
        else:
            path.write_text(how)
    summary = indexed(desk, archive)
    failed = {Path(f.uri).name: f.cause for f in summary.failures}
    assert {n.removeprefix("file:") for n in failed} == {"text.mp4", "silent.mp4", "empty.mp4", "subtitles.vtt"}
    assert all(re.search(r"[a-z]", cause) for cause in failed.values())
    lost = {row.uri: row.loss for row in app.losses(archive)}
    assert lost.keys() == {"file:cut.mkv", "file:torn.mkv"}
    newsreel = opened(archive)
    assert newsreel.item("file:cut.mkv").loss == lost["file:cut.mkv"]
    assert len(newsreel.shots("file:still.mp4")) == 1
    assert len(newsreel.shots("file:film.txt")) == 3
    assert [r.item.uri for r in newsreel.search(Query(text="torn")).results] == ["file:torn.mkv"]  # by its name
    assert {r.item.kind for r in newsreel.search(Query(kinds=(Kind.VIDEO,))).results} == {Kind.VIDEO}
    assert app.audit_archive(archive).balanced
    assert outcomes(indexed(desk, archive)) == {"unchanged": 5, "failed before": 4}


def test_a_film_that_takes_too_long_is_kept_as_far_as_it_came(desk: Path, tmp_path: Path) -> None:
    write_film(desk / "dam.mp4", frames=1000, draw=shots(300, 700))
    summary = indexed(desk, tmp_path / "a", film_limit_s=0.5)
    (loss,) = summary.losses
    assert "time limit" in loss.cause
    frames = opened(tmp_path / "a").shots("urn:dam")[-1].end_frame
    assert 0 < frames == summary.frames < 1000
    write_film(desk / "dam.mp4", frames=300, draw=shots(100, 200))
    for settings, retry in (({"film_limit_s": 0.5}, False), ({}, True)):
        sources = [str(desk)]
        app.index(sources, tmp_path / "a", Settings(**settings), unwatched, retry_failed=retry)  # type: ignore[arg-type]
    assert opened(tmp_path / "a").shots("urn:dam")[-1].end_frame == 300
    assert not app.losses(tmp_path / "a")


def test_a_film_that_was_killed_in_the_middle_goes_on_where_it_was(desk: Path, tmp_path: Path) -> None:
    """What it makes is then what an undisturbed run makes: see tests/unit/pipeline/test_cutting.py."""
    write_film(desk / "dam.mp4", frames=800, draw=shots(100, 350, 350), gop=50)
    archive = tmp_path / "a"
    command = [sys.executable, "-m", "newsreel", "index", str(desk), "--archive", str(archive)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    kept = archive / "shots.lance" / "_versions"
    while process.poll() is None and len(list(kept.glob("*.manifest"))) < 2:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert [row.uri for row in LanceArchive(archive).in_state(State.PENDING)] == ["urn:dam"]
    assert app.audit_archive(archive).balanced
    summary = indexed(desk, archive)
    assert 0 < summary.frames < 500
    found = opened(archive)
    assert [s.start_frame for s in found.shots("urn:dam")] == [0, 100, 450]
    assert all(found.keyframe("urn:dam", n) for n in range(3))


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_a_film_of_six_hours_is_cut_in_bounded_memory(tmp_path: Path) -> None:
    """At a frame a second, by the command: every frame costs the same, whatever the rate.

    The network takes half a gigabyte for itself, for its longest window; six hours take hardly more than twelve
    seconds.
    """
    short = write_film(tmp_path / "short.mkv", frames=300, rate=25, draw=shots(150, 150))
    film = write_film(tmp_path / "long.mkv", frames=6 * 3600, rate=1, draw=shots(9_000, 9_000, 3_600))
    peaks_mb, starts = [], []
    for path in (short, film):
        command = [sys.executable, "-m", "newsreel", "shots", str(path)]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        peaks_mb.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)  # of the largest so far
        starts.append([shot["start_frame"] for shot in json.loads(out)["shots"]])
    print(f"\n{peaks_mb[0]} MB for 300 frames, {peaks_mb[1]} MB for 21,600")
    assert starts == [[0, 150], [0, 9_000, 18_000]]
    assert peaks_mb[1] - peaks_mb[0] < 100
    assert peaks_mb[1] < 900


def test_films_that_are_cut_at_once_are_kept_as_if_one_after_the_other(tmp_path: Path) -> None:
    """Among them two of the same bytes, one that is none, and one in which a picture comes again."""
    desk = tmp_path / "desk"
    colours = shots(12, 12, 12)
    write_film(desk / "return.mp4", frames=48, draw=lambda n: colours(n % 36), gop=25)
    (desk / "return.vtt").write_text("WEBVTT\n\n00:01.500 --> 00:01.800\nGood night.\n")
    write_film(desk / "short.mp4", frames=30, draw=shots(30))
    shutil.copy(desk / "return.mp4", desk / "twin.mp4")
    write_film(desk / "torn.mp4", frames=0, sound_s=1)
    made = []
    for at_once in (1, 3):
        archive = tmp_path / f"{at_once} at once"
        summary = indexed(desk, archive, films_at_once=at_once)
        assert (outcomes(summary), summary.frames) == ({"done": 3, "failed": 1}, 78)
        newsreel, uris = opened(archive), ("file:return.mp4", "file:short.mp4", "file:twin.mp4")
        made.append([(newsreel.shots(uri), newsreel.keyframe(uri, 0), newsreel.thumbnail(uri)) for uri in uris])
        (result,) = newsreel.search(Query(text="good night")).results
        assert (result.segment.shot, result.segment.alike) == (len(newsreel.shots(uris[0])) - 1, 1)
        assert app.audit_archive(archive).balanced
    assert made[0] == made[1]
