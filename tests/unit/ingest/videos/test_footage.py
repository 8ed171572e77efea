"""The pictures of a film: which, when, how they look."""

from __future__ import annotations

import errno
import gc
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import pytest
from tests.film_builders import Look, number_of, picture, scramble, write_film

from newsreel.ingest.videos import Footage, Frame, _opening

MS = 1_000_000
FORMATS: dict[str, dict[str, object]] = {
    "clip.mp4": {},
    "b-frames.mp4": {"options": {"bf": "3", "preset": "medium"}},
    "fragmented.mp4": {"gop": 5, "muxer_options": {"movflags": "frag_keyframe+empty_moov"}},
    "av1.mp4": {"codec": "libsvtav1"},
    "clip.mov": {"codec": "prores_ks", "pixels": "yuv422p10le"},
    "hevc.mkv": {"codec": "libx265", "pixels": "yuv420p10le"},
    "ffv1.mkv": {"codec": "ffv1"},
    "vp8.webm": {"codec": "libvpx"},
    "vp9.webm": {"codec": "libvpx-vp9"},
    "streamed.webm": {"codec": "libvpx", "muxer_options": {"live": "1"}},
    "clip.ts": {"options": {"bf": "3"}},
    "clip.m2ts": {"muxer": "mpegts", "muxer_options": {"mpegts_m2ts_mode": "1"}},
    "clip.mpg": {"codec": "mpeg2video", "options": {"bf": "2"}},
    "clip.avi": {"codec": "mpeg4", "options": {"bf": "2"}},
    "h264.avi": {"options": {"bf": "3"}},
    "clip.mxf": {"codec": "mpeg2video"},
    "clip.flv": {},
    "clip.wmv": {"codec": "msmpeg4", "muxer": "asf"},
    "raw.h264": {"options": {"bf": "3"}},
    "raw.m2v": {"codec": "mpeg2video", "muxer": "mpeg2video"},
}


def read(path: Path, **options: float) -> tuple[list[Frame], Footage]:
    with Footage(path, **options) as footage:
        return list(footage.frames()), footage


@pytest.mark.parametrize("name", FORMATS)
def test_every_picture_comes_once_in_order_and_on_time(name: str, tmp_path: Path) -> None:
    frames, footage = read(write_film(tmp_path / name, frames=12, **FORMATS[name]))  # type: ignore[arg-type]
    assert [number_of(frame.small) for frame in frames] == list(range(12))
    assert [frame.number for frame in frames] == list(range(12))
    assert [frame.time_ns for frame in frames] == [number * 40 * MS for number in range(12)]
    assert (footage.end_ns, footage.losses, footage.frame_rate) == (480 * MS, (), 25)
    assert footage.film.hasty


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_an_uneven_film_keeps_its_own_times(name: str, tmp_path: Path) -> None:
    stamps = [0, 10, 40, 90, 5_000, 5_001, 9_000]
    frames, footage = read(write_film(tmp_path / name, frames=len(stamps), stamps=stamps))
    assert [frame.time_ns for frame in frames] == [stamp * MS for stamp in stamps]
    assert footage.losses == ()


def test_times_are_exact_where_the_rate_is_no_whole_number(tmp_path: Path) -> None:
    frames, _ = read(write_film(tmp_path / "ntsc.mp4", frames=5, rate=Fraction(30000, 1001)))
    assert [frame.time_ns for frame in frames] == [0, 33366667, 66733333, 100100000, 133466667]


LATE: dict[str, dict[str, object]] = {
    "late.mp4": {},
    "b-frames.mp4": {"options": {"bf": "3", "preset": "medium"}},
    "fragmented.mp4": {"muxer_options": {"movflags": "frag_keyframe+empty_moov+delay_moov"}},
    "late.mov": {},
    "late.mkv": {},
    "late.webm": {"codec": "libvpx"},
    "sound.mp4": {"sound_s": 3.0},
    "sound.mkv": {"sound_s": 3.0},
}


