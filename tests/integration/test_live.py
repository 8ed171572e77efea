"""Live video through the whole path: a file played at its rate, told in lines, found in the archive."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from tests.arrival_builders import WALL_NS, arrival
from tests.film_builders import shots, write_film

from newsreel import app
from newsreel.core.errors import UsageError
from newsreel.core.ledger import State
from newsreel.core.protocols import VectorSpace
from newsreel.core.times import NS_PER_S
from newsreel.index.lance import LanceArchive, audit
from newsreel.live.events import Event
from newsreel.live.growing import shots_key
from newsreel.live.indexing import LiveIndex
from newsreel.live.items import LiveItems
from newsreel.live.opened import EndedShot
from newsreel.live.plans import LivePlan, named_feeds
from newsreel.live.stretch import Stretch
from newsreel.live.writing import KeptShots, LiveWriter, Moment
from newsreel.models.shots.scoring import Windows
from newsreel.pipeline.engines.local import LocalEngine
from newsreel.pipeline.removal import kill
from newsreel.pipeline.represent import Representer
from newsreel.search.results import Query
from newsreel.settings import Settings
from newsreel.testing.fakes import FakeEmbedder, FakeShotModel

DRAW = shots(*[10] * 10)
SPACE = VectorSpace("fake", "fake-64", 64)
URI = "live:desk/2026-11-18T11:06:40Z"


@pytest.fixture(scope="module")
def ended() -> list[EndedShot]:
    """Ten shots of ten frames, each with something said in it."""
    stretch = Stretch(FakeShotModel(), lambda rate: Windows(kept=6, before=25, after=25))
    feed = [arrival(n, DRAW(n), cue=f"Line {n // 10} is said." if n % 10 == 2 else "") for n in range(100)]
    return [one for each in feed for one in stretch.take(each)] + stretch.finish()


class Desk:
    """An archive that a feed is written to."""

    def __init__(self, path: Path) -> None:
        self.store = LanceArchive.create(path, SPACE, None)
        self.items = LiveItems("desk", 10 * NS_PER_S)
        self.writer = self.writer_of(partial(LanceArchive.lease, path))

    def writer_of(self, lease: Callable) -> LiveWriter:
        films = KeptShots(self.store, "recipe")
        representer = Representer(self.store, LocalEngine(1), FakeEmbedder, films, None)
        return LiveWriter(self.store, self.store.index, representer, lease, "", "recipe")

    def moments(self, ended: Sequence[EndedShot]) -> list[Moment]:
        return [Moment(self.items.of(one), one) for one in ended]

    def state(self, uri: str = URI) -> State:
        return self.store.ledger([uri])[uri].state


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "archive")


def test_an_item_grows_with_its_shots(desk: Desk, ended: list[EndedShot]) -> None:
    for shot in (ended[:1], ended[1:4], ended[4:]):
        desk.writer.write(desk.moments(shot))
        assert audit(desk.store).balanced
    index = desk.store.index
    (item,) = index.items([URI], WALL_NS).values()
    assert (item.headline, item.published_ns) == ("desk, 18 November 2026, 11:06 UTC", WALL_NS)
    kept = index.shots(URI, WALL_NS)
    assert kept is not None
    assert [replace(shot, confidence=None) for shot in kept] == [replace(e.shot, confidence=None) for e in ended]
    assert [index.keyframe(URI, n, WALL_NS) for n in range(10)] == [e.keyframe for e in ended]
    segments = index.segments([f"{URI}#{n:04d}" for n in range(10)], WALL_NS)
    assert [(s.shot, s.text) for s in segments.values()] == [(n, f"Line {n} is said.") for n in range(10)]
    assert desk.state() is State.DONE


def test_ten_minutes_over_another_item_begins_and_counts_from_its_own_first_shot(
    desk: Desk, ended: list[EndedShot]
) -> None:
    desk.items = LiveItems("desk", 2 * NS_PER_S)
    desk.writer.write(desk.moments(ended[:7]))
    desk.writer.write(desk.moments(ended[7:]))
    found = audit(desk.store)
    assert (found.balanced, found.items, found.segments) == (True, 2, 10)
    second = desk.store.index.shots("live:desk/2026-11-18T11:06:42Z", WALL_NS + 10 * NS_PER_S)
    assert second is not None
    assert [(s.start_frame, s.time.start_ns) for s in second] == [(n * 10, n * 400_000_000) for n in range(5)]
    assert second[0].keyframe_ns is not None
    assert second[0].keyframe_ns < 400_000_000


def test_a_killed_item_stays_killed_and_the_next_does_not(desk: Desk, ended: list[EndedShot]) -> None:
    desk.items = LiveItems("desk", 2 * NS_PER_S)
    moments = desk.moments(ended)
    desk.writer.write(moments[:2])
    kill(desk.store, [URI])
    desk.writer.write(moments[2:4])
    assert desk.store.index.items([URI], WALL_NS) == {}
    desk.writer.write(moments[4:])
    assert audit(desk.store).balanced
    assert audit(desk.store).items == 1
    assert desk.state() is State.REMOVED
    assert len(desk.store.shots(shots_key(URI, "recipe"))) == 0


@pytest.mark.parametrize("at", ["record", "keep_shots", "commit"])
@pytest.mark.parametrize("shown", [False, True])
def test_what_a_crash_left_half_written_is_finished(
    desk: Desk, ended: list[EndedShot], monkeypatch: pytest.MonkeyPatch, at: str, shown: bool
) -> None:
    class Crash(BaseException):
        pass

    def crash(*_: object) -> None:
        raise Crash

    moments = desk.moments(ended)
    if shown:
        desk.writer.write(moments[:3])
    with monkeypatch.context() as patched, pytest.raises(Crash):
        inner = getattr(desk.store, at)
        patched.setattr(desk.store, at, lambda *given: (inner(*given[:1]) if at != "commit" else None, crash()))
        desk.writer.write(moments[3:5] if shown else moments[:5])
    assert desk.state() is State.PENDING
    again = desk.writer_of(nullcontext)
    again.finish()
    assert audit(desk.store).balanced
    assert desk.state() is (State.DONE if shown else State.REMOVED)
    assert len(desk.store.index.items([URI], WALL_NS)) == shown
    if shown:
        kept = desk.store.index.shots(URI, WALL_NS)
        assert kept is not None
        assert len(kept) == (3 if at == "record" else 5)


def test_while_another_writes_shots_wait_and_are_told_of(
    desk: Desk, ended: list[EndedShot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsreel.live.indexing.AGAIN_AFTER_S", 0.05)
    monkeypatch.setattr("newsreel.live.indexing.COMMIT_EVERY_S", 0.05)
    monkeypatch.setattr("newsreel.live.indexing.MOST_WAITING", 8)
    told: list[str] = []
    index = LiveIndex(desk.writer, told.append)
    with LanceArchive.lease(desk.store.path):
        index.start()
        for moment in desk.moments(ended):
            index.add(moment.item, moment.ended)
        deadline = time.monotonic() + 10
        while not told and time.monotonic() < deadline:
            time.sleep(0.01)
        assert index.waiting == 8
    while index.waiting and time.monotonic() < deadline:
        time.sleep(0.01)
    index.close()
    assert "another process is writing" in told[0]
    assert told[1:] == ["shots are written again; 2 that waited longest were given up"]
    assert audit(desk.store).segments == 8


def test_what_cannot_be_written_in_the_end_is_said(desk: Desk, ended: list[EndedShot]) -> None:
    told: list[str] = []
    index = LiveIndex(desk.writer, told.append, closing_s=0.1)
    index.start()
    with LanceArchive.lease(desk.store.path):
        for moment in desk.moments(ended[:2]):
            index.add(moment.item, moment.ended)
        index.close()
    assert told[-1].startswith("2 shots are not in the archive: another process is writing")


def test_a_process_that_ends_lets_another_finish_writing_first(desk: Desk, ended: list[EndedShot]) -> None:
    told: list[str] = []
    index = LiveIndex(desk.writer, told.append)
    index.start()
    with ExitStack() as other:
        other.enter_context(LanceArchive.lease(desk.store.path))
        for moment in desk.moments(ended[:2]):
            index.add(moment.item, moment.ended)
        closing = threading.Thread(target=index.close)
        closing.start()
        deadline = time.monotonic() + 10
        while not told and time.monotonic() < deadline:
            time.sleep(0.01)
    closing.join()
    assert told[1:] == ["shots are written again"]
    assert audit(desk.store).segments == 2


def test_two_feeds_at_once_are_found_by_the_moment_that_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsreel.app.open_shot_model", lambda settings: FakeShotModel())
    films = [str(write_film(tmp_path / name, frames=30, draw=shots(12, 18))) for name in ("dam.mp4", "quay.mp4")]
    told: list[Event] = []
    plan = LivePlan(feeds=named_feeds(films, ["upper dam"]), archive=tmp_path / "a", headline="Flood watch")
    before_ns = time.time_ns()
    states = app.live(plan, Settings(), told.append, lambda states: None, lambda text: None)
    assert [(state.name, state.shots, state.failure) for state in states] == [("upper dam", 2, ""), ("quay", 2, "")]
    assert app.audit_archive(tmp_path / "a").balanced
    newsreel = app.Newsreel(tmp_path / "a", Settings())
    uris = {event["feed"]: event["uri"] for event in told if event["event"] == "shot"}
    assert re.fullmatch(r"live:upper%20dam/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", uris["upper dam"])
    assert {r.item.uri for r in newsreel.search(Query(text="flood")).results} == set(uris.values())
    item = newsreel.item(uris["quay"])
    assert item.published_ns is not None
    assert before_ns <= item.published_ns <= time.time_ns()
    assert [(s.start_frame, s.end_frame) for s in newsreel.shots(uris["quay"])] == [(0, 12), (12, 30)]


def test_feeds_are_named_by_their_addresses_without_what_is_secret_in_them() -> None:
    addresses = ["rtsp://me:secret@camera.example/key", "udp://127.0.0.1:5000?x=1", "desk/cam one.ts", "-"]
    assert [f.name for f in named_feeds(addresses, [])] == ["camera.example", "127.0.0.1-5000", "cam one", "stdin"]
    assert "secret" not in repr(named_feeds(addresses, []))
    with pytest.raises(UsageError, match="2 feeds are called one"):
        named_feeds(["a.ts", "one.ts"], ["one"])
    with pytest.raises(UsageError, match="3 names for 1 feeds"):
        named_feeds(["a.ts"], ["a", "b", "c"])
    with pytest.raises(UsageError, match="a feed's name"):
        named_feeds(["a.ts"], [""])


def test_the_command_tells_shots_as_they_end_and_stops_when_told_to(tmp_path: Path) -> None:
    film = write_film(tmp_path / "dam.mp4", frames=1000, draw=shots(*[50] * 20), gop=25)
    command = [sys.executable, "-m", "newsreel", "live", str(film), "--metrics-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        port = re.search(r":(\d+)/metrics", process.stderr.readline())
        told = (json.loads(line) for line in process.stdout)
        first = next(event for event in told if event["event"] == "shot")  # a busy machine drops pictures, and says so
        assert port is not None
        with urllib.request.urlopen(f"http://127.0.0.1:{port[1]}/metrics") as answer:
            metrics = answer.read().decode()
        for _ in range(2):  # whoever is in a hurry
            process.send_signal(signal.SIGTERM)
            time.sleep(0.02)
        rest = list(told)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""
    assert (first["feed"], first["start_frame"], first["transition"]) == ("dam", 0, "cut")
    assert first["end_frame"] >= 50
    assert 'newsreel_live_shots_total{feed="dam"} 1.0' in metrics
    assert rest[-1]["event"] == "ended"
    assert [event["transition"] for event in rest if event["event"] == "shot"][-1] == "end"
