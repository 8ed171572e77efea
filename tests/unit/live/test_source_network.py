"""Feeds from the network: each protocol once, spoken on loopback, and what goes wrong with them."""

from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from tests.feed_builders import (
    LOOPBACK,
    arrivals,
    broken,
    events,
    free_port,
    numbers,
    pushed,
    rtsp_camera,
    tcp_server,
    transport_stream,
    udp_sender,
    web_server,
)
from tests.film_builders import write_film

from newsreel.core.errors import UsageError
from newsreel.live.source import LiveSource, SourceOptions

QUICK = SourceOptions(connect_s=5, first_wait_s=0.02, longest_wait_s=0.1)


def rises(found: list) -> bool:
    times = [arrival.time_ns for arrival in arrivals(found)]
    return times[0] == 0 and all(a < b for a, b in itertools.pairwise(times))


def test_a_transport_stream_by_udp(tmp_path: Path) -> None:
    port = free_port()
    with udp_sender(transport_stream(tmp_path, frames=20), port):
        found = events(LiveSource(f"udp://{LOOPBACK}:{port}", QUICK), lambda seen: len(arrivals(seen)) >= 30)
    assert rises(found)  # its clock starts again with every twentieth picture
    assert {number % 20 for number in numbers(found)} <= set(range(20))


def test_a_server_that_goes_away_and_comes_back(tmp_path: Path) -> None:
    first, second = transport_stream(tmp_path), transport_stream(tmp_path, first=10, at_s=500)
    source = LiveSource(f"tcp://{LOOPBACK}:{(port := free_port())}", QUICK)

    def serve() -> None:
        time.sleep(0.1)
        with tcp_server(first, port=port):
            time.sleep(0.3)
        time.sleep(0.2)
        with tcp_server(second, port=port):
            time.sleep(0.3)

    thread = threading.Thread(target=serve)
    thread.start()
    found = events(source, lambda seen: len(arrivals(seen)) == 20)
    thread.join()
    assert numbers(found) == list(range(20))
    assert [arrival.number for arrival in arrivals(found)] == list(range(20))
    assert rises(found)
    assert broken(found)[0] == "connection refused"  # told once, however often it was tried
    assert broken(found).count("connection refused") <= 2
    assert "the feed ended" in broken(found)
    assert source.counts.reconnects >= 2
    away_ns = arrivals(found)[10].time_ns - arrivals(found)[9].time_ns
    assert 50_000_000 < away_ns < 3_000_000_000  # the time it was away, not the 500 s of its own clock


def test_a_stall_is_a_break(tmp_path: Path) -> None:
    data = transport_stream(tmp_path)
    options = SourceOptions(stall_s=0.3, first_wait_s=0.02)
    with tcp_server(data, data, holds=True) as port:
        found = events(LiveSource(f"tcp://{LOOPBACK}:{port}", options), lambda seen: len(arrivals(seen)) > 12)
    assert broken(found) == ["nothing came for too long"]
    assert rises(found)


def test_a_feed_is_given_up_after_so_many_tries() -> None:
    options = SourceOptions(first_wait_s=0.01, longest_wait_s=0.01, max_reconnects=3)
    source = LiveSource(f"rtmp://name:secret@{LOOPBACK}:{free_port()}/live?token=secret", options)
    found = events(source, lambda seen: False)
    assert broken(found) == ["connection refused"]
    assert source.counts.reconnects == 3
    assert source.counts.ended
    assert "secret" not in source.name + repr(found) + repr(source._address)


def test_garbage_costs_what_it_covers(tmp_path: Path) -> None:
    noise = np.random.default_rng(5).bytes(5_000)
    whole = transport_stream(tmp_path, frames=20)
    data = whole + noise + transport_stream(tmp_path, frames=20, first=20, at_s=0.8)
    with tcp_server(data) as port:
        source = LiveSource(f"tcp://{LOOPBACK}:{port}", SourceOptions(max_reconnects=0))
        found = events(source, lambda seen: False)
    assert len(numbers(found)) >= 35
    assert numbers(found)[-1] == 39
    assert source.counts.damaged


def test_a_growing_playlist_with_pictures_that_go_on(tmp_path: Path) -> None:
    for index in range(3):
        segment = transport_stream(tmp_path, frames=10, first=10 * index, at_s=0.4 * index)
        (tmp_path / f"{index}.ts").write_bytes(segment)

    def publish(*segments: int, ended: bool = False) -> None:
        lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{segments[0]}"]
        lines += [f"#EXTINF:0.4,\n{segment}.ts" for segment in segments] + ["#EXT-X-ENDLIST"] * ended
        (tmp_path / "new").write_text("\n".join(lines) + "\n")
        (tmp_path / "new").replace(tmp_path / "feed.m3u8")

    def grown(seen: list) -> bool:
        if len(arrivals(seen)) == 1:
            publish(1, 2, ended=True)
        return False

    publish(0, 1)
    with web_server(tmp_path) as url:
        source = LiveSource(f"{url}/feed.m3u8", QUICK)
        found = events(source, grown)
    assert numbers(found) == list(range(10, 30))  # from the newest segment on, to the end, and not once more
    assert rises(found)
    assert arrivals(found)[-1].time_ns == 19 * 40_000_000


def test_a_playlist_opens_no_local_file(tmp_path: Path) -> None:
    (tmp_path / "secret.ts").write_bytes(transport_stream(tmp_path))
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXTINF:0.4,", (tmp_path / "secret.ts").as_uri(), "#EXT-X-ENDLIST"]
    (tmp_path / "feed.m3u8").write_text("\n".join(lines) + "\n")
    with web_server(tmp_path) as url:
        options = SourceOptions(max_reconnects=0, connect_s=3)
        found = events(LiveSource(f"{url}/feed.m3u8", options), lambda seen: False)
    assert not arrivals(found)
    assert len(broken(found)) == 1


def test_a_camera_that_is_asked_by_rtsp(tmp_path: Path) -> None:
    with rtsp_camera(transport_stream(tmp_path, frames=20)) as url:
        source = LiveSource(url.replace("//", "//desk:secret@"), SourceOptions(max_reconnects=0))
        found = events(source, lambda seen: False)
    assert numbers(found) == list(range(19))  # where a picture ends is known by the next
    assert rises(found)
    assert source.name == url.replace("//", "//…@")


@pytest.mark.parametrize(("scheme", "muxer"), [("rtmp", "flv"), ("rtsp", "rtsp")])
def test_a_feed_that_is_pushed(scheme: str, muxer: str, tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", frames=15, gop=5)
    url = f"{scheme}://{LOOPBACK}:{free_port()}/live/feed"
    with pushed(film, url, muxer):
        found = events(LiveSource(f"{url}?listen=1", QUICK), lambda seen: len(arrivals(seen)) == 15)
    assert numbers(found) == list(range(15))
    assert rises(found)


def test_a_protocol_that_this_ffmpeg_lacks_is_refused_at_once() -> None:
    with pytest.raises(UsageError, match="srt:// addresses: let another program receive it"):
        LiveSource(f"srt://{LOOPBACK}:9")
