"""Shots: what a film is cut into (design: `newsreel shots`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from newsreel.core.times import TimeRange

__all__ = ["Mark", "MarkKind", "Shot", "Transition"]


class Transition(StrEnum):
    """How a shot ends."""

    CUT = "cut"
    GRADUAL = "gradual"
    """A dissolve, fade or wipe: the boundary is its middle."""
    END = "end"
    """With the film, or with what could be decoded of it."""


class MarkKind(StrEnum):
    """What an editor skips."""

    BLACK = "black"
    BARS = "bars"
    """Colour bars: a test card."""
    FREEZE = "freeze"
    """The same picture, again and again."""
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a film in which there is nothing to use."""

    kind: MarkKind
    time: TimeRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One shot. Those of a film tile it: each begins with the frame at which the one before it ended."""

    start_frame: int
    end_frame: int
    """Exclusive."""
    time: TimeRange
    transition: Transition
    transition_frames: tuple[int, int] | None = None
    """Of a gradual transition: the half-open range of the frames in which both shots, or neither, can be seen."""
    confidence: float | None = None
    """How sure the model is of the boundary at its end, 0 to 1; None where it ends with the film."""
    keyframe_ns: int | None = None
    """When the picture that stands for it is shown; None where it has none."""
    look: int | None = None
    """A perceptual hash of that picture, 64 bits: those of near-identical pictures differ in few (`core.looks`)."""
    marks: tuple[Mark, ...] = ()
    """What of it an editor skips, each within the shot, by time."""

    @property
    def blank(self) -> bool:
        """Whether there is nothing to see in it: it is black, or a test card, from its first frame to its last."""
        empty = [mark.time for mark in self.marks if mark.kind in (MarkKind.BLACK, MarkKind.BARS)]
        empty_ns = sum(time.end_ns - time.start_ns for time in empty)
        return 0 < empty_ns >= self.time.end_ns - self.time.start_ns

    def __post_init__(self) -> None:
        if not 0 <= self.start_frame < self.end_frame:
            raise ValueError(f"a shot from frame {self.start_frame} to {self.end_frame} holds no frame")
        if (self.transition is Transition.GRADUAL) != (self.transition_frames is not None):
            raise ValueError(f"a {self.transition} with transition_frames {self.transition_frames}")
