"""A film's cut list: what every way of writing one down is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from newsreel.core.looks import likes
from newsreel.core.shots import MarkKind, Shot
from newsreel.core.times import NS_PER_S
from newsreel.cutlist.timecodes import TIMECODE_RATES, Timecode

__all__ = ["CutList", "kinds", "name_of"]

_NEAR = Fraction(1, 5000)
"""A file may say its rate roughly. 24 and 23.976 are five times further from each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutList:
    """A film and its shots, which tile it."""

    name: str
    """For people, one line: the file's name."""
    path: Path
    frame_rate: Fraction
    """Frames a second on the average; 0 where nothing says."""
    constant_rate: bool
    """Whether every frame lasts the same, so that counting frames tells the time."""
    size: tuple[int, int]
    """Width and height as shown."""
    shots: tuple[Shot, ...]
    timecode: str = ""
    """Of the file's first frame, as it carries it (`10:00:00:00`; with a `;` in drop-frame); "" where it has none."""
    chosen: str = ""
    """Which stream of pictures was taken; "" where there is one."""
    loss: str = ""
    """What could not be read; "" where all was."""

    def __post_init__(self) -> None:
        if not self.shots:
            raise ValueError(f"{self.name}: a cut list without a shot")

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return self.shots[-1].end_frame

    @property
    def rate(self) -> Fraction | None:
        """The one rate of its frames, exactly; None where it varies or is not known."""
        if not self.constant_rate or not self.frame_rate:
            return None
        near = (rate for rate in TIMECODE_RATES if abs(rate - self.frame_rate) <= self.frame_rate * _NEAR)
        return next(near, self.frame_rate)

    @property
    def code(self) -> Timecode | None:
        """How its frames are called, from the first that could be read; None where no timecode counts so many a second.

        Where the film's beginning is lost that one is not the file's first: what comes before it is counted too.
        """
        code = None if self.rate is None else Timecode.of(self.rate, self.timecode)
        if code is None or not self.loss:
            return code
        return replace(code, start=code.start + round(self.shots[0].time.start_ns * code.rate / NS_PER_S))

    @property
    def likes(self) -> list[int | None]:
        """For each shot the place of the first one that it looks like, None where there is none before it."""
        return likes([shot.look for shot in self.shots])


def kinds(shot: Shot) -> tuple[MarkKind, ...]:
    """What is marked in a shot, each kind once."""
    return tuple(dict.fromkeys(mark.kind for mark in shot.marks))


def name_of(path: Path) -> str:
    """A file's name as one line of text: a file may be called anything."""
    return "".join(character if character.isprintable() else "?" for character in path.name)
