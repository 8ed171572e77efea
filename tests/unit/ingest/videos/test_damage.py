"""Damaged films: what can be decoded is, what cannot is accounted for, nothing hangs or raises anything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from av.stream import Disposition
from tests.film_builders import Look, cut_short, jumping, number_of, scramble, write_film

from newsreel.core.errors import UnreadableError
from newsreel.ingest.videos import Footage, _decoding, read_video

FASTSTART = {"movflags": "faststart"}
CENC = {
    "encryption_scheme": "cenc-aes-ctr",
    "encryption_key": "00112233445566778899aabbccddeeff",
    "encryption_kid": "00112233445566778899aabbccddeeff",
}
SPECS: dict[str, dict[str, object]] = {
    "clip.mp4": {"muxer_options": FASTSTART},
    "clip.mkv": {"muxer_options": {"cluster_time_limit": "400"}},
    "clip.webm": {"codec": "libvpx", "muxer_options": {"cluster_time_limit": "400"}},
    "clip.ts": {},
    "clip.avi": {},
    "clip.mpg": {"codec": "mpeg2video"},
    "clip.mxf": {"codec": "mpeg2video"},
}

MORE_SPECS = SPECS | {"clip.wmv": {"codec": "msmpeg4", "muxer": "asf"}, "clip.flv": {}}


def read(path: Path) -> tuple[list[int], list[int], tuple[str, ...]]:
    """The numbers that the pictures tell, their times, the losses."""
    with Footage(path, limit_s=60) as footage:
        frames = [(number_of(frame.small), frame.time_ns) for frame in footage.frames()]
        return [number for number, _ in frames], [at for _, at in frames], footage.losses


@pytest.mark.parametrize("name", SPECS)
def test_cut_short(name: str, tmp_path: Path) -> None:
    numbers, _, losses = read(cut_short(write_film(tmp_path / name, frames=100, gop=10, **SPECS[name]), 0.6))  # type: ignore[arg-type]
    assert numbers[:20] == list(range(20))
    assert len(numbers) < 100
    assert losses or name in ("clip.ts", "clip.mpg")  # whose own account of their length ends with them


@pytest.mark.parametrize("name", SPECS)
def test_damaged_in_the_middle(name: str, tmp_path: Path) -> None:
    path = write_film(tmp_path / name, frames=100, gop=10, **SPECS[name])  # type: ignore[arg-type]
    whole, _, _ = read(path)
    numbers, times, losses = read(scramble(path, 0.55, 0.65))
    assert whole == list(range(100))
    assert numbers[:10] == list(range(10))
    assert numbers[-10:] == list(range(90, 100))
    assert times == sorted(set(times))
    assert losses or name == "clip.mxf"  # whose damaged pictures the MPEG-2 decoder mends without a word


def test_pictures_that_are_missing_are_told_from_ones_that_never_were(tmp_path: Path) -> None:
    """None of them is a keyframe, which the index would list."""
    clusters = {"cluster_time_limit": "400"}
    path = write_film(tmp_path / "clip.webm", codec="libvpx", frames=90, gop=200, muxer_options=clusters)
    _, times, losses = read(scramble(path, 0.5, 0.52))
    assert 80 < len(times) < 90
    assert losses == ("missing: pictures in 1 place(s), where the file is damaged (at 0:01)",)
    stamps = [40 * number + 1_000 * (number // 20) for number in range(60)]
    still = write_film(tmp_path / "clip.mkv", frames=60, gop=200, stamps=stamps, sound_s=4, muxer_options=clusters)
    _, times, losses = read(still)
    assert (len(times), losses) == (60, ())


@pytest.mark.parametrize(("to_s", "direction"), [(4_000, "far forward"), (0, "back")])
def test_a_clock_that_jumps_is_bridged(to_s: int, direction: str, tmp_path: Path) -> None:
    numbers, times, losses = read(jumping(tmp_path / "live.ts", to_s=to_s))
    assert numbers == list(range(40))
    assert times == [number * 40_000_000 for number in range(40)]
    assert any("timestamps jump 1 time" in loss for loss in losses)


@pytest.mark.parametrize("fragment", [0, 5])
def test_a_time_that_no_film_reaches_is_not_believed(fragment: int, tmp_path: Path) -> None:
    """Times must stay within 64 bits of nanoseconds, to be kept."""
    path = write_film(tmp_path / "a.mp4", frames=100, gop=10, muxer_options={"movflags": "frag_keyframe+empty_moov"})
    data = bytearray(path.read_bytes())
    at = -1
    for _ in range(fragment + 1):
        at = data.index(b"tfdt", at + 1)
    assert data[at + 4] == 1  # of 64 bits
    data[at + 8 : at + 16] = (1 << 60).to_bytes(8, "big")
    path.write_bytes(data)
    _, times, _ = read(path)
    assert len(times) >= 10
    assert times[-1] < 2**63
    film = read_video(path, uri="file:a").film
    assert film is not None
    assert (film.duration_ns or 0) < 2**63


def test_thousands_of_packets_without_a_picture_end_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_decoding, "BARREN_PACKETS", 30)
    path = write_film(tmp_path / "clip.mp4", frames=100, gop=200, muxer_options=CENC)
    numbers, _, losses = read(path)
    assert numbers == []
    assert losses[0].startswith("encrypted (DRM): 30 packet(s)")
    assert "given up" in losses[1]


def _lacking_index(folder: Path) -> Path:
    return cut_short(write_film(folder / "clip.mp4", frames=50), 0.5)


def _with_an_absurd_box(folder: Path) -> Path:
    path = write_film(folder / "clip.mp4", frames=5)
    data = path.read_bytes()
    at = data.index(b"mdat") - 4
    path.write_bytes(data[:at] + b"\0\0\0\1mdat" + b"\xff" * 8 + data[at + 16 :])
    return path


def _without_packets(folder: Path) -> Path:
    path = write_film(folder / "clip.mp4", frames=1)
    data = path.read_bytes()  # a sample table without samples
    at = data.index(b"stsz")
    path.write_bytes(data[: at + 8] + bytes(8) + data[at + 16 :])
    return path


def _absurd(folder: Path) -> Path:
    path = write_film(folder / "clip.avi", frames=2, codec="rawvideo")
    data = bytearray(path.read_bytes())
    at = data.index(b"strf") + 12  # the picture's size, in the stream's header
    data[at : at + 8] = (7_000).to_bytes(4, "little") * 2
    path.write_bytes(data)
    return path


def _unknown_codec(folder: Path) -> Path:
    path = write_film(folder / "clip.mov", frames=2)
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))
    return path


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (
            lambda folder: write_film(folder / "a.mp4", frames=0, sound_s=0.2),
            "no pictures; Newsreel does not read audio",
        ),
        (
            lambda folder: write_film(folder / "a.webm", frames=0, sound_s=0.2),
            "no pictures; Newsreel does not read audio",
        ),
        (lambda folder: write_film(folder / "clip.mp4", muxer_options=CENC), r"encrypted \(DRM\)"),
        (_lacking_index, r"index \(moov\) is missing"),
        (_with_an_absurd_box, "copy it again"),
        (_without_packets, "without a single picture"),
        (_absurd, "larger than 40 million pixels"),
        (_unknown_codec, "codec is not one that FFmpeg decodes"),
        (lambda folder: scramble(write_film(folder / "clip.mkv"), 0.02, 1.0), "copy it again"),
    ],
)
def test_what_is_no_film_has_a_cause(
    make: Callable[[Path], Path], cause: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = make(tmp_path)
    with pytest.raises(UnreadableError, match=cause):
        read_video(path, uri="file:clip")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("name", MORE_SPECS)
def test_random_damage_never_hangs_or_raises_anything_else(
    name: str, seed: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_film(tmp_path / name, frames=30, gop=10, **MORE_SPECS[name])  # type: ignore[arg-type]
    rng = np.random.default_rng(seed)
    data = bytearray(path.read_bytes())
    for at in rng.integers(0, len(data) if seed % 2 else 600, 12):
        data[at] = int(rng.integers(256))
    path.write_bytes(data)
    try:
        read_video(path, uri="file:clip")
        _, times, _ = read(path)
        assert times == sorted(set(times))
    except UnreadableError:
        pass
    assert capfd.readouterr() == ("", "")


def test_a_cover_is_not_the_film(tmp_path: Path) -> None:
    cover = Look(codec="mjpeg", pixels="yuvj420p", frames=1, size=(640, 480), disposition=Disposition.attached_pic)
    item = read_video(write_film(tmp_path / "a.mp4", Look(frames=3), cover), uri="file:a")
    assert item.film is not None
    assert (item.film.codec, item.film.width) == ("h264", 64)
    with pytest.raises(UnreadableError, match="no pictures"):
        read_video(write_film(tmp_path / "song.mp4", cover, sound_s=0.2), uri="file:song")
