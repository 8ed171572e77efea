"""Where a film is silent, whatever its sound is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from tests.film_builders import scramble, write_film

from newsreel.core.times import NS_PER_S
from newsreel.ingest.videos import silences

RATE = 16_000
LOUD, QUIET, HISS = 0.1, 0.0, 0.001  # of full scale: -23, none, -63 dBFS
Part = tuple[float, float | None]


def film(path: Path, *parts: Part, codec: str = "pcm_s16le", sample: str = "s16", layout: str = "mono") -> Path:
    """A picture a second, and a tone in its last channel: so long so loud, one after the other; None leaves it out."""
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("mpeg4", rate=1)
        pictures.width, pictures.height, pictures.pix_fmt = 32, 32, "yuv420p"
        sound = container.add_stream(codec, rate=RATE, layout=layout, format=sample)
        for number in range(int(sum(length for length, _ in parts))):
            picture = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
            picture.pts, picture.time_base = number, Fraction(1)
            container.mux(pictures.encode(picture.reformat(format="yuv420p")))
        container.mux(pictures.encode(None))
        for block in [*_blocks(parts, len(sound.layout.channels), layout), None]:
            container.mux(sound.encode(block))  # PyAV makes of it what the codec takes
    return path


def _blocks(parts: Sequence[Part], channels: int, layout: str) -> Iterator[AudioFrame]:
    at = 0
    for seconds, level in parts:
        end = at + int(seconds * RATE)
        for start in range(at, end if level is not None else at, RATE // 10):
            samples = np.zeros((channels, RATE // 10), np.float32)
            samples[-1] = level * np.sin(np.arange(start, start + RATE // 10) * 440 * 2 * np.pi / RATE)
            block = AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
            block.sample_rate, block.pts = RATE, start
            yield block
        at = end


def found(path: Path) -> list[tuple[float, float]]:
    return [(one.start_ns / NS_PER_S, one.end_ns / NS_PER_S) for one in silences(path, 60)]


@pytest.mark.parametrize(
    ("name", "codec", "sample", "layout"),
    [
        ("a.mov", "pcm_s16le", "s16", "mono"),
        ("a.mov", "pcm_u8", "u8", "stereo"),
        ("a.mkv", "pcm_f32le", "flt", "5.1"),
        ("a.mkv", "flac", "s32", "mono"),
        ("a.mp4", "aac", "fltp", "5.1"),
        ("a.ts", "mp2", "s16", "stereo"),
    ],
)
def test_silence_of_two_seconds_is_found_and_a_pause_is_not(
    name: str, codec: str, sample: str, layout: str, tmp_path: Path
) -> None:
    parts = [(1, LOUD), (1.5, QUIET), (1.5, LOUD), (3, QUIET), (1, LOUD)]
    path = film(tmp_path / name, *parts, codec=codec, sample=sample, layout=layout)
    ((start, end),) = found(path)
    assert start == pytest.approx(4, abs=0.15)
    assert end == pytest.approx(7, abs=0.15)


def test_hiss_is_silence_and_speech_in_one_of_six_channels_is_not(tmp_path: Path) -> None:
    quiet = film(tmp_path / "a.mkv", (3, HISS), (1, LOUD), codec="pcm_f32le", sample="flt", layout="5.1")
    assert found(quiet) == [(0, 3)]
    spoken = film(tmp_path / "b.mkv", (3, 0.006), codec="pcm_f32le", sample="flt", layout="5.1")  # -47 dBFS
    assert found(spoken) == []


def test_where_the_sound_is_missing_there_is_silence(tmp_path: Path) -> None:
    path = write_film(tmp_path / "short.mkv", frames=4, rate=1, sound_s=1.5)
    assert found(path) == [(0, 4)]  # the sound ends, the film does not
    assert found(write_film(tmp_path / "mute.mkv", frames=4, rate=1)) == []
    gap = film(tmp_path / "gap.mkv", (1, LOUD), (3, None), (1, LOUD))
    ((start, end),) = found(gap)
    assert (round(start, 1), round(end, 1)) == (1, 4)


def test_times_are_on_the_clock_of_the_pictures(tmp_path: Path) -> None:
    """Which starts with the sound here, two seconds before the first picture."""
    stamps = [2_000 + 1_000 * number for number in range(4)]
    options = {"output_ts_offset": "5"}
    path = write_film(tmp_path / "a.ts", frames=4, stamps=stamps, sound_s=4, muxer_options=options)
    ((start, end),) = found(path)
    assert (start, round(end)) == (0, 6)


def test_damage_costs_what_it_damages(tmp_path: Path) -> None:
    parts = [(4, QUIET), (1, LOUD), (4, QUIET)]
    path = scramble(film(tmp_path / "a.mkv", *parts, codec="aac", sample="fltp"), 0.45, 0.55)
    stretches = found(path)
    assert stretches
    assert stretches[0][0] == 0
    assert round(stretches[-1][1]) == 9
    assert all(end - start >= 2 for start, end in stretches)


def test_the_time_limit_ends_it(tmp_path: Path) -> None:
    assert silences(film(tmp_path / "a.mov", (3, QUIET)), 0) == ()
