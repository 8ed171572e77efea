"""Live feeds as server-sent events, over loopback."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from tests.live_builders import Air, Served, serving

from newsreel.core.errors import ArchiveError
from newsreel.core.times import NS_PER_S, now_ns
from newsreel.service import live_room
from newsreel.service.live_room import LiveGone, LiveState, Watcher

Event = tuple[str, str, Any]
"""Its name, its id and its data."""


class Stream:
    """What a watcher hears."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.headers = answer.headers
        self._lines = answer.iter_lines()

    def next(self) -> Event | None:
        """The next event; None at the end of the stream."""
        said: dict[str, str] = {}
        for line in self._lines:
            name, _, value = line.partition(": ")
            if line:
                said[name] = value
            elif "data" in said:
                return said["event"], said.get("id", ""), json.loads(said["data"])
        return None

    def shots(self, count: int) -> list[Event]:
        """The next so many shots, whatever comes in between."""
        heard: list[Event] = []
        while len(heard) < count:
            event = self.next()
            assert event
            heard += [event] if event[0] == "shot" else []
        return heard


@contextmanager
def watching(served: Served, last: str = "", **asked: str) -> Iterator[Stream]:
    headers = {"Last-Event-ID": last} if last else {}
    address = f"{served.address}/v1/live/events"
    with httpx2.stream("GET", address, params=asked, headers=headers, timeout=10) as answer:
        assert answer.status_code == 200
        yield Stream(answer)


def until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_shot_is_told_soon_after_its_commit(served: Served) -> None:
    air = Air(served.archive, "soon")
    air.show(5)
    with watching(served) as stream:
        name, _, state = stream.next() or ("", "", {})
        assert name == "state"
        assert air.uri in state["uris"]
        air.show(5, said=("", "Now."), marks=("black",))
        committed = time.monotonic()
        ((_, identity, shot),) = stream.shots(1)
        assert time.monotonic() - committed < 3  # half a second, and this machine may have more to do
    assert identity == shot["id"] == f"{air.uri}#1"
    assert (shot["feed"], shot["shot"], shot["said"], shot["dull"]) == ("soon", 1, "Now.", True)
    assert (shot["start_s"], shot["end_frame"], shot["transition"], shot["confidence"]) == (1, 50, "cut", 0.9)
    assert shot["marks"] == [{"kind": "black", "start_s": 1, "end_s": 2}]
    assert (shot["again"]["id"], shot["like"]) == (f"{air.uri}#0", 0)
    for address in (shot["page"], shot["keyframe"], shot["again"]["page"]):
        assert httpx2.get(served.address + address).status_code == 200


def test_who_comes_back_hears_what_was_missed(served: Served) -> None:
    air = Air(served.archive, "missed")
    air.show(1, 2, 3)

    def heard(count: int, last: str = "", **asked: str) -> list[int]:
        with watching(served, last, feed="missed", **asked) as stream:
            return [shot["shot"] for _, _, shot in stream.shots(count)]

    assert heard(2, after=f"{air.uri}#1") == [1, 2]
    assert heard(3, f"{air.uri}#0", after=f"{air.uri}#1") == [0, 1, 2]  # what a browser sends by itself goes before
    assert heard(3, "nobody#7") == [0, 1, 2]
    with watching(served, feed="missed") as stream:
        air.show(4)
        assert [shot["shot"] for _, _, shot in stream.shots(1)] == [3]


def test_what_is_killed_goes_and_what_is_held_back_never_comes(served: Served) -> None:
    killed, kept = Air(served.archive, "killed"), Air(served.archive, "kept")
    killed.show(1)
    with watching(served) as stream, watching(served, feed="kept") as other:
        assert killed.uri in (stream.next() or ("", "", {}))[2]["uris"]
        assert killed.uri not in (other.next() or ("", "", {}))[2]["uris"]
        Air(served.archive, "held").show(2, embargo_ns=now_ns() + 3600 * NS_PER_S)
        served.archive.remove([killed.uri])
        assert stream.next() == ("gone", "", {"uri": killed.uri})
        kept.show(3)
        assert [shot["uri"] for _, _, shot in stream.shots(1)] == [kept.uri]
        assert (other.next() or ("", "", {}))[2]["uri"] == kept.uri


def test_the_archive_is_read_once_for_all_and_for_nobody_not_at_all(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = served.app.state.served.live
    until(lambda: not room.is_reading)
    begun = []
    reader = room._newsreel.live_reader
    monkeypatch.setattr(room._newsreel, "live_reader", lambda: begun.append(1) or reader())
    with watching(served) as one, watching(served) as two:
        assert one.next()
        assert two.next()
        assert (room.is_reading, len(begun)) == (True, 1)
    until(lambda: not room.is_reading)


def test_only_so_many_may_watch(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_room, "MOST_WATCHERS", 1)
    with watching(served) as stream:
        assert stream.next()
        refused = httpx2.get(f"{served.address}/v1/live/events")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
        assert refused.json()["error"]["message"]


def test_an_archive_that_cannot_be_read_ends_the_streams(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> tuple[int, ...]:
        raise ArchiveError("the disk is gone")

    with watching(served) as stream:
        assert stream.next()
        monkeypatch.setattr(served.app.state.served.newsreel, "revision", broken)
        while stream.next():
            pass
    assert httpx2.get(f"{served.address}/v1/live/events").status_code == 503  # who comes back is told
    monkeypatch.undo()
    with watching(served) as stream:
        assert stream.next()


def test_is_sent_as_everything_else_is(served: Served) -> None:
    with watching(served) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.headers["Cache-Control"] == "private, no-cache"
        assert "default-src 'none'" in stream.headers["Content-Security-Policy"]
    head = httpx2.head(f"{served.address}/v1/live/events")  # which ends, as the stream would not
    assert (head.status_code, head.content) == (200, b"")
    documented = httpx2.get(f"{served.address}/openapi.json").json()["paths"]["/v1/live/events"]["get"]
    assert list(documented["responses"]["200"]["content"]) == ["text/event-stream"]
    assert {each["name"] for each in documented["parameters"]} == {"feed", "after", "last-event-id"}


def test_who_is_too_slow_is_sent_away() -> None:
    async def heard() -> list[object]:
        watcher = Watcher("", [LiveState(0, ())])
        for number in range(1000):
            watcher.tell(LiveGone(str(number)))
        return [event async for event in watcher.events()]

    assert asyncio.run(asyncio.wait_for(heard(), 5)) == [LiveState(0, ())]


def test_the_service_stops_while_somebody_watches(served: Served) -> None:
    with serving(served.archive) as another, watching(another) as stream:
        assert stream.next()
        another.server.should_exit = True
        begun = time.monotonic()
        while stream.next():
            pass
        assert time.monotonic() - begun < 5
