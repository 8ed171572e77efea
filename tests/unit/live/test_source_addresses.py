"""Addresses: which are read, what FFmpeg may open for them, and what people see of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsreel.core.errors import UsageError
from newsreel.live.address import Address, shown
from newsreel.live.options import SourceOptions


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("rtsp://desk:pa@ss@camera.example:554/one", "rtsp://…@camera.example:554/one"),
        ("https://tv.example/feed.m3u8?token=abc&x=1", "https://tv.example/feed.m3u8?…"),
        ("https://token@tv.example?key=a?b#c", "https://…@tv.example?…"),
        ("https://tv.example/feed.m3u8#key", "https://tv.example/feed.m3u8"),
        ("udp://@239.1.1.1:1234", "udp://@239.1.1.1:1234"),
        ("a film?.mp4", "a film?.mp4"),
        ("-", "standard input"),
        ("pipe:3", "pipe:3"),
    ],
)
def test_what_people_see_of_an_address(address: str, seen: str) -> None:
    assert shown(address) == seen


def test_files_and_pipes() -> None:
    assert Address.of("film.mp4").path == Path("film.mp4")
    assert Address.of("file:///films/one.mp4").path == Path("/films/one.mp4")
    assert Address.of("-").descriptor == Address.of("pipe:").descriptor == 0
    assert Address.of("pipe:5").descriptor == 5
    assert not Address.of("pipe:5").is_network
    for nothing in ("", "file:", "a\0b"):
        with pytest.raises(UsageError, match="without a name"):
            Address.of(nothing)


@pytest.mark.parametrize("address", ["concat://a|b", "lavfi://testsrc", "gopher://tv.example/", "ftp://tv.example/a"])
def test_what_is_not_live_is_refused_with_what_is(address: str) -> None:
    with pytest.raises(UsageError, match="is not an address that live video is read from: use a file, -, or http, "):
        Address.of(address)


def test_an_address_needs_a_host() -> None:
    with pytest.raises(UsageError, match="write rtsp://HOST:PORT/PATH"):
        Address.of("rtsp://")


@pytest.mark.parametrize("address", ["http://tv.example/a.m3u8", "rtmp://tv.example/a", "rtsp://tv.example/a"])
def test_no_network_address_leads_to_a_file(address: str) -> None:
    allowed = Address.of(address).options(10)["protocol_whitelist"].split(",")
    assert not {"file", "pipe", "fd", "data", "concat", "subfile"} & set(allowed)


def test_a_feed_that_connects_to_us() -> None:
    rtmp = Address.of("rtmp://127.0.0.1:1935/live/key?listen=1&a=1")
    assert rtmp.listens
    assert rtmp.url == "rtmp://127.0.0.1:1935/live/key?a=1"
    assert rtmp.options(10)["listen"] == "1"
    assert not rtmp.asks
    rtsp = Address.of("rtsp://127.0.0.1:8554/live?listen=1")
    assert rtsp.url == "rtsp://127.0.0.1:8554/live"
    assert rtsp.options(10)["listen_timeout"] == "10"
    assert not Address.of("http://tv.example/?listen=1").listens


@pytest.mark.parametrize("wrong", [{"stall_s": 0}, {"max_behind_s": float("nan")}, {"max_reconnects": -1}])
def test_options_that_make_no_sense(wrong: dict) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        SourceOptions(**wrong)
