"""Shots: what a film is cut into (design: `newsreel shots`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from newsreel.core.times import TimeRange

__all__ = ["Shot", "Transition"]


class Transition(StrEnum):
    """How a shot ends."""

    CUT = "cut"
    GRADUAL = "gradual"
    """A dissolve, fade or wipe: the boundary is its middle."""
    END = "end"
    """With the film, or with what could be decoded of it."""


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

    def __post_init__(self) -> None:
        if not 0 <= self.start_frame < self.end_frame:
            raise ValueError(f"a shot from frame {self.start_frame} to {self.end_frame} holds no frame")
        if (self.transition is Transition.GRADUAL) != (self.transition_frames is not None):
            raise ValueError(f"a {self.transition} with transition_frames {self.transition_frames}")
