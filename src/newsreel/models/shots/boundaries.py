"""Probabilities to shot boundaries, as they come.

A *stretch* begins and ends with frames of which either head says more than THRESHOLD, and in between the many-hot head
never says less than HOLD. A shot ends in a stretch in which the single head says so; the length of the stretch tells a
cut from a gradual transition.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from newsreel.core.shots import Transition
from newsreel.models.shots.config import Probabilities

__all__ = [
    "CALM",
    "GRADUAL_FRAMES",
    "HOLD",
    "MAX_TRANSITION",
    "MIN_FRAMES",
    "RECIPE",
    "THRESHOLD",
    "Boundary",
    "BoundaryFinder",
    "calm",
]

RECIPE = "1"
"""Part of what shots depend on, beside the model's fingerprint: raise it whenever boundaries could change."""

THRESHOLD = 0.5
"""The reference's, for both heads."""

HOLD = 0.25
"""Half as sure is sure enough to go on: in the middle of a fade through black the many-hot head hesitates."""

GRADUAL_FRAMES = 3
"""A stretch of this many frames is a gradual transition. A shorter one is a cut: converting a film to another frame
rate blends one or two frames across it."""

MAX_TRANSITION = 250
"""A longer stretch is taken as several, so that a film cannot make anybody wait for its end: ten seconds at 25 fps."""

MIN_FRAMES = 5
"""Shots are at least this long, a fifth of a second at 25 fps. A photographer's flash lasts 1 to 3 frames and makes two
boundaries; fast editing seldom goes below 6 frames. Of two boundaries nearer than this the weaker goes."""

CALM = 0.05
"""Both heads are below this at a frame that can stand for its shot."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where one shot ends and the next begins."""

    frame: int
    """The first of the new shot; at a gradual transition its middle."""
    transition: Transition
    transition_frames: tuple[int, int] | None
    """Of a gradual transition: half-open, where the model sees both shots or neither."""
    confidence: float
    """The most that the single head said of it."""


def calm(probabilities: Probabilities) -> npt.NDArray[np.bool_]:
    """`[m]` of `[m, 2]`: which frames are neither in a transition nor near one, and so can stand for their shot."""
    loudest: npt.NDArray[np.float32] = probabilities.max(axis=1)
    return loudest < CALM


class BoundaryFinder:
    """Boundaries of a film whose probabilities come in pieces. It holds the open stretch and one boundary at most.

    A transition that begins with the film's first frame, or ends with its last, parts no two shots and is no boundary.
    """

    def __init__(self, start_frame: int = 0, last_boundary: int = 0, *, min_frames: int = MIN_FRAMES) -> None:
        """Begin at a film's start, or go on at another finder's `settled` with the frame of its last boundary.

        `min_frames` 1 keeps every shot.
        """
        self._next = start_frame
        self._last = last_boundary
        self._min_frames = min_frames
        self._stretch: list[float] = []
        """What the single head says of its frames."""
        self._trailing = 0
        """How many of these, at its end, are only held."""
        self._waiting: Boundary | None = None
        """A boundary that a stronger one near it may yet replace."""

    @property
    def settled(self) -> int:
        """No boundary still to come depends on a frame before this one. It is less than 400 frames late."""
        if self._waiting is None:
            return self._next - len(self._stretch)
        return self._waiting.transition_frames[0] if self._waiting.transition_frames else self._waiting.frame - 1

    def push(self, probabilities: Probabilities) -> list[Boundary]:
        """Take those of the next frames, `[m, 2]`; the boundaries that are final by now, in order."""
        final: list[Boundary] = []
        for single, many in probabilities.tolist():
            active = max(single, many) > THRESHOLD
            if active or (self._stretch and many > HOLD):
                self._stretch.append(single)
                self._trailing = 0 if active else self._trailing + 1
            else:
                final += self._close()
            self._next += 1
            if len(self._stretch) == MAX_TRANSITION:
                final += self._close()
            final += self._release(self._next - len(self._stretch))
        return final

    def finish(self) -> list[Boundary]:
        """The film ends here; the rest of its boundaries."""
        return self._close(film_ends=True) + self._release(self._next)

    def _close(self, *, film_ends: bool = False) -> list[Boundary]:
        """The stretch is over. Boundaries that it makes final."""
        start = self._next - len(self._stretch)
        stretch = self._stretch[: len(self._stretch) - self._trailing]
        film_ends = film_ends and not self._trailing
        self._stretch, self._trailing = [], 0
        at_edge = start == 0 or film_ends
        found = _cuts(start, stretch, film_ends) if len(stretch) < GRADUAL_FRAMES else _gradual(start, stretch, at_edge)
        return [final for boundary in found for final in self._consider(boundary)]

    def _consider(self, boundary: Boundary) -> list[Boundary]:
        if boundary.frame - self._last < self._min_frames:
            return []
        final = self._release(boundary.frame)
        if self._waiting is None or boundary.confidence > self._waiting.confidence:
            self._waiting = boundary
        return final

    def _release(self, upto: int) -> list[Boundary]:
        """The waiting boundary, if `upto`, where a shot or the film may end next, is far enough from it."""
        if self._waiting is None or upto - self._waiting.frame < self._min_frames:
            return []
        final, self._waiting = self._waiting, None
        self._last = final.frame
        return [final]


def _cuts(start: int, stretch: list[float], film_ends: bool) -> list[Boundary]:
    """One at the beginning of each run of the single head, as the reference has it."""
    found = []
    runs = groupby(enumerate(stretch, start), key=lambda scored: scored[1] > THRESHOLD)
    for above, run in runs:
        frames = list(run)
        first, last = frames[0][0], frames[-1][0]
        if above and first > 0 and not (film_ends and last == start + len(stretch) - 1):
            found.append(Boundary(first + 1, Transition.CUT, None, max(single for _, single in frames)))
    return found


def _gradual(start: int, stretch: list[float], at_edge: bool) -> list[Boundary]:
    confidence = max(stretch)
    if at_edge or confidence <= THRESHOLD:
        return []
    end = start + len(stretch)
    return [Boundary((start + end) // 2, Transition.GRADUAL, (start, end), confidence)]
