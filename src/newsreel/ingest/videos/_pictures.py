"""A decoded picture as arrays: upright, with square pixels, in RGB, whatever the stream's own geometry and colours."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from newsreel.ingest.videos._brightness import is_of_high_range, of_ordinary_range

__all__ = ["SMALL_HEIGHT", "SMALL_WIDTH", "Turn", "fingerprint", "scaled", "shown_size", "small"]

SMALL_WIDTH, SMALL_HEIGHT = 48, 27
_HD_HEIGHT = 720
"""From here on a stream that does not name its colour matrix is taken for BT.709, below for BT.601, as players do."""
_UNNAMED_MATRIX = 2
_ACCURATE = Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
_FINE = Interpolation.BICUBIC | _ACCURATE
_SHRINKING = Interpolation.AREA | _ACCURATE
"""Each pixel the mean of those it covers: as good from two to one on, and three times as fast."""
_WIDEST = 8

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Turn:
    """How a picture as it is stored must be turned to stand upright: first transposed, then mirrored either way."""

    transposed: bool = False
    left_right: bool = False
    top_bottom: bool = False

    @classmethod
    def of(cls, frame: VideoFrame) -> Turn:
        """By the frame's display matrix, to the nearest quarter.

        Not for every frame: asked for its side data, PyAV's frame refers to itself, and is freed late.
        """
        data: Any = frame.side_data.get("DISPLAYMATRIX")
        if data is None:
            return cls()
        a, b, _, c, d = np.frombuffer(bytes(data), np.int32)[:5].tolist()  # a point goes to (ax + cy, bx + dy)
        if abs(b) > abs(a):
            return cls(True, left_right=c < 0, top_bottom=b < 0)
        return cls(False, left_right=a < 0, top_bottom=d < 0)

    def apply(self, pixels: Pixels) -> Pixels:
        """The picture upright."""
        if self.transposed:
            pixels = pixels.transpose(1, 0, 2)
        if self.left_right:
            pixels = pixels[:, ::-1]
        if self.top_bottom:
            pixels = pixels[::-1]
        return np.ascontiguousarray(pixels)


def shown_size(width: int, height: int, pixel_aspect: Fraction | None, turn: Turn) -> tuple[int, int]:
    """Width and height as shown. A pixel aspect that no camera has is taken for a mistake."""
    if pixel_aspect is not None and Fraction(1, _WIDEST) <= pixel_aspect <= _WIDEST:
        width = max(1, round(width * pixel_aspect))
    return (height, width) if turn.transposed else (width, height)


def small(frame: VideoFrame, turn: Turn, reformatter: VideoReformatter) -> Pixels:
    """The whole picture upright, uint8 [27, 48, 3], as FFmpeg's bicubic scaler makes it."""
    width, height = (SMALL_HEIGHT, SMALL_WIDTH) if turn.transposed else (SMALL_WIDTH, SMALL_HEIGHT)
    made = reformatter.reformat(frame, width, height, "rgb24", interpolation=Interpolation.BICUBIC, threads=1)
    return turn.apply(_array(made))


def scaled(frame: VideoFrame, turn: Turn, size: tuple[int, int], max_side: int) -> Pixels:
    """The picture upright, uint8 [h, w, 3], within `max_side`; `size` is what it is shown at, never exceeded.

    Of an interlaced picture the lines of one moment, and what is brighter than a screen can be is brought down to it.
    """
    scale = min(1.0, max_side / max(size))
    width, height = (max(1, round(side * scale)) for side in size)
    if turn.transposed:
        width, height = height, width
    unnamed = frame.colorspace == _UNNAMED_MATRIX and frame.height >= _HD_HEIGHT
    high_range = is_of_high_range(frame)
    made = VideoReformatter().reformat(
        _top_field(frame) if frame.interlaced_frame and frame.height > 1 else frame,
        width,
        height,
        "rgb48le" if high_range else "rgb24",
        src_colorspace=Colorspace.ITU709 if unnamed else None,
        dst_color_range=ColorRange.JPEG,
        interpolation=_SHRINKING if frame.width >= 2 * width else _FINE,
        threads=1,  # the others have pictures of their own to make, and starting some for one costs more than it saves
    )
    if high_range:
        return turn.apply(of_ordinary_range(made.to_ndarray().astype(np.uint16, copy=False), frame.color_trc))
    return turn.apply(_array(made))


def _top_field(frame: VideoFrame) -> VideoFrame:
    """Every other line, which is half the height: the rest was taken later, and together they show combs."""
    graph = Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base or Fraction(1, 25)
    )
    graph.link_nodes(source, graph.add("field", "top"), graph.add("buffersink")).configure()
    graph.push(frame)
    field = graph.pull()
    if not isinstance(field, VideoFrame):
        raise ValueError("a field that is no picture")
    return field


def fingerprint(frame: VideoFrame, small: Pixels) -> int:
    """32 bits of the picture's full-size luma and of its small copy: whether two pictures are the same."""
    grey = VideoReformatter().reformat(frame, format="gray", interpolation=Interpolation.POINT)
    return zlib.crc32(small.tobytes(), zlib.crc32(grey.to_ndarray().tobytes()))


def _array(frame: VideoFrame) -> Pixels:
    return frame.to_ndarray().astype(np.uint8, copy=False)
