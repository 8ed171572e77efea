"""What an editor skips, frame by frame: black, colour bars, and the same picture again and again.

Everything is judged by integers of single frames, in the order in which they are shown, so that a film that is taken up
gives the same marks as one that was never left.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from newsreel.core.shots import Mark, MarkKind
from newsreel.core.times import NS_PER_S, TimeRange

__all__ = ["Detail", "Looks", "Marker", "grey", "has_bars", "is_black"]

Pixels = npt.NDArray[np.uint8]
Detail = npt.NDArray[np.uint8]
"""`[height, width]`: a picture in grey, in which more can be told apart than in 48 x 27."""

SHORTEST_NS = {MarkKind.BLACK: NS_PER_S // 10, MarkKind.BARS: NS_PER_S // 2, MarkKind.FREEZE: 2 * NS_PER_S}

_BLACK = 24
"""The brightest of a black frame's 27 x 48 tiles: video black is 0 here, and noise or a poor transfer lifts it. A lamp
in the night is brighter even though a tile is the mean of some thousand pixels."""
_SPECK = 64
"""The brightest spot of a black picture seen in detail: stars and far-off windows are lost in tiles."""

_ON, _OFF = 112, 84
"""A channel of a bar is one or the other: 75 % bars are 191 and 0, and the matrix of another standard shifts them."""
_BARS = (0b111, 0b110, 0b011, 0b010, 0b101, 0b100, 0b001)
"""White (or grey), yellow, cyan, green, magenta, red, blue: the order of EBU's and SMPTE's bars, as bits of R, G, B."""
_NARROWEST, _MOST_UNEVEN = 3, 2
_ROWS = 5
"""In so many of 27 rows the seven bars can be seen: SMPTE's fill two thirds, and an ident or a clock may cover some."""

_STILL_TILE, _STILL_MEAN = 6, 1.0
"""A frozen picture's tiles differ from its first frame's by no more than coding does from one keyframe to the next."""
_STILL_DETAIL = 12
"""The same in detail, where something small may move in a view that is otherwise still."""


def grey(pixels: Pixels) -> Pixels:
    """`[..., height, width]` of RGB `[..., height, width, 3]`."""
    red, green, blue = (pixels[..., channel].astype(np.uint16) for channel in range(3))
    made: Pixels = ((77 * red + 150 * green + 29 * blue) >> 8).astype(np.uint8)
    return made


def is_black(tiles: Pixels) -> bool:
    """Whether a grey frame `[27, 48]` is black, with or without blacker borders. A night scene is not."""
    return bool(tiles.max() <= _BLACK)


def has_bars(small: Pixels) -> bool:
    """Whether a frame `[27, 48, 3]` shows a test card of vertical colour bars, EBU's or SMPTE's, also below an ident.

    All seven colours, in their order, about equally wide: no flag has them, and no wall.
    """
    magenta = (small[..., 0] >= _ON) & (small[..., 1] <= _OFF) & (small[..., 2] >= _ON)
    if np.count_nonzero(magenta) < _ROWS * _NARROWEST:  # as in almost every other picture
        return False
    on, off = small >= _ON, small <= _OFF
    code = np.where((on | off).all(axis=-1), on @ np.array([4, 2, 1]), -1)
    bars = code[:, :, np.newaxis] == np.array(_BARS)  # [27, 48, 7]
    widths = bars.sum(axis=1)
    wide = (widths >= _NARROWEST).all(axis=1) & (widths.max(axis=1) <= _MOST_UNEVEN * widths.min(axis=1))
    if np.count_nonzero(wide) < _ROWS:
        return False
    first, last = bars[wide].argmax(axis=1), 47 - bars[wide][:, ::-1].argmax(axis=1)
    return int(np.count_nonzero((last[:, :-1] < first[:, 1:]).all(axis=1))) >= _ROWS


@dataclass(frozen=True, slots=True)
class Looks:
    """What marks are made of: one frame."""

    time_ns: int
    small: Pixels
    """`[27, 48, 3]`."""
    detail: Detail | None
    """Of every few frames."""


