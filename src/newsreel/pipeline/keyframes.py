"""The picture that stands for a shot: sharp, not in a transition, and like what the shot mostly shows."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from newsreel.core.looks import look
from newsreel.pipeline.marks import Detail, grey, has_bars, is_black

__all__ = ["KEYFRAME_SIDE", "PICTURE_EVERY", "Candidate", "Candidates", "detail_of", "look_of", "sharpness"]

KEYFRAME_SIDE = 480
"""Longest side of a keyframe in pixels."""

PICTURE_EVERY = 5
"""Every so many frames one is looked at. No shot is shorter (`models.shots.boundaries.MIN_FRAMES`)."""

MOST_CANDIDATES = 8
"""So many pictures of a shot are kept, each the best of as long a stretch of it."""

SHARP_ENOUGH = 0.5
"""Of the sharpest's sharpness."""

_QUALITY = 82
_DETAIL_SIDE = 96

Picture = npt.NDArray[np.uint8]
"""`[height, width, 3]`, RGB."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture that may stand for its shot."""

    frame: int
    time_ns: int
    sharpness: float
    small: Picture = field(repr=False)
    """`[27, 48, 3]`."""
    jpeg: bytes = field(repr=False)
    blank: bool
    """It is black, or a test card."""
    calm: bool = True
    """It is not in a transition."""

    @classmethod
    def of(cls, frame: int, time_ns: int, small: Picture, picture: Picture) -> Self:
        """The picture of a frame; whether it is calm is known later."""
        image, out = Image.fromarray(picture), io.BytesIO()
        image.save(out, "JPEG", quality=_QUALITY)
        blank = is_black(grey(small)) or has_bars(small)
        return cls(frame, time_ns, _sharpness(image), small, out.getvalue(), blank)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """From a row's `candidates` (`core.rows.SHOTS`)."""
        return cls(**{**row, "small": np.frombuffer(row["small"], np.uint8).reshape(27, 48, 3)})

    def to_row(self) -> dict[str, Any]:
        """As it stands in a row's `candidates`."""
        return asdict(replace(self, small=np.empty(0, np.uint8))) | {"small": self.small.tobytes()}

    @property
    def merit(self) -> tuple[bool, bool, float]:
        """What shows something goes before what does not, then what is calm, then what is sharper."""
        return not self.blank, self.calm, self.sharpness


class Candidates:
    """The pictures of one shot to choose from: a few, spread over all of it, however long it is.

    The shot is parted into stretches, which grow with it: of twice the length whenever there would be more than
    `MOST_CANDIDATES`. Of each the best is kept. So what is kept depends on the frames alone.
    """

    def __init__(self, start_frame: int, kept: Sequence[Candidate] = ()) -> None:
        """For the shot that begins with this frame; `kept` are those of one that was begun."""
        self._start = start_frame
        self.kept = list(kept)

    def add(self, new: Candidate) -> None:
        """The next one; frames come in order."""
        length = PICTURE_EVERY
        while new.frame // length - self._start // length >= MOST_CANDIDATES:
            length *= 2
        best: dict[int, Candidate] = {}
        for one in (*self.kept, new):
            rival = best.get(one.frame // length)
            if rival is None or one.merit > rival.merit:  # of equals the earlier stays
                best[one.frame // length] = one
        self.kept = list(best.values())

    @property
    def chosen(self) -> Candidate | None:
        """Of those that are sharp enough, the one that all of them together are most like."""
        if not self.kept:
            return None
        best = max(one.merit[:2] for one in self.kept)
        eligible = [one for one in self.kept if one.merit[:2] == best]
        smalls = np.stack([one.small for one in eligible]).astype(np.int32)
        unlike = [int(np.abs(smalls - small).sum()) for small in smalls]
        sharpest = max(one.sharpness for one in eligible)
        sharp = [n for n, one in enumerate(eligible) if one.sharpness >= SHARP_ENOUGH * sharpest]
        return eligible[min(sharp, key=lambda n: (unlike[n], -eligible[n].sharpness, n))]


def sharpness(picture: Picture) -> float:
    """Variance of the Laplacian of the grey picture (Pech-Pacheco et al., 2000): low when out of focus or moving."""
    return _sharpness(Image.fromarray(picture))


def _sharpness(image: Image.Image) -> float:
    shades = np.asarray(image.convert("L"), np.int16)
    if min(shades.shape) < 3:
        return 0.0
    middle = shades[1:-1, 1:-1]
    laplacian = shades[:-2, 1:-1] + shades[2:, 1:-1] + shades[1:-1, :-2] + shades[1:-1, 2:] - 4 * middle
    return float(laplacian.var(dtype=np.float32))


def detail_of(picture: Picture) -> Detail:
    """The picture in grey, its longer side `_DETAIL_SIDE` at most: means of tiles."""
    tile = -(-max(picture.shape[:2]) // _DETAIL_SIDE)
    return np.asarray(Image.fromarray(picture).convert("L").reduce(tile))


def look_of(jpeg: bytes) -> int:
    """The perceptual hash of a keyframe (`core.looks`)."""
    return look(np.asarray(Image.open(io.BytesIO(jpeg)).convert("L")))
