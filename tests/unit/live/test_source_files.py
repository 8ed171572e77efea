"""Files and pipes as live sources: played at their rate, with their text, to their end."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import pytest
from tests.feed_builders import arrivals, broken, events, numbers, transport_stream
from tests.film_builders import jumping, write_film

from newsreel.core.errors import UnreadableError, UsageError
from newsreel.live.source import LiveSource, SourceOptions

BROADCAST = "bframes=2:b-adapt=0:b-pyramid=none:scenecut=0"


def to_the_end(seen: list) -> bool:
    return False


@contextmanager
def piped(*pieces: bytes, every_s: float = 0.0) -> Iterator[str]:
    """The address of a pipe into which these are written, with a rest before each."""
    out, into = os.pipe()

    def write() -> None:
        with os.fdopen(into, "wb", buffering=0) as pipe:
            for piece in pieces:
                time.sleep(every_s)
                pipe.write(piece)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield f"pipe:{out}"
    finally:
        os.close(out)
        thread.join()


def with_subtitles(path: Path) -> Path:
    """A short film with two subtitles; the second is said in the middle."""
    film, words = write_film(path.with_name("silent.mkv"), frames=15), path.with_name("words.srt")
    words.write_text(
        "1\n00:00:00,000 --> 00:00:00,200\n<i>Good</i> evening.\n\n"
        "2\n00:00:00,300 --> 00:00:00,500\nHere is\nthe news.\n"
    )
    with av.open(str(film)) as pictures, av.open(str(words)) as said, av.open(str(path), "w") as out:
        kinds = [(one, out.add_stream_from_template(one)) for one in (pictures.streams.video[0], said.streams[0])]
        out.start_encoding()
        packets = [(packet, to) for kind, to in kinds for packet in kind.container.demux(kind) if packet.size]
        for packet, to in sorted(packets, key=lambda one: one[0].dts * one[0].time_base):
            packet.stream = to
            out.mux(packet)
    return path


def test_a_file_is_played_at_its_rate(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", frames=15, gop=5)
    source = LiveSource(str(film))
    found = events(source, to_the_end)
    assert numbers(found) == list(range(15))
    assert [arrival.time_ns for arrival in arrivals(found)] == [40_000_000 * number for number in range(15)]
    took_s = arrivals(found)[-1].arrived_s - arrivals(found)[0].arrived_s
    assert 0.54 < took_s < 1.5
    walls_ns = arrivals(found)[-1].wall_ns - arrivals(found)[0].wall_ns
    assert abs(walls_ns / 1e9 - took_s) < 0.01
    assert arrivals(found)[3].picture(32).shape == (24, 32, 3)
    assert source.counts.received == 15
    assert source.counts.dropped == source.counts.damaged == 0
    assert source.counts.fps == pytest.approx(25)
    assert source.counts.ended


def test_a_file_that_begins_again(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", frames=5)
    found = events(LiveSource(str(film), SourceOptions(loop=True)), lambda seen: len(seen) == 12)
    assert numbers(found) == [*range(5), *range(5), 0, 1]
    steps_ns = [b.time_ns - a.time_ns for a, b in itertools.pairwise(found)]
    assert all(39_000_000 < step_ns < 100_000_000 for step_ns in steps_ns)


def test_a_clock_that_jumps_in_a_file_is_bridged(tmp_path: Path) -> None:
    found = events(LiveSource(str(jumping(tmp_path / "film.ts", to_s=3600, frames=5))), to_the_end)
    assert numbers(found) == list(range(10))
    assert arrivals(found)[-1].time_ns < 1_000_000_000
    assert not broken(found)


def test_what_is_said_comes_with_the_next_picture(tmp_path: Path) -> None:
    found = events(LiveSource(str(with_subtitles(tmp_path / "film.mkv"))), to_the_end)
    said = [(arrival.number, arrival.cue) for arrival in arrivals(found) if arrival.cue]
    assert [text for _, text in said] == ["Good evening.", "Here is the news."]
    assert said[0][0] <= 1
    assert 7 <= said[1][0] <= 10


def test_a_pipe_gives_its_pictures_as_they_come(tmp_path: Path) -> None:
    data = transport_stream(tmp_path)
    with piped(data, transport_stream(tmp_path, first=10, at_s=7200), every_s=0.2) as address:
        found = events(LiveSource(address, SourceOptions(stall_s=0.1)), to_the_end)  # a pipe may be silent
    assert numbers(found) == list(range(20))
    assert not broken(found)
    assert arrivals(found)[-1].time_ns < 2_000_000_000


def test_a_clock_of_33_bits_that_runs_over(tmp_path: Path) -> None:
    with piped(transport_stream(tmp_path, frames=20, at_s=2**33 / 90_000 - 0.4)) as address:
        found = events(LiveSource(address), to_the_end)
    assert numbers(found) == list(range(20))
    steps_ns = [b.time_ns - a.time_ns for a, b in itertools.pairwise(found)]
    assert all(35_000_000 < step_ns < 45_000_000 for step_ns in steps_ns)


def test_pictures_that_decoding_leaves_out_are_counted(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.ts", frames=20, muxer="mpegts", options={"x264-params": BROADCAST})
    with piped(film.read_bytes()) as address:
        source = LiveSource(address)
        source._reading._load.skips = True  # as if it had been too slow until now
        found = events(source, to_the_end)
    assert 5 < len(numbers(found)) < 12
    assert source.counts.received == 20
    assert source.counts.dropped == 20 - len(numbers(found))
    assert numbers(found) == sorted(numbers(found))


def test_a_picture_arrives_when_its_packet_does_also_where_others_are_shown_before_it(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.ts", frames=12, gop=12, muxer="mpegts", options={"x264-params": BROADCAST})
    data = film.read_bytes()
    with piped(*(data[at : at + 376] for at in range(0, len(data), 376)), every_s=0.004) as address:
        read_s = [one.arrived_s for one in arrivals(events(LiveSource(address), to_the_end))]
    assert [later < sooner for sooner, later in itertools.pairwise(read_s[:8])] == [False, False, True] * 2 + [False]


def test_a_named_pipe_that_is_written_to_later(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "feed")
    source = LiveSource(str(tmp_path / "feed"))
    data = transport_stream(tmp_path)
    thread = threading.Timer(0.1, (tmp_path / "feed").write_bytes, (data,))
    thread.start()
    found = events(source, to_the_end)
    thread.join()
    assert numbers(found) == list(range(10))


def test_closing_ends_a_silent_pipe(tmp_path: Path) -> None:
    with piped(transport_stream(tmp_path), b"", every_s=0.05) as address:
        os.mkfifo(tmp_path / "silent")
        for silent in (address, str(tmp_path / "silent")):
            source = LiveSource(silent)
            threading.Timer(0.1, source.close).start()
            began_s = time.monotonic()
            assert not [event for event in source.events() if event is None]
            assert time.monotonic() - began_s < 0.5


def test_what_is_no_video_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a film")
    for path, error, remedy in (
        (tmp_path / "none.mp4", UsageError, "there is no such file"),
        (tmp_path, UsageError, "there is no such file"),
        (tmp_path / "text.mp4", UnreadableError, "copy it again"),
        (write_film(tmp_path / "sound.mp4", frames=0, sound_s=0.2), UnreadableError, "no pictures"),
    ):
        with pytest.raises(error, match=remedy):
            LiveSource(str(path))


def test_a_pipe_with_anything_but_a_video_says_so() -> None:
    with piped(b"not a film" * 1000) as address, pytest.raises(UnreadableError, match="no video that FFmpeg can open"):
        events(LiveSource(address), to_the_end)
