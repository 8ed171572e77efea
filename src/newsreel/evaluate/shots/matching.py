"""Which of the transitions that were found are which of those that are there.

A transition reaches from the last frame of the old shot to the first of the new one. One that was found is right if it
and one that is there overlap once both are widened, so that a cut may be TOLERANCE frames off: what the evaluation of
TransNetV2's authors does (`evaluate_scenes`, after Gygli's shot-detection-evaluation and Baraldi's), with as many
frames. Each counts once: the pairs are one to one, as TRECVID has them (Smeaton, Over and Doherty, 2010, Video shot
boundary detection: seven years of TRECVid activity).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from newsreel.core.shots import Transition
from newsreel.evaluate.shots.films import Edit
from newsreel.models.shots import Boundary

__all__ = ["SHORT_FRAMES", "TOLERANCE", "Found", "Kind", "kind_of", "pairs"]

TOLERANCE = 2
"""Frames; TRECVID allowed 5, for decoders that number frames otherwise."""

SHORT_FRAMES = 5
"""A gradual transition of at most so many frames counts as a cut, there and among those found: TRECVID's rule."""

Kind = Literal["cut", "gradual"]


@dataclass(frozen=True, slots=True)
class Found:
    """A transition that a system claims."""

    start_frame: int
    """As of `Edit`."""
    end_frame: int
    kind: Kind | None
    """None of a system that does not tell."""

    @classmethod
    def of(cls, boundary: Boundary) -> Found:
        """Ours."""
        start, end = boundary.transition_frames or (boundary.frame, boundary.frame)
        return cls(start, end, _of_length(end - start) if boundary.transition is Transition.GRADUAL else "cut")


def kind_of(edit: Edit) -> Kind:
    """What it counts as."""
    return _of_length(edit.end_frame - edit.start_frame)


def pairs(edits: Sequence[Edit], found: Sequence[Found], tolerance: int = TOLERANCE) -> list[tuple[int, int]]:
    """Places in both, each once, as many pairs as can be; both in order, and none of one overlaps another of it."""
    slack = tolerance - 1
    matched: list[tuple[int, int]] = []
    e = f = 0
    while e < len(edits) and f < len(found):
        if found[f].end_frame < edits[e].start_frame - 1 - slack:
            f += 1
        elif edits[e].end_frame < found[f].start_frame - 1 - slack:
            e += 1
        else:
            matched.append((e, f))
            e, f = e + 1, f + 1
    return matched


def _of_length(frames: int) -> Kind:
    return "gradual" if frames > SHORT_FRAMES else "cut"
