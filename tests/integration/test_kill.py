"""`kill -9` at random moments of an index run: the audit balances, and searches answer as if nothing had happened.

Three kills here; hundreds with `make torture`, which prints its figures.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.conftest import unwatched
from tests.film_builders import shots, write_film

from newsreel import app
from newsreel.core.item import Kind
from newsreel.core.ledger import State
from newsreel.core.shots import Shot
from newsreel.core.times import now_ns
from newsreel.index.lance import LanceArchive
from newsreel.search.results import Query
from newsreel.settings import Settings

ENDED = "had ended"
QUERIES = (
    "flood in the lower town", "ferry timetable", "vote count", "ship aground", "grain prices rose", "storm",
    "harbour closed", "who won the final", "rail works", "rates", "chess", "satellite",
)  # fmt: skip
WORDS = (
    "ferry", "grain", "storm", "harbour", "vote", "rail", "market", "council", "bridge", "winter", "school", "hospital",
    "festival", "budget", "river",
)  # fmt: skip


@dataclass(frozen=True)
class Corpus:
    """Sources with a bit of everything, and what an undisturbed run makes of them."""

    sources: tuple[str, ...]
    seconds: float
    states: dict[str, State]
    answers: list[list[tuple[str, float]]]
    films: dict[str, list[tuple[Shot, bytes]]]
    named: list[dict[str, object]]


def _manifest(folder: Path) -> Path:
    """Stories with duplicates, versions in the wrong order, a kill, a failure and an embargo among them."""
    draw = random.Random(7)
    lines: list[dict[str, object]] = []
    for n in range(90):
        text = " ".join(draw.choices(WORDS, k=24)).capitalize() + "."
        lines.append({"uri": f"m:{n}", "headline": f"{draw.choice(WORDS)} {n}", "body": text, "version": "2"})
    lines += [{**lines[n], "uri": f"m:copy{n}"} for n in range(0, 90, 20)]
    lines += [{**lines[n], "version": "1", "body": "An older text."} for n in range(0, 90, 30)]
    lines += [{"uri": "m:5", "status": "canceled"}, {"uri": "m:404"}]
    lines += [{"uri": "m:later", "headline": "Ferry rates", "body": "Later.", "embargo": "2099-01-01T00:00:00Z"}]
    path = folder / "stories.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def _films(folder: Path) -> Path:
    """One with a transcript, the same under another name, and one long enough to be killed in the middle of it."""
    clip = write_film(folder / "ferry.mp4", frames=75, draw=shots(25, 25, 25))
    (folder / "ferry.vtt").write_text("WEBVTT\n\n00:01.500 --> 00:02.500\nThe ferry turns back in the storm.\n")
    shutil.copy(clip, folder / "again.mp4")
    write_film(folder / "harbour.mkv", frames=300, draw=shots(150, 100, 50), gop=50)
    return folder


Outcome = tuple[
    dict[str, State], list[list[tuple[str, float]]], dict[str, list[tuple[Shot, bytes]]], list[dict[str, object]]
]


def _state(archive: Path) -> Outcome:
    """The ledger, the answers to the queries, every video's shots with their keyframes, and what items name."""
    found = app.audit_archive(archive)
    assert found.balanced, found.faults
    assert found.states[State.PENDING] == 0
    store = LanceArchive(archive)
    states = {row.uri: state for state in State for row in store.in_state(state)}
    newsreel = app.Newsreel(archive, Settings())
    results = [newsreel.search(Query(text=text, limit=50)) for text in QUERIES]
    videos = [r.item.uri for r in newsreel.search(Query(kinds=(Kind.VIDEO,), limit=50)).results]
    films = {u: [(shot, newsreel.keyframe(u, n)) for n, shot in enumerate(newsreel.shots(u))] for u in videos}
    assert len(films) == 3
    named = store.index.entities(now_ns()).to_pylist()
    assert named
    return states, [[(r.item.uri, r.score) for r in answer.results] for answer in results], films, named


@pytest.fixture(scope="module")
def corpus(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory, embedder: object) -> Corpus:
    home = tmp_path_factory.mktemp("undisturbed")
    without_films = shutil.copytree(sample_folder, home / "sample", ignore=shutil.ignore_patterns("videos"))
    sources = (str(without_films), str(_manifest(home)), str(_films(home / "films")))
    started = time.monotonic()
    _run(sources, home / "archive").wait()
    seconds = time.monotonic() - started
    return Corpus(sources, seconds, *_state(home / "archive"))


