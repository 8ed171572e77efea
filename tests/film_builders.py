"""Films made on the spot: tiny, in any container and codec, whole or damaged; `write_film(tmp_path / "clip.mp4")`.

Each picture tells its number (`number_of`), so that a test sees which one it was given, whatever the codec did to it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

os.environ["SVT_LOG"] = "-1"  # that encoder speaks to stderr
WIDTH, HEIGHT, RATE = 64, 48, 25
_BITS = 8


def picture(number: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Below a strip that is red on the left and blue on the right, `number` in eight bits: white columns and black."""
    drawn = np.zeros((height, width, 3), np.uint8)
    drawn[: height // 3, : width // 2] = (220, 30, 20)
    drawn[: height // 3, width // 2 :] = (20, 40, 220)
    for bit in range(_BITS):
        left, right = bit * width // _BITS, (bit + 1) * width // _BITS
        drawn[height // 3 :, left:right] = 230 if number >> bit & 1 else 25
    return drawn


def number_of(pixels: np.ndarray) -> int:
    """The number that a picture of any size tells, modulo 256."""
    height, width, _ = pixels.shape
    row = pixels[height * 2 // 3].mean(axis=1)
    return sum(1 << bit for bit in range(_BITS) if row[int((bit + 0.5) * width / _BITS)] > 127)


def shots(*lengths: int, width: int = WIDTH, height: int = HEIGHT) -> Callable[[int], np.ndarray]:
    """For `draw=`: still shots of so many pictures, each of another colour, with hard cuts between them."""
    colours = [(200, 60, 40), (40, 120, 60), (60, 80, 200), (220, 200, 60), (120, 40, 140)]
    ends = np.cumsum(lengths)

    def draw(number: int) -> np.ndarray:
        shot = int(np.searchsorted(ends, number, side="right"))
        drawn = np.full((height, width, 3), colours[shot % len(colours)], np.uint8)
        drawn[height // 4 : height // 2, (shot * 7) % (width // 2) :][:, : width // 4] = 255
        return drawn

    return draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One stream of pictures."""

    codec: str = "libx264"
    frames: int = 20
    size: tuple[int, int] = (WIDTH, HEIGHT)
    pixels: str = "yuv420p"
    rate: Fraction | int = RATE
    stamps: Sequence[int] | None = None
    """When each picture is shown, in milliseconds; evenly by the rate where None."""
    gop: int | None = None
    rotation: int = 0
    """Counter-clockwise degrees, as a phone notes them."""
    mirrored: bool = False
    pixel_aspect: Fraction | None = None
    draw: Callable[[int], np.ndarray] | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    disposition: Disposition = Disposition.default
    first_number: int = 0


def write_film(
    path: Path,
    *looks: Look,
    metadata: Mapping[str, str] | None = None,
    sound_s: float = 0,
    muxer: str | None = None,
    muxer_options: Mapping[str, str] | None = None,
    **one: object,
) -> Path:
    """A film of these streams, or of one that the other arguments describe (see `Look`); `frames=0` leaves it out."""
    looks = looks or (Look(**one),)  # type: ignore[arg-type]
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format=muxer, options=dict(muxer_options or {})) as container:
        container.metadata.update(metadata or {})
        streams = [(look, _stream(container, look)) for look in looks if look.frames]
        if sound_s:
            _sound(container, sound_s)
        for look, stream in streams:
            _pictures(container, stream, look)
    return path


def _stream(container: OutputContainer, look: Look) -> VideoStream:
    quick = {"preset": "ultrafast", "bf": "0"} if look.codec in ("libx264", "libx265") else {}
    quick |= {"x265-params": "log-level=none"} if look.codec == "libx265" else {}
    quick |= {"preset": "8", "crf": "20", "svtav1-params": "lp=1"} if look.codec == "libsvtav1" else {}
    quick |= {"deadline": "realtime", "cpu-used": "8"} if look.codec.startswith("libvpx") else {}
    stream = container.add_stream(look.codec, rate=look.rate, options={**quick, **look.options})
    stream.width, stream.height = look.size
    stream.pix_fmt = look.pixels
    stream.codec_context.thread_count = 1
    if look.stamps is not None:
        stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
    if look.gop:
        stream.codec_context.gop_size = look.gop
    if look.pixel_aspect:
        stream.codec_context.sample_aspect_ratio = look.pixel_aspect
    if look.rotation or look.mirrored:
        stream.set_display_rotation(look.rotation, hflip=look.mirrored)
    stream.disposition = look.disposition
    return stream


def _pictures(container: OutputContainer, stream: VideoStream, look: Look) -> None:
    for number in range(look.frames):
        drawn = look.draw(number) if look.draw else picture(look.first_number + number, *look.size)
        frame = VideoFrame.from_ndarray(drawn, format="rgb24").reformat(format=look.pixels)
        frame.pts = number if look.stamps is None else look.stamps[number]
        frame.time_base = 1 / Fraction(look.rate) if look.stamps is None else Fraction(1, 1000)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _sound(container: OutputContainer, seconds: float) -> None:
    codec = "libopus" if container.format.name == "webm" else "aac"
    stream = container.add_stream(codec, rate=48_000)
    for number in range(int(seconds * 48_000 / 960)):
        frame = AudioFrame.from_ndarray(np.zeros((1, 960), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 48_000, number * 960
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def cut_short(path: Path, share: float) -> Path:
    """The file without its end."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def scramble(path: Path, start: float, end: float) -> Path:
    """Noise over a part of the file, given as shares of it; the same noise every time."""
    data = bytearray(path.read_bytes())
    at, to = int(len(data) * start), int(len(data) * end)
    data[at:to] = np.random.default_rng(7).bytes(to - at)
    path.write_bytes(data)
    return path


def jumping(path: Path, *, to_s: int, frames: int = 20) -> Path:
    """A broadcast stream whose clock jumps to `to_s` seconds after `frames` pictures; as many follow."""
    first, second = path.with_name("first.part"), path.with_name("second.part")
    write_film(first, frames=frames, muxer="mpegts")
    stamps = [to_s * 1000 + number * 40 for number in range(frames)]
    write_film(second, frames=frames, stamps=stamps, first_number=frames, muxer="mpegts")
    path.write_bytes(first.read_bytes() + second.read_bytes())
    first.unlink(), second.unlink()
    return path
