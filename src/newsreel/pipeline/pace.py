"""How fast a film's frames follow one another, by the times at which they are shown."""

from __future__ import annotations

from fractions import Fraction

from newsreel.core.times import FOREVER_NS, NS_PER_S

__all__ = ["Pace"]

_SLIGHT_NS = NS_PER_S // 1000
"""Some containers round times to the millisecond."""
_DENOMINATOR = 1001
"""Of broadcast's rates."""


class Pace:
    """Takes the times of frames, in order. It holds a few numbers."""

    def __init__(self) -> None:
        self._first_ns: int | None = None
        self._last_ns = 0
        self._steps = 0
        self._shortest_ns, self._longest_ns = FOREVER_NS, 0

    def take(self, time_ns: int) -> None:
        """When the next frame is shown."""
        if self._first_ns is None:
            self._first_ns = time_ns
        else:
            step_ns = time_ns - self._last_ns
            self._steps += 1
            self._shortest_ns, self._longest_ns = min(step_ns, self._shortest_ns), max(step_ns, self._longest_ns)
        self._last_ns = time_ns

    @property
    def is_constant(self) -> bool:
        """Whether every frame lasted the same, to within a millisecond, but for the last."""
        return self._longest_ns - self._shortest_ns <= _SLIGHT_NS

    def rate(self, said: Fraction) -> Fraction:
        """Frames a second: what the file says, or where constant frames are not shown so, what they were shown at.

        A file may say the rate of its fields, or count a last frame that is short.
        """
        if not (self._steps and said and self.is_constant):
            return said
        span_ns = self._last_ns - (self._first_ns or 0)
        if abs(self._steps * NS_PER_S / said - span_ns) <= _SLIGHT_NS:
            return said
        return Fraction(self._steps * NS_PER_S, span_ns).limit_denominator(_DENOMINATOR)