class Marker:
    """Frames of one shot, in order, to its marks. It holds one frame, whatever the shot's length."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        """Those that are over."""
        self._empty: tuple[MarkKind, int] | None = None
        """Black or bars, and since when."""
        self._seen_black: bool | None = None
        """What the last frame said that was seen in detail: that there is nothing in the dark."""
        self._still_since = 0
        self._tiles: Pixels | None = None
        """The frame, in grey, that all since are the same as; None where nothing was seen yet, or nothing to see."""
        self._detail: Detail | None = None

    def take(self, frame: Looks) -> None:
        """The shot's next frame."""
        tiles = grey(frame.small)
        empty = self._nothing_in(frame, tiles)
        if self._empty and empty is not self._empty[0]:
            self._end_empty(frame.time_ns)
        if empty is not None:
            self._end_still(frame.time_ns)
            self._empty = self._empty or (empty, frame.time_ns)
        elif not self._is_same(tiles, frame.detail):
            self._end_still(frame.time_ns)
            self._still_since, self._tiles, self._detail = frame.time_ns, tiles, frame.detail
        elif self._detail is None:
            self._detail = frame.detail

    def finish(self, end_ns: int) -> list[Mark]:
        """The shot ends here; the next begins."""
        self._end_empty(end_ns)
        self._end_still(end_ns)
        made, self.marks, self._seen_black = self.marks, [], None
        return made

    def to_json(self) -> dict[str, Any]:
        """What it holds beside `marks`, to go on from there."""
        return {
            "empty": self._empty,
            "seen_black": self._seen_black,
            "still_since": self._still_since,
            "tiles": _written(self._tiles),
            "detail": _written(self._detail),
        }

    @classmethod
    def from_json(cls, said: dict[str, Any], marks: list[Mark]) -> Self:
        """What `to_json` wrote, and the marks that were over."""
        marker = cls()
        marker.marks = marks
        marker._empty = (MarkKind(said["empty"][0]), said["empty"][1]) if said["empty"] else None
        marker._seen_black = said["seen_black"]
        marker._still_since = said["still_since"]
        marker._tiles, marker._detail = _read(said["tiles"]), _read(said["detail"])
        return marker

    def _is_same(self, tiles: Pixels, detail: Detail | None) -> bool:
        if self._tiles is None:
            return False
        apart = _apart(tiles, self._tiles)
        if apart.max() > _STILL_TILE or apart.mean() > _STILL_MEAN:
            return False
        if detail is None or self._detail is None:
            return True
        return detail.shape == self._detail.shape and bool(_apart(detail, self._detail).max() <= _STILL_DETAIL)

    def _nothing_in(self, frame: Looks, tiles: Pixels) -> MarkKind | None:
        if not is_black(tiles):
            self._seen_black = None
            return MarkKind.BARS if has_bars(frame.small) else None
        if frame.detail is not None:
            self._seen_black = bool(frame.detail.max() <= _SPECK)
            if self._empty and not self._seen_black:
                self._empty = None  # it only seemed black
        return None if self._seen_black is False else MarkKind.BLACK

    def _end_empty(self, at_ns: int) -> None:
        if self._empty:
            self._note(*self._empty, at_ns)
        self._empty = None

    def _end_still(self, at_ns: int) -> None:
        if self._tiles is not None:
            self._note(MarkKind.FREEZE, self._still_since, at_ns)
        self._tiles = self._detail = None

    def _note(self, kind: MarkKind, start_ns: int, end_ns: int) -> None:
        if end_ns - start_ns >= SHORTEST_NS[kind]:
            self.marks.append(Mark(kind, TimeRange(start_ns, end_ns)))


def _apart(one: Pixels, other: Pixels) -> npt.NDArray[np.int16]:
    apart: npt.NDArray[np.int16] = np.abs(one.astype(np.int16) - other)
    return apart


def _written(pixels: Pixels | None) -> dict[str, Any] | None:
    return None if pixels is None else {"shape": pixels.shape, "pixels": b64encode(pixels.tobytes()).decode()}


def _read(said: dict[str, Any] | None) -> Pixels | None:
    return None if said is None else np.frombuffer(b64decode(said["pixels"]), np.uint8).reshape(said["shape"])
