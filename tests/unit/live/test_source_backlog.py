"""What waits to be taken: bounded, dropped by whole runs when it is late, and counted."""

from __future__ import annotations

import gc
import itertools
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame
from tests.feed_builders import arrivals, events, numbers, tcp_server, transport_stream
from tests.film_builders import write_film

from newsreel.ingest.videos import Turn
from newsreel.live.arrivals import Arrival, Broken
from newsreel.live.backlog import Backlog, Ended
from newsreel.live.source import LiveSource, SourceOptions

FRAME = VideoFrame(16, 16, "yuv420p")
SMALL = np.zeros((27, 48, 3), np.uint8)


def arrival(number: int, due_s: float, cue: str = "", frame: VideoFrame = FRAME) -> Arrival:
    return Arrival(number, number, number, 0.0, due_s, SMALL, cue, (16, 16), frame, Turn())


def taken(backlog: Backlog) -> list[int | str]:
    found: list[int | str] = []
    while (event := backlog.take(0.0)) is not None:
        found.append(event.number if isinstance(event, Arrival) else event.why)
    return found


def test_what_waits_too_long_is_dropped_with_all_that_wait() -> None:
    backlog, now_s = Backlog(max_behind_s=2.0), time.monotonic()
    for number in range(5):
        backlog.put(arrival(number, now_s - 1.9 + number))
    assert backlog.dropped == 0
    time.sleep(0.11)
    backlog.put(arrival(5, now_s))
    assert taken(backlog) == [5]
    assert backlog.dropped == 5


def test_text_and_breaks_outlast_the_pictures_they_came_with() -> None:
    backlog, now_s = Backlog(max_behind_s=0.01), time.monotonic() - 1
    backlog.put(arrival(0, now_s, "Good"))
    backlog.tell(Broken("away", 0))
    backlog.put(arrival(1, now_s, "evening."))
    backlog.put(arrival(2, time.monotonic(), "Here is the news."))
    backlog.tell(Broken("refused", 0))
    backlog.tell(Broken("silent", 0))
    assert backlog.take(0) == Broken("away", 0)
    last = backlog.take(0)
    assert isinstance(last, Arrival)
    assert (last.number, last.cue) == (2, "Good evening. Here is the news.")
    assert taken(backlog) == ["silent"]


def test_as_many_wait_as_memory_is_given_for() -> None:
    backlog, due_s, large = Backlog(max_behind_s=60), time.monotonic() + 60, VideoFrame(7680, 4320, "yuv420p")
    reader = threading.Thread(target=lambda: [backlog.put(arrival(n, due_s, frame=large)) for n in range(20)])
    reader.start()
    time.sleep(0.05)
    assert taken(backlog)[:8] == list(range(8))
    reader.join(0.05)
    assert reader.is_alive()  # the second eight wait
    backlog.forget()
    reader.join()
    assert backlog.dropped == 0


def test_it_ends_after_what_waits_and_by_the_error_that_ended_it() -> None:
    backlog = Backlog(max_behind_s=2.0)
    backlog.put(arrival(0, time.monotonic()))
    backlog.end()
    assert isinstance(backlog.take(0), Arrival)
    with pytest.raises(Ended):
        backlog.take(0)
    failed = Backlog(max_behind_s=2.0)
    failed.end(OSError("gone"))
    with pytest.raises(OSError, match="gone"):
        failed.take(0)


def test_a_slow_consumer_misses_whole_runs_and_they_are_counted(tmp_path: Path) -> None:
    source = LiveSource(str(write_film(tmp_path / "film.mp4", frames=25)), SourceOptions(max_behind_s=0.15))
    found: list[Arrival] = []
    for event in source.events():
        if isinstance(event, Arrival):
            found.append(event)
            time.sleep(0.1 if len(found) < 5 else 0)
    counts = source.counts
    assert [one.number for one in found] == numbers(found)
    assert counts.received == 25
    assert counts.dropped == 25 - len(found) >= 3
    gaps = [b.number - a.number for a, b in itertools.pairwise(found)]
    assert 1 <= sum(gap > 1 for gap in gaps) <= 4  # runs, not single ones
    assert found[-1].number == 24


def test_nothing_grows_over_many_pictures(tmp_path: Path) -> None:
    replies = [transport_stream(tmp_path, frames=50)] * 20
    options = SourceOptions(first_wait_s=0.001, longest_wait_s=0.001)
    sizes: list[int] = []

    def watched(seen: list) -> bool:
        if len(arrivals(seen[-1:])) and seen[-1].number in (299, 899):
            seen.clear()
            gc.collect()
            sizes.append(len(gc.get_objects()))
        return len(sizes) == 2

    with tcp_server(*replies) as port:
        source = LiveSource(f"tcp://127.0.0.1:{port}", options)
        events(source, watched)
    assert source.counts.received >= 900
    assert source.counts.dropped == 0
    assert sizes[1] - sizes[0] < 300
