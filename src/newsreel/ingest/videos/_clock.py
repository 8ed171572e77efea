"""From the stream's timestamps to the film's own clock: integer nanoseconds, strictly increasing."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from newsreel.core.times import NS_PER_S
from newsreel.ingest.videos._losses import What

__all__ = ["BROADCAST", "LATEST_NS", "LEAP_NS", "Clock", "exact_ns"]

BROADCAST = ("mpegts", "mpeg")
"""FFmpeg's names of the formats whose clock may jump."""
LEAP_NS = 10 * NS_PER_S
"""In formats known for it (broadcast streams), a longer gap is a jump of the clock, not a long picture."""
LATEST_NS = 100 * 366 * 86_400 * NS_PER_S
"""No later time is believed: a stream may count from 1970, but times must stay within 64 bits."""
_SLIGHT_NS = NS_PER_S // 10
"""Going back by less than this is disorder or rounding, not another clock."""


def exact_ns(ticks: int | Fraction, time_base: Fraction) -> int:
    """A timestamp in nanoseconds, to the nearest. In whole numbers: it is asked for twice a picture."""
    above = 2 * ticks.numerator * time_base.numerator * NS_PER_S
    below = ticks.denominator * time_base.denominator
    return (above + below) // (2 * below)


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the clock stands after a picture; a plain value, so that reading can be resumed from it.

    A timestamp that makes no sense is replaced by the one that was expected. If the next one agrees with it, the stream
    has changed its clock, and what follows is shifted so that the film runs on; otherwise it was one stray.
    """

    last_ns: int = -1
    """When the last picture is shown; -1 before the first."""
    step_ns: int = 0
    """For how long."""
    shift_ns: int = 0
    """What is added to the stream's timestamps since they jumped."""
    rival_ns: int | None = None
    """The shift that the last timestamp asked for, where that made no sense with the one in force."""

    @property
    def end_ns(self) -> int:
        """The end of the last picture; 0 before the first."""
        return max(self.last_ns, 0) + self.step_ns

    def tick(self, stamp_ns: int | None, step_ns: int, *, may_leap: bool) -> tuple[Clock, What | None]:
        """The clock after a picture with this timestamp (None: it has none), and what was wrong with that."""
        if stamp_ns is None:
            return Clock(self.end_ns, step_ns, self.shift_ns), None
        at_ns = stamp_ns + self.shift_ns
        if self.last_ns < 0:
            first_ns = at_ns if 0 <= at_ns <= LATEST_NS else 0
            return Clock(first_ns, step_ns, self.shift_ns + first_ns - at_ns), None
        if self._follows(at_ns, may_leap):
            return Clock(at_ns, step_ns, self.shift_ns), None
        if self.rival_ns is not None and self._follows(stamp_ns + self.rival_ns, may_leap=True):
            return Clock(stamp_ns + self.rival_ns, step_ns, self.rival_ns), None
        if self.last_ns - _SLIGHT_NS < at_ns <= self.last_ns:
            return Clock(self.last_ns + 1, step_ns, self.shift_ns, self.rival_ns), What.ORDER
        return Clock(self.end_ns, step_ns, self.shift_ns, self.end_ns - stamp_ns), What.JUMP

    def _follows(self, at_ns: int, may_leap: bool) -> bool:
        return self.last_ns < at_ns <= LATEST_NS and not (may_leap and at_ns > self.end_ns + LEAP_NS)
