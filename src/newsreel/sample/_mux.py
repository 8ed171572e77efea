"""Puts pictures into a video file, the same bytes every time: one thread, and nothing of the clock or of chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.codec.context import Flags
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from numpy.typing import NDArray

from newsreel.sample._film import FRAME_RATE, HEIGHT, WIDTH
from newsreel.sample._planes import Planes

__all__ = ["Encoding", "encode"]

_REACH = 64
"""The grain is one field, larger than the picture by this much and seen at another place in every frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How a film is stored."""

    codec: str
    options: Mapping[str, str]
    container_options: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    """What the container says of the film."""
    grain: float = 1.5
    """The standard deviation of the noise that a sensor or film adds, in steps of luminance."""


def encode(pictures: Iterable[Planes], path: Path, how: Encoding) -> None:
    """Writes a file in the format that its suffix names; an existing one is replaced."""
    random = np.random.default_rng(25)
    noise = np.rint(random.normal(0, how.grain, (HEIGHT + _REACH, WIDTH + _REACH))).astype(np.int16)
    options = {"fflags": "+bitexact", **how.container_options}
    with av.open(str(path), "w", container_options=options) as file:
        file.metadata.update(how.metadata)
        stream = cast(VideoStream, file.add_stream(how.codec, rate=FRAME_RATE, options=dict(how.options)))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.sample_aspect_ratio = Fraction(1)
        codec = stream.codec_context
        codec.thread_count = 1
        codec.flags |= Flags.bitexact.value
        codec.colorspace, codec.color_range = Colorspace.SMPTE170M, ColorRange.MPEG
        codec.color_primaries, codec.color_trc = ColorPrimaries.SMPTE170M, ColorTrc.SMPTE170M
        for number, picture in enumerate(pictures):
            down, across = (int(v) for v in random.integers(0, _REACH, 2))
            frame = _frame(picture, noise[down : down + HEIGHT, across : across + WIDTH])
            frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def _frame(picture: Planes, noise: NDArray[np.int16]) -> av.VideoFrame:
    """A frame in the encoder's format, with grain in its brightness."""
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    light = np.clip(np.asarray(picture.luma) + noise, 16, 235)
    for plane, content in zip(frame.planes, (light, picture.blue, picture.red), strict=True):
        stored = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(plane.height, plane.line_size)
        stored[:, : plane.width] = np.asarray(content)
    frame.colorspace, frame.color_range = Colorspace.SMPTE170M, ColorRange.MPEG
    return frame
