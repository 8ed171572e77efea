"""Frames to probabilities as they come, window by window."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from newsreel.core.protocols import ShotModel
from newsreel.models.shots.config import (
    ARCHIVE,
    BLOCK,
    CONTEXT,
    FRAME,
    REFERENCE,
    STRIDE,
    Frames,
    Probabilities,
    Windows,
)

__all__ = ["ARCHIVE", "CONTEXT", "REFERENCE", "STRIDE", "Scorer", "Windows"]


class Scorer:
    """The probabilities of a film's frames, known `windows.kept + windows.after` frames late at most.

    The film is preceded by copies of its first frame and followed by copies of its last, as the reference has it.
    Windows begin at multiples of `windows.kept` and are run singly, so a frame's probabilities are the same bits
    whether the film was scored in one go or taken up again. One window is all that is held.
    """

    def __init__(self, model: ShotModel, start_frame: int = 0, windows: Windows = ARCHIVE) -> None:
        """Score from `start_frame` on, a multiple of `windows.kept`.

        Where it is above 0 the first `windows.before` frames pushed are those just before it. Raises ValueError.
        """
        if start_frame < 0 or start_frame % windows.kept:
            raise ValueError(f"start_frame {start_frame} is not a multiple of {windows.kept}")
        self._model = model
        self._windows = windows
        self._window = np.empty((windows.length, *FRAME), np.uint8)
        self._filled = 0
        self._at_film_start = start_frame == 0

    def push(self, frames: Frames) -> Probabilities:
        """Take the next frames, `[n, 27, 48, 3]`; `[m, 2]` of the next m frames that are known by now.

        Raises ValueError for frames of another shape or type.
        """
        if frames.shape[1:] != FRAME or frames.dtype != np.uint8:
            raise ValueError(f"frames {frames.dtype} {frames.shape} are not uint8 [n, {', '.join(map(str, FRAME))}]")
        if self._at_film_start and len(frames):
            self._window[: self._windows.before] = frames[0]
            self._filled = self._windows.before
            self._at_film_start = False
        return _joined(list(self._scored(frames)))

    def finish(self) -> Probabilities:
        """`[m, 2]` of the frames still unknown; none where nothing was pushed beyond the context."""
        left = self._filled - self._windows.before
        if left <= 0:
            return _joined([])
        last = self._window[self._filled - 1]
        missing = np.broadcast_to(last, (-left % BLOCK + CONTEXT, *FRAME))
        film, windows = np.concatenate([self._window[: self._filled], missing]), self._windows
        starts = range(0, left, windows.kept)
        pieces = [self._probabilities(film[n : n + windows.length], min(windows.kept, left - n)) for n in starts]
        return _joined(pieces)

    def _scored(self, frames: Frames) -> Iterator[Probabilities]:
        windows, taken = self._windows, 0
        while taken < len(frames):
            piece = frames[taken : taken + windows.length - self._filled]
            self._window[self._filled : self._filled + len(piece)] = piece
            self._filled += len(piece)
            taken += len(piece)
            if self._filled == windows.length:
                yield self._probabilities(self._window, windows.kept)
                self._filled -= windows.kept
                self._window[: self._filled] = self._window[windows.kept :].copy()

    def _probabilities(self, window: Frames, kept: int) -> Probabilities:
        """Of so many frames behind the context before them."""
        before = self._windows.before
        return self._model.probabilities(window[np.newaxis])[0, before : before + kept]


def _joined(pieces: list[Probabilities]) -> Probabilities:
    return np.concatenate(pieces) if pieces else np.empty((0, 2), np.float32)
