"""What the places in a film are told in: its frames, or nanoseconds where they do not last the same."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from newsreel.core.shots import Shot
from newsreel.core.times import NS_PER_S
from newsreel.cutlist.lists import CutList
from newsreel.cutlist.timecodes import clock_text

__all__ = ["IN_NS", "Ruler", "moment_text"]


@dataclass(frozen=True, slots=True)
class Ruler:
    """Frames from the film's own timecode, or nanoseconds."""

    rate: Fraction
    """Ticks a second."""
    by_frame: bool
    start: int = 0
    """The tick at which the film begins."""

    @classmethod
    def of_film(cls, film: CutList) -> Ruler:
        """In frames wherever their number tells the time."""
        if film.rate is None:
            return IN_NS
        return cls(film.rate, by_frame=True, start=film.code.start if film.code else 0)

    def of(self, shot: Shot) -> tuple[int, int]:
        """The ticks at which a shot starts and ends."""
        start, end = (shot.start_frame, shot.end_frame) if self.by_frame else (shot.time.start_ns, shot.time.end_ns)
        return self.start + start, self.start + end

    def at(self, shot: Shot, moment_ns: int) -> int:
        """The tick of a moment in a shot, to the nearest; one outside is moved to its edge."""
        start, end = self.of(shot)
        lasts_ns = max(shot.time.end_ns - shot.time.start_ns, 1)
        return min(max(start + round(Fraction(moment_ns - shot.time.start_ns, lasts_ns) * (end - start)), start), end)


IN_NS = Ruler(Fraction(NS_PER_S), by_frame=False)
"""Exact, and OpenTimelineIO's numbers hold a hundred days of it."""


def moment_text(film: CutList, shot: Shot, moment_ns: int) -> str:
    """A moment in a shot for people: its timecode; to the millisecond where frames have none."""
    code = film.code
    if code is None:
        return clock_text(moment_ns)
    return code.text(Ruler(code.rate, by_frame=True).at(shot, moment_ns))
