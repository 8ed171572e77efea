"""Timecode (SMPTE ST 12-1): a film's frames counted in hours, minutes, seconds and frames."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from newsreel.core.times import NS_PER_S

__all__ = ["TIMECODE_RATES", "Timecode", "clock_text"]

TIMECODE_RATES = tuple(
    map(Fraction, ("24000/1001", "24", "25", "30000/1001", "30", "48000/1001", "48", "50", "60000/1001", "60"))
)
"""Those that have a timecode: at which cameras record, cinemas play and stations send."""
_DROPPING = (Fraction(30000, 1001), Fraction(60000, 1001))
_WRITTEN = re.compile(r"(\d\d):([0-5]\d):([0-5]\d)([:;.])(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Timecode:
    """How frames are counted, and what the first one is called."""

    rate: Fraction
    drop: bool
    """Drop-frame: at 29.97 the numbers 0 and 1 are left out in nine minutes of ten, so that it keeps to the clock."""
    start: int = 0
    """The number of the film's first frame."""

    @classmethod
    def of(cls, rate: Fraction, first: str = "") -> Timecode | None:
        """For a film of this rate whose first frame has this timecode; None for a rate that has no timecode.

        At 29.97 and 59.94 it is drop-frame, as stations count, unless the film's own says otherwise.
        """
        if rate not in TIMECODE_RATES:
            return None
        written = _WRITTEN.fullmatch(first)
        dropping = rate in _DROPPING and (written is None or written[4] != ":")
        unset = cls(rate, dropping)
        return cls(rate, dropping, unset.number(first) or 0)

    @property
    def day(self) -> int:
        """How many frames there are before it begins anew, at midnight."""
        return self._number(24, 0, 0, 0)

    @property
    def numbers_a_second(self) -> int:
        """How many numbers a second has: 30 at 29.97."""
        return round(self.rate)

    def text(self, frame: int) -> str:
        """What a frame is called, counted from the film's first: `00:00:04:12`, `00:01:00;02` in drop-frame."""
        frame += self.start
        second = self.numbers_a_second
        tens, rest = divmod(frame, second * 600 - 9 * self._dropped)
        minutes = max(rest - self._dropped, 0) // (second * 60 - self._dropped)
        frame += self._dropped * (9 * tens + minutes)
        seconds, number = divmod(frame, second)
        hours, minute = divmod(seconds // 60, 60)
        return f"{hours:02}:{minute:02}:{seconds % 60:02}{';' if self.drop else ':'}{number:02}"

    def number(self, text: str) -> int | None:
        """The frame of that name, counted from 00:00:00:00; None where no frame has it."""
        written = _WRITTEN.fullmatch(text)
        if written is None:
            return None
        hours, minutes, seconds, number = (int(written[group]) for group in (1, 2, 3, 5))
        is_dropped = minutes % 10 and not seconds and number < self._dropped
        if hours >= 24 or number >= self.numbers_a_second or is_dropped:
            return None
        return self._number(hours, minutes, seconds, number)

    @property
    def _dropped(self) -> int:
        return self.numbers_a_second // 15 if self.drop else 0

    def _number(self, hours: int, minutes: int, seconds: int, number: int) -> int:
        minutes += hours * 60
        return (minutes * 60 + seconds) * self.numbers_a_second + number - self._dropped * (minutes - minutes // 10)


def clock_text(moment_ns: int) -> str:
    """A moment to the millisecond, rounded up: `00:00:04.480`. So a player sent there shows what begins then."""
    thousandths = -(-moment_ns * 1000 // NS_PER_S)
    seconds, thousandth = divmod(thousandths, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandth:03}"