@pytest.mark.parametrize("name", LATE)
def test_where_browsers_play_it_the_clock_starts_at_the_files_own_zero(name: str, tmp_path: Path) -> None:
    stamps = [2_000 + 40 * number for number in range(20)]
    frames, footage = read(write_film(tmp_path / name, frames=20, stamps=stamps, **LATE[name]))  # type: ignore[arg-type]
    assert [frame.time_ns // MS for frame in frames] == stamps
    assert (footage.end_ns // MS, footage.losses) == (2_800, ())
    assert footage.film.duration_ns is not None
    assert footage.film.duration_ns // MS == 2_800 or not footage.film.is_alone


@pytest.mark.parametrize("name", ["late.ts", "late.flv", "late.wmv"])
def test_elsewhere_the_clock_starts_with_the_earliest_stream(name: str, tmp_path: Path) -> None:
    options = {"codec": "msmpeg4", "muxer": "asf"} if name == "late.wmv" else {}
    stamps = [2_000 + 40 * number for number in range(20)]
    frames, footage = read(write_film(tmp_path / name, frames=20, stamps=stamps, **options))
    assert [frame.time_ns // MS for frame in frames] == [stamp - 2_000 for stamp in stamps]
    assert (footage.film.duration_ns, footage.losses) == (800 * MS, ())


def test_pictures_before_zero_start_the_clock_and_sound_before_zero_does_not(tmp_path: Path) -> None:
    early: dict[str, object] = {"output_ts_offset": "-0.5", "avoid_negative_ts": "disabled"}
    stamps = [40 * number for number in range(20)]
    pictures = write_film(tmp_path / "a.webm", codec="libvpx", frames=20, muxer_options=early)  # type: ignore[arg-type]
    frames, footage = read(pictures)
    assert [frame.time_ns // MS for frame in frames] == stamps
    assert (footage.film.duration_ns, footage.end_ns, footage.losses) == (800 * MS, 800 * MS, ())
    later = [500 + stamp for stamp in stamps]
    sound = write_film(
        tmp_path / "b.webm",
        codec="libvpx",
        frames=20,
        stamps=later,
        sound_s=1.3,
        muxer_options=early,  # type: ignore[arg-type]
    )
    assert [frame.time_ns // MS for frame in read(sound)[0]] == stamps


def test_small_pictures_are_those_of_ffmpegs_own_scaler(shared: Callable[[str], Path]) -> None:
    path = shared("video/fades.mp4")
    with av.open(str(path)) as container, Footage(path) as footage:
        stream = container.streams.video[0]
        graph = av.filter.Graph()
        graph.link_nodes(
            graph.add_buffer(template=stream),
            graph.add("scale", "48:27:flags=bicubic"),
            graph.add("format", "rgb24"),
            graph.add("buffersink"),
        ).configure()
        for decoded, frame in zip(container.decode(stream), footage.frames(), strict=False):
            graph.push(decoded)
            assert np.array_equal(graph.pull().to_ndarray(), frame.small)
            if frame.number == 60:
                break


def upright(degrees: int, mirrored: bool) -> np.ndarray:
    """What a player shows of `picture(5)` noted to be turned so."""
    turned = np.rot90(picture(5), degrees // 90)
    return turned[:, ::-1] if mirrored else turned


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_pictures_stand_upright(degrees: int, mirrored: bool, tmp_path: Path) -> None:
    draw = lambda _: picture(5)  # noqa: E731
    path = write_film(tmp_path / "phone.mov", frames=1, draw=draw, rotation=degrees, mirrored=mirrored)
    (frame,), _ = read(path)
    wanted = upright(degrees, mirrored)
    assert frame.size == (wanted.shape[1], wanted.shape[0])
    shown = frame.picture(64)
    assert shown.shape == wanted.shape
    assert np.abs(shown.astype(int) - wanted).mean() < 12
    rows, columns = (np.arange(27) * wanted.shape[0]) // 27, (np.arange(48) * wanted.shape[1]) // 48
    assert np.abs(frame.small.astype(int) - wanted[rows][:, columns]).mean() < 30


def test_pixels_are_made_square_and_pictures_never_enlarged(tmp_path: Path) -> None:
    (frame, *_), _ = read(write_film(tmp_path / "pal.mpg", codec="mpeg2video", pixel_aspect=Fraction(4, 3)))
    assert frame.size == (85, 48)
    assert frame.picture(1000).shape == (48, 85, 3)
    assert frame.picture(40).shape == (23, 40, 3)


@pytest.mark.parametrize(
    ("matrix", "full", "pixels"),
    [
        ("bt709", False, "yuv420p"),
        ("smpte170m", False, "yuv420p"),
        ("bt709", True, "yuv420p"),
        ("bt709", False, "yuv420p10le"),
    ],
)
def test_colours_are_as_the_stream_means_them(matrix: str, full: bool, pixels: str, tmp_path: Path) -> None:
    """Red and blue encoded by one matrix and range and decoded by another would be visibly off."""
    code = {"bt709": 1, "smpte170m": 6}[matrix]
    options = {"colorspace": matrix, "color_range": "pc" if full else "tv", "qp": "1"}
    path = tmp_path / "colours.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={**options, "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixels
        drawn = np.zeros((48, 64, 3), np.uint8)
        drawn[:, :32], drawn[:, 32:] = (200, 30, 30), (30, 30, 200)
        rgb = av.VideoFrame.from_ndarray(drawn, format="rgb24")
        frame = rgb.reformat(format=pixels, dst_colorspace={1: 1, 6: 5}[code], dst_color_range=2 if full else 1)
        frame.colorspace, frame.color_range, frame.pts = code, 2 if full else 1, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    (decoded,), _ = read(path)
    for shown in (decoded.picture(64), decoded.small):
        height, width, _ = shown.shape
        assert np.abs(shown[height // 2, width // 4].astype(int) - (200, 30, 30)).max() <= 4
        assert np.abs(shown[height // 2, width * 3 // 4].astype(int) - (30, 30, 200)).max() <= 4


def test_an_interlaced_picture_shows_one_moment(tmp_path: Path) -> None:
    drawn = np.zeros((48, 64, 3), np.uint8)
    drawn[::2] = 200  # the other lines, taken later, are black
    path = write_film(
        tmp_path / "a.mkv",
        frames=2,
        draw=lambda _: drawn,
        options={"x264-params": "tff=1", "qp": "1", "preset": "fast"},
    )
    shown = read(path)[0][0].picture(64)
    assert shown.shape == (48, 64, 3)
    assert shown.min() > 180


@pytest.mark.parametrize(("curve", "white"), [(16, 0.58), (18, 0.75)])
def test_high_dynamic_range_is_brought_down_to_a_screen(curve: int, white: float, tmp_path: Path) -> None:
    """Paper white, which PQ and HLG code so (ITU-R BT.2408), is nearly white, and blacks stay black."""
    path = tmp_path / "hdr.mkv"
    with av.open(str(path), "w") as container:
        # Of fewer frames than it holds back for B frames, x265 makes up the decoding time.
        quick = {"preset": "ultrafast", "bf": "0", "x265-params": "log-level=none"}
        stream = container.add_stream("libx265", rate=25, options=quick)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p10le"
        context = stream.codec_context
        context.color_trc, context.color_primaries, context.colorspace, context.color_range = curve, 9, 9, 1
        coded = np.zeros((48, 64, 3), np.uint16)
        coded[:, 32:] = int(white * 65_535)
        frame = av.VideoFrame.from_ndarray(coded, format="rgb48le").reformat(format="yuv420p10le", dst_colorspace=9)
        frame.pts = 0
        container.mux([*stream.encode(frame), *stream.encode(None)])
    shown = read(path)[0][0].picture(64)
    assert shown[:, :28].max() < 30
    assert 225 < shown[:, 36:].min() <= shown[:, 36:].max() < 250


def test_a_stream_may_change_its_size(tmp_path: Path) -> None:
    first = write_film(tmp_path / "first.ts", frames=6)
    second = write_film(tmp_path / "second.ts", Look(frames=6, size=(96, 64), first_number=6))
    path = tmp_path / "both.ts"
    path.write_bytes(first.read_bytes() + second.read_bytes())
    frames, _ = read(path)
    assert [number_of(frame.small) for frame in frames] == list(range(12))
    assert {frame.size for frame in frames} == {(64, 48), (96, 64)}


def test_frames_outlive_their_reading_and_a_second_reading_is_the_same(tmp_path: Path) -> None:
    with Footage(write_film(tmp_path / "clip.mp4", frames=5)) as footage:
        first, again = list(footage.frames()), list(footage.frames())
    assert [number_of(frame.picture(64)) for frame in first] == [0, 1, 2, 3, 4]
    assert all(np.array_equal(one.small, two.small) for one, two in zip(first, again, strict=True))


def test_a_reading_ends_where_its_footage_is_closed(tmp_path: Path) -> None:
    with Footage(write_film(tmp_path / "clip.mp4", frames=30)) as footage:
        frames = footage.frames()
        first = next(frames)
    assert list(frames) == []
    assert number_of(first.picture(64)) == 0


def test_the_time_limit_ends_a_reading_and_says_so(tmp_path: Path) -> None:
    frames, footage = read(write_film(tmp_path / "clip.mp4", frames=50), limit_s=0.0)
    assert len(frames) < 50
    assert "time limit" in footage.losses[0]
    assert footage.may_find_more


def test_only_a_limit_or_an_unread_place_leaves_more_to_be_found(tmp_path: Path) -> None:
    path = write_film(tmp_path / "clip.ts", frames=50, gop=10)
    assert not read(path)[1].may_find_more
    damaged = read(scramble(path, 0.5, 0.6))[1]
    assert damaged.losses
    assert not damaged.may_find_more


def test_a_place_that_the_disk_does_not_give_may_be_read_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_film(tmp_path / "clip.ts", frames=200, gop=10, size=(640, 480))
    broken_from = [path.stat().st_size]

    class Failing(_opening._Bytes):
        def __init__(self, file: BinaryIO) -> None:
            super().__init__(file)
            self.read = self.intact

        def intact(self, count: int) -> bytes:
            if self._file.tell() > broken_from[0]:
                raise OSError(errno.EIO, "the disk gave nothing")
            return self._file.read(count)

    monkeypatch.setattr(_opening, "_Bytes", Failing)
    monkeypatch.setattr(_opening, "_BUFFER_BYTES", 4096)
    with Footage(path) as footage:
        broken_from[0] //= 2
        frames = list(footage.frames())
    assert 0 < len(frames) < 200
    assert footage.may_find_more


def test_nothing_is_kept_of_a_picture_once_the_next_is_asked_for(tmp_path: Path) -> None:
    """Not even until the garbage collector comes: a few seconds of 8K would be gigabytes."""

    def alive() -> int:
        return sum(type(one) is av.VideoFrame for one in gc.get_objects())

    path = write_film(tmp_path / "clip.mp4", frames=40)
    gc.collect()
    gc.disable()
    try:
        with Footage(path) as footage:
            before = alive()
            for _ in footage.frames():
                pass
            assert alive() - before <= 6  # the last one's, and the one whose turn was looked up
    finally:
        gc.enable()
