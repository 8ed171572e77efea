"""The picture that stands for a shot: sharp, and not in the middle of a transition."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from PIL import Image

__all__ = ["KEYFRAME_SIDE", "PICTURE_EVERY", "Candidates", "Keyframe", "sharpness"]

KEYFRAME_SIDE = 480
"""Longest side of a keyframe in pixels."""

PICTURE_EVERY = 5
"""Every so many frames one is looked at. No shot is shorter (`models.shots.boundaries.MIN_FRAMES`)."""

_QUALITY = 82

Picture = npt.NDArray[np.uint8]
"""`[height, width, 3]`, RGB."""


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A picture that may stand for its shot. What is calm goes before what is not, then what is sharper."""

    frame: int
    sharpness: float
    picture: Picture | bytes = field(repr=False)
    """As decoded, or a JPEG."""
    calm: bool = True
    """It is not in a transition."""

    def beats(self, other: Keyframe | None) -> bool:
        """Whether to prefer it; of equals the earlier stays."""
        return other is None or (self.calm, self.sharpness) > (other.calm, other.sharpness)

    def jpeg(self) -> bytes:
        """As a JPEG."""
        if isinstance(self.picture, bytes):
            return self.picture
        out = io.BytesIO()
        Image.fromarray(self.picture).save(out, "JPEG", quality=_QUALITY)
        return out.getvalue()


class Candidates:
    """Pictures whose shot is not known yet, and the best so far of the shot that is open."""

    def __init__(self, best: Keyframe | None = None) -> None:
        """For a shot that was begun, with the best picture it had."""
        self.best = best
        self._waiting: deque[Keyframe] = deque()

    def add(self, frame: int, picture: Picture) -> None:
        """A picture to choose from; frames come in order."""
        self._waiting.append(Keyframe(frame, sharpness(picture), picture))

    def judge(self, restless: Collection[int]) -> None:
        """These frames turned out to be in a transition, or near one."""
        for n, one in enumerate(self._waiting):
            if one.frame in restless:
                self._waiting[n] = replace(one, calm=False)

    def settle(self, end: int) -> None:
        """The frames before `end` belong to the open shot."""
        while self._waiting and self._waiting[0].frame < end:
            one = self._waiting.popleft()
            if one.beats(self.best):
                self.best = one

    def next_shot(self) -> Keyframe | None:
        """The best of the shot that ends now; the next one has none yet."""
        best, self.best = self.best, None
        return best


def sharpness(picture: Picture) -> float:
    """Variance of the Laplacian of the grey picture (Pech-Pacheco et al., 2000): low when out of focus or moving."""
    grey = picture @ np.array([0.299, 0.587, 0.114], np.float32)
    if min(grey.shape) < 3:
        return 0.0
    middle = grey[1:-1, 1:-1]
    laplacian = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * middle
    return float(laplacian.var())
