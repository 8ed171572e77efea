"""A video's file to its item: which container, which stream, what its tags say."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from av.stream import Disposition
from tests.film_builders import Look, write_film

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Film, Item, Kind
from newsreel.core.times import format_ns
from newsreel.ingest.videos import Footage, looks_like_video, media_hash, read_video
from newsreel.ingest.videos._tags import fields_of
from newsreel.ingest.wanted import asking


def film(item: Item) -> Film:
    assert item.film is not None
    return item.film


@pytest.mark.parametrize(
    ("name", "spec", "media_type"),
    [
        ("a.mp4", {}, "video/mp4"),
        ("a.mov", {}, "video/quicktime"),
        ("a.3gp", {}, "video/3gpp"),
        ("a.webm", {"codec": "libvpx"}, "video/webm"),
        ("a.mkv", {}, "video/x-matroska"),
        ("a.ts", {}, "video/mp2t"),
        ("a.m2ts", {"muxer": "mpegts", "muxer_options": {"mpegts_m2ts_mode": "1"}}, "video/mp2t"),
        ("a.mpg", {"codec": "mpeg2video"}, "video/mpeg"),
        ("a.avi", {}, "video/x-msvideo"),
        ("a.mxf", {"codec": "mpeg2video"}, "application/mxf"),
        ("a.flv", {}, "video/x-flv"),
        ("a.wmv", {"codec": "msmpeg4", "muxer": "asf"}, "video/x-ms-asf"),
    ],
)
def test_the_bytes_say_what_it_is_and_not_the_name(
    name: str, spec: dict[str, object], media_type: str, tmp_path: Path
) -> None:
    path = write_film(tmp_path / name, frames=6, **spec)  # type: ignore[arg-type]
    path = path.rename(tmp_path / "story.txt")
    assert looks_like_video(path.read_bytes()[:4096])
    item = read_video(path, uri="file:story.txt")
    assert (item.kind, item.media_type, item.media_path) == (Kind.VIDEO, media_type, str(path))
    assert film(item).media_hash == hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    assert (film(item).width, film(item).height) == (64, 48)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"Good morning. The free press moved on.",
        b"The free press is older than the film, and that is a long text." * 80,
        b"G" * 4096,
        b"....ftypheic", b"....ftypavif", b"....ftypM4A ", b"\0\0\0\x0cftypmif1",
        b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF....WAVE", b"RIFF....WEBP", b"ID3\x04", b"OggS" + bytes(60),
        b"fLaC", b"%PDF-1.7", b"PK\x03\x04", b"#EXTM3U\n#EXTINF:10,\nhttp://x/1.ts\n",
        b"ffconcat version 1.0\nfile a.mp4\n",
    ],
)  # fmt: skip
def test_what_is_no_video(head: bytes, tmp_path: Path) -> None:
    assert not looks_like_video(head)
    (tmp_path / "a.mp4").write_bytes(head)
    with pytest.raises(UnreadableError, match="not a video"):
        read_video(tmp_path / "a.mp4", uri="file:a.mp4")


def test_quicktime_from_before_file_types(tmp_path: Path) -> None:
    data = write_film(tmp_path / "a.mov", frames=3).read_bytes()
    (tmp_path / "old.mov").write_bytes(data[int.from_bytes(data[:4], "big") :])
    assert looks_like_video((tmp_path / "old.mov").read_bytes())


def test_the_default_stream_is_taken_and_the_others_are_named(tmp_path: Path) -> None:
    small, large = Look(frames=2, size=(32, 24)), Look(codec="mpeg2video", frames=2)
    both = read_video(write_film(tmp_path / "both.mkv", small, large), uri="x")
    assert film(both).stream == "stream 1 of 2, mpeg2video, 64x48, 25 fps; the other video stream was left"
    second = Look(codec="mpeg2video", frames=2, disposition=Disposition(0))
    marked = read_video(write_film(tmp_path / "marked.mkv", small, second, sound_s=0.1), uri="x")
    assert film(marked).stream == "stream 0 of 3, h264, 32x24, 25 fps; the other video stream was left"


def test_of_several_streams_it_is_told_which_is_the_film(tmp_path: Path) -> None:
    small, large = Look(frames=2, size=(32, 24), disposition=Disposition(0)), Look(frames=2, disposition=Disposition(0))
    for name, looks, told in (
        ("one.mkv", [small], ""),
        ("two.mkv", [small, large], "stream 2 of 2: h264 64x48 (the largest)"),
        ("marked.mkv", [large, Look(frames=2, size=(32, 24))], "stream 2 of 2: h264 32x24 (default)"),
    ):
        with Footage(write_film(tmp_path / name, *looks, muxer_options={"default_mode": "passthrough"})) as footage:
            assert footage.film.chosen == told


def test_a_still_picture_is_a_film_of_one(tmp_path: Path) -> None:
    still = film(read_video(write_film(tmp_path / "still.mp4", frames=1), uri="x"))
    assert (still.codec, still.duration_ns) == ("h264", 40_000_000)


def test_no_duration_is_none(tmp_path: Path) -> None:
    path = write_film(tmp_path / "live.webm", codec="libvpx", frames=3, muxer_options={"live": "1"})
    assert film(read_video(path, uri="x")).duration_ns is None


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_tags_become_fields(name: str, tmp_path: Path) -> None:
    said = {
        "title": "The bridge reopens",
        "description": "Walkers return to the Old Bridge.",
        "artist": "by Freya Lund",
        "copyright": "© 2026 Newsreel Wire",
        "date": "2026-03-16",
        "encoder": "none",
    }
    item = read_video(write_film(tmp_path / name, frames=2, metadata=said), uri="x")
    assert (item.headline, item.caption) == ("The bridge reopens", "Walkers return to the Old Bridge.")
    assert (item.byline, item.rights) == ("Freya Lund", "© 2026 Newsreel Wire")
    assert item.published_ns is not None
    assert format_ns(item.published_ns) == "2026-03-16T00:00:00Z"


@pytest.mark.parametrize(
    ("tags", "fields"),
    [
        ({}, {}),
        ({"TITLE": "A"}, {"headline": "A"}),
        ({"title-eng": "A"}, {"headline": "A"}),
        ({"com.apple.quicktime.title": "A", "com.apple.quicktime.location.ISO6709": "+50.1+008.6/"}, {"headline": "A"}),
        ({"title": "IMG_1234", "comment": "vid:v0200f5f"}, {}),
        ({"title": "final_v3.mp4", "description": "Lavf58.76.100"}, {}),
        ({"title": "Untitled", "comment": "Flood"}, {"caption": "Flood"}),
        ({"title": "Untitled reasons of the mayor"}, {"headline": "Untitled reasons of the mayor"}),
        ({"keywords": "flood, river;Flood"}, {"keywords": ("flood", "river")}),
        ({"location": "+50.1109+008.6821/"}, {}),
        ({"location": "Brackwater, Varland"}, {"place": "Brackwater, Varland"}),
        ({"creation_time": "1904-01-01T00:00:00.000000Z"}, {}),
        ({"creation_time": "1970-01-01T00:00:00.000000Z"}, {}),
        ({"creation_time": "1980-01-01T00:00:00.000000Z"}, {}),
        ({"date": "0000"}, {}),
        ({"date": "soon"}, {}),
        ({"date": "1944-06-06"}, {"published_ns": -806976000000000000}),
        ({"date": "2024", "creation_time": "2024-05-01T10:00:00Z"}, {"published_ns": 1714557600000000000}),
        ({"date": "2023", "creation_time": "2024-05-01T10:00:00Z"}, {"published_ns": 1672531200000000000}),
    ],
)
def test_what_no_person_wrote_is_passed_over(tags: dict[str, str], fields: dict[str, object]) -> None:
    assert fields_of(tags) == fields


def test_only_a_regular_file_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(OSError, match="regular"):
        read_video(tmp_path / "pipe.mp4", uri="x")


def sparse(path: Path, size: int) -> Path:
    write_film(path, frames=2)
    os.truncate(path, size)
    return path


def test_a_file_larger_than_any_film_is_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"1,099,511,627,777 bytes; 1,099,511,627,776 is the most"):
        media_hash(sparse(tmp_path / "clip.mp4", (1 << 40) + 1))


def test_hashing_ends_when_nobody_waits_for_it(tmp_path: Path) -> None:
    path = sparse(tmp_path / "clip.mp4", 60 << 30)
    asked = iter([True, True])
    with asking(lambda: next(asked, False)), pytest.raises(UnreadableError, match="interrupted"):
        media_hash(path)
    assert next(asked, None) is None
    assert len(media_hash(write_film(tmp_path / "small.mp4", frames=2))) == 32


@pytest.mark.parametrize(
    ("name", "size", "codec", "seconds"),
    [
        ("av1.mkv", (640, 360), "av1", 5),
        ("big_buck_bunny_0_30.webm", (1280, 720), "vp8", 30),
        ("fades.mp4", (480, 320), "mpeg4", 10),
        ("tc_bt709_full_range.mp4", (1280, 720), "h264", 1),
        ("tc_h264_10bits.mp4", (200, 200), "h264", 1),
        ("tc_h265_10bits.mp4", (200, 200), "hevc", 1),
        ("testvideo.mp4", (1280, 720), "h264", 24),
    ],
)
def test_real_files(name: str, size: tuple[int, int], codec: str, seconds: int, shared: Callable[[str], Path]) -> None:
    found = film(read_video(shared(f"video/{name}"), uri="x"))
    assert ((found.width, found.height), found.codec) == (size, codec)
    assert found.duration_ns is not None
    assert found.duration_ns // 1_000_000_000 == seconds
