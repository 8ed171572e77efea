"""Frames to probabilities as they come, in the reference procedure's windows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from newsreel.core.protocols import ShotModel
from newsreel.models.shots.config import CONTEXT, FRAME, STRIDE, WINDOW, Frames, Probabilities

__all__ = ["CONTEXT", "STRIDE", "WINDOW", "Scorer"]


class Scorer:
    """The probabilities of a film's frames, known `CONTEXT + STRIDE` frames late at most.

    The film is preceded by copies of its first frame and followed by copies of its last, enough for every frame to be
    in the middle half of a window. Windows begin at multiples of STRIDE and are run singly, so a frame's probabilities
    are the same bits whether the film was scored in one go or taken up again. One window is all that is held.
    """

    def __init__(self, model: ShotModel, start_frame: int = 0) -> None:
        """Score from `start_frame` on, a multiple of STRIDE.

        Where it is above 0 the first CONTEXT frames pushed are those just before it. Raises ValueError.
        """
        if start_frame < 0 or start_frame % STRIDE:
            raise ValueError(f"start_frame {start_frame} is not a multiple of {STRIDE}")
        self._model = model
        self._window = np.empty((WINDOW, *FRAME), np.uint8)
        self._filled = 0
        self._at_film_start = start_frame == 0

    def push(self, frames: Frames) -> Probabilities:
        """Take the next frames, `[n, 27, 48, 3]`; `[m, 2]` of the next m frames that are known by now.

        Raises ValueError for frames of another shape or type.
        """
        if frames.shape[1:] != FRAME or frames.dtype != np.uint8:
            raise ValueError(f"frames {frames.dtype} {frames.shape} are not uint8 [n, {', '.join(map(str, FRAME))}]")
        if self._at_film_start and len(frames):
            self._window[:CONTEXT] = frames[0]
            self._filled = CONTEXT
            self._at_film_start = False
        return _joined(list(self._scored(frames)))

    def finish(self) -> Probabilities:
        """`[m, 2]` of the frames still unknown; none where nothing was pushed beyond the context."""
        left = self._filled - CONTEXT
        if left <= 0:
            return _joined([])
        windows = -(-left // STRIDE)
        missing = 2 * CONTEXT + windows * STRIDE - self._filled
        last = self._window[self._filled - 1].copy()
        return self.push(np.broadcast_to(last, (missing, *FRAME)))[:left]

    def _scored(self, frames: Frames) -> Iterator[Probabilities]:
        taken = 0
        while taken < len(frames):
            piece = frames[taken : taken + WINDOW - self._filled]
            self._window[self._filled : self._filled + len(piece)] = piece
            self._filled += len(piece)
            taken += len(piece)
            if self._filled == WINDOW:
                yield self._model.probabilities(self._window[np.newaxis])[0, CONTEXT : CONTEXT + STRIDE]
                self._window[: WINDOW - STRIDE] = self._window[STRIDE:]
                self._filled = WINDOW - STRIDE


def _joined(pieces: list[Probabilities]) -> Probabilities:
    return np.concatenate(pieces) if pieces else np.empty((0, 2), np.float32)
