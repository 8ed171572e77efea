"""Reading resumed at any position gives what an unbroken reading gives from there on, to the last pixel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.film_builders import Look, jumping, scramble, write_film

from newsreel.ingest.videos import Footage, Frame, Position

OPEN_GOP = {"x264-params": "open-gop=1:keyint=12:bframes=3:scenecut=0", "bf": "3", "preset": "medium"}
MAKERS: dict[str, Callable[[Path], Path]] = {
    "short-gop.mp4": lambda p: write_film(p, frames=90, gop=10, options={"bf": "2"}),
    "long-gop.mp4": lambda p: write_film(p, frames=90, gop=300),
    "open-gop.mp4": lambda p: write_film(p, frames=90, options=OPEN_GOP),
    "open-gop.ts": lambda p: write_film(p, frames=90, options=OPEN_GOP),
    "sound.ts": lambda p: write_film(p, frames=90, gop=10, sound_s=3.6),
    "clip.mkv": lambda p: write_film(p, codec="libx265", pixels="yuv420p10le", frames=90, gop=10),
    "clip.webm": lambda p: write_film(p, codec="libvpx-vp9", frames=90, gop=15),
    "clip.mov": lambda p: write_film(p, codec="prores_ks", pixels="yuv422p10le", frames=90),
    "clip.avi": lambda p: write_film(p, frames=90, gop=10, options={"bf": "3"}),
    "clip.mpg": lambda p: write_film(p, codec="mpeg2video", frames=90, gop=12, options={"bf": "2"}),
    "clip.mxf": lambda p: write_film(p, codec="mpeg2video", frames=90, gop=12),
    "raw.h264": lambda p: write_film(p, frames=90, gop=10),
    "jump-back.ts": lambda p: jumping(p, to_s=0, frames=60),
    "jump-forth.ts": lambda p: jumping(p, to_s=4000, frames=60),
    "damaged.mkv": lambda p: scramble(write_film(p, frames=90, gop=10), 0.5, 0.55),
    "damaged.webm": lambda p: scramble(_in_clusters(p), 0.5, 0.52),
    "damaged.ts": lambda p: scramble(write_film(p, frames=90, gop=10, options={"bf": "2"}), 0.5, 0.55),
    "late.mp4": lambda p: write_film(p, frames=90, gop=10, stamps=[70_000 + 40 * n for n in range(90)]),
    "late.mkv": lambda p: write_film(p, frames=90, gop=10, stamps=[2_000 + 40 * n for n in range(90)]),
    "uneven.mkv": lambda p: write_film(p, frames=90, gop=10, stamps=[n * n for n in range(90)]),
}


def _in_clusters(path: Path) -> Path:
    return write_film(path, codec="libvpx", frames=90, gop=30, muxer_options={"cluster_time_limit": "400"})


def same(one: Frame, other: Frame) -> bool:
    return (
        (one.number, one.time_ns, one.duration_ns) == (other.number, other.time_ns, other.duration_ns)
        and np.array_equal(one.small, other.small)
        and np.array_equal(one.picture(64), other.picture(64))
    )


@pytest.mark.parametrize("name", MAKERS)
def test_resuming_anywhere_is_as_if_never_stopped(name: str, tmp_path: Path) -> None:
    path = MAKERS[name](tmp_path / name)
    with Footage(path) as whole:
        frames = list(whole.frames())
        end_ns, losses = whole.end_ns, whole.losses
    assert len(frames) > 50
    with Footage(path) as footage:
        for number in [*range(0, len(frames), 23), len(frames) - 1]:
            position = Position.from_json(frames[number].position.to_json())
            assert position == frames[number].position
            resumed = list(footage.frames(resume=position))
            assert len(resumed) == len(frames) - number
            assert all(map(same, resumed, frames[number:]))
            assert (footage.end_ns, footage.losses) == (end_ns, losses)


@pytest.mark.parametrize(
    "name", ["short-gop.mp4", "open-gop.ts", "clip.mkv", "late.mp4", "late.mkv", "clip.mpg", "clip.mxf"]
)
def test_a_position_far_in_is_found_without_decoding_from_the_start(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = MAKERS[name](tmp_path / name)
    with Footage(path) as footage:
        position = next(frame.position for frame in footage.frames() if frame.number == 80)
    with Footage(path) as footage:
        monkeypatch.setattr(footage, "_from_start", lambda *_, **__: pytest.fail("decoded from the start"))
        assert next(footage.frames(resume=position)).number == 80


def test_a_position_of_another_picture_is_looked_up_by_its_number(tmp_path: Path) -> None:
    """As if the decoder had changed: what is certain is how many pictures came before."""
    with Footage(write_film(tmp_path / "a.mp4", frames=90, gop=10)) as footage:
        position = next(frame.position for frame in footage.frames() if frame.number == 80)
    with Footage(write_film(tmp_path / "b.mp4", Look(frames=90, gop=10, first_number=100))) as footage:
        assert [frame.number for frame in footage.frames(resume=position)] == list(range(80, 90))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"number": 1}', "null"])
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"position|JSON|Expecting"):
        Position.from_json(text)