def _run(sources: tuple[str, ...], archive: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "newsreel", "index", *sources, "--archive", str(archive)]
    # Small groups: more commits, more moments at which a kill can tear something.
    environment = {**os.environ, "NEWSREEL_GROUP_INPUTS": "12"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _kill_at_random(corpus: Corpus, archive: Path, draw: random.Random) -> str:
    """Kill a run at a random moment; says what the archive looked like then."""
    process = _run(corpus.sources, archive)
    start = min(1.0, corpus.seconds / 4)  # before that the interpreter is still starting
    try:
        process.wait(timeout=draw.uniform(start, 0.7 * corpus.seconds))
        return ENDED
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    if not (archive / "archive.json").exists():
        return "before there was an archive"
    found = app.audit_archive(archive)
    assert found.balanced, f"an interrupted run left the archive off: {found.faults}"
    return "with items pending" if found.states[State.PENDING] else "between groups"


def _finish_and_compare(corpus: Corpus, archive: Path) -> None:
    assert _run(corpus.sources, archive).wait() == 0
    states, answers, films, named = _state(archive)
    assert states == corpus.states
    assert films == corpus.films
    assert named == corpus.named
    for text, answer, expected in zip(QUERIES, answers, corpus.answers, strict=True):
        assert [uri for uri, _ in answer] == [uri for uri, _ in expected], text
        assert [s for _, s in answer] == pytest.approx([s for _, s in expected], abs=2e-6), text


def _torture(corpus: Corpus, home: Path, kills: int, draw: random.Random) -> Counter[str]:
    """Kill runs on one archive until it is done, compare, and go on with a new one until enough were killed."""
    moments: Counter[str] = Counter()
    while sum(moments.values()) - moments[ENDED] < kills:
        archive = home / f"archive{moments[ENDED]}"
        for _ in range(draw.randint(1, 6)):
            moment = _kill_at_random(corpus, archive, draw)
            if moment == ENDED:
                break
            moments[moment] += 1
        _finish_and_compare(corpus, archive)
        moments[ENDED] += 1
    return moments


def test_three_kills_leave_no_trace(corpus: Corpus, tmp_path: Path) -> None:
    _torture(corpus, tmp_path, 3, random.Random())


def test_what_a_killed_run_left_is_finished_by_a_run_on_another_source(corpus: Corpus, tmp_path: Path) -> None:
    """Pending items are read again from where they came, though nobody names that place."""
    archive, settings = tmp_path / "archive", Settings()
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "a.txt").write_text("Ferry late\n\nThe ferry was late.")
    (desk / "gone.txt").write_text("Gone\n\nThis file goes away.")
    app.index([str(desk)], archive, settings, unwatched)
    store = LanceArchive(archive)
    with LanceArchive.lease(archive):  # as a crash between intake and commit leaves it
        import dataclasses

        rows = store.ledger(["file:a.txt", "file:gone.txt"]).values()
        store.record([dataclasses.replace(row, state=State.PENDING) for row in rows])
    (desk / "gone.txt").unlink()
    other = tmp_path / "other.txt"
    other.write_text("Other\n\nAnother story.")
    app.index([str(other)], archive, settings, unwatched)
    found = app.audit_archive(archive)
    assert found.balanced, found.faults
    assert (found.states[State.DONE], found.states[State.FAILED]) == (2, 1)
    assert "not there" in store.ledger(["file:gone.txt"])["file:gone.txt"].cause


@pytest.mark.torture
@pytest.mark.timeout(4 * 3600)
def test_hundreds_of_kills_leave_no_trace(corpus: Corpus, tmp_path: Path) -> None:
    kills = int(os.environ.get("NEWSREEL_KILLS", "300"))
    seed = int(os.environ.get("NEWSREEL_SEED", str(time.time_ns() % 100_000)))
    moments = _torture(corpus, tmp_path, kills, random.Random(seed))
    archives = moments.pop(ENDED)
    print(f"\nseed {seed}: {sum(moments.values())} kills ({dict(moments)}), {archives} archives: all came out equal")
