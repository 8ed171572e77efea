"""The clock of a feed: it runs on through whatever the feed's own timestamps do, and through its absence."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from newsreel.core.times import NS_PER_S
from newsreel.ingest.videos import Clock

__all__ = ["FeedClock"]

_FEW = 100
_MADE_UP_AGAIN = 1 / 100


class FeedClock:
    """Integer nanoseconds, 0 at the first picture, later at each; and when a player would show a picture.

    Timestamps are believed as a film's are: while they go on, and no more than ten seconds further than the time that
    passed. Where they jump (a reset, a wrap, another programme) or the feed was away, the clock goes on by the time
    that passed since a player showed the last picture.

    A player shows pictures by the feed's clock, but none before it arrived: those that come by the segment are not late
    while they wait for their turn. What was waited for is made up again, by a hundredth, so that days of slightly
    different clocks do not add up.
    """

    def __init__(self) -> None:
        self._clock = Clock()
        self._is_new = True
        self._offset_s = float("-inf")
        self._arrived_s = 0.0
        self._times: deque[int] = deque(maxlen=_FEW)
        self.due_s = 0.0
        """When a player would show the last picture, as `time.monotonic` tells it; never before it arrived."""

    @property
    def last_ns(self) -> int:
        """When the last picture is shown; 0 before the first."""
        return max(self._clock.last_ns, 0)

    @property
    def fps(self) -> float:
        """Pictures a second over the last hundred; 0 before the second, and after a break."""
        times = tuple(self._times)  # another thread may ask
        return (len(times) - 1) * NS_PER_S / (times[-1] - times[0]) if len(times) > 1 else 0.0

    def break_off(self) -> None:
        """The next timestamp has nothing to do with the last."""
        self._is_new = True
        self._times.clear()

    def tick(self, stamp_ns: int | None, step_ns: int, arrived_s: float, *, may_leap: bool) -> int:
        """The time of a picture that has this timestamp, lasts `step_ns` and arrived then (`time.monotonic`)."""
        passed_ns = max(self._clock.step_ns, int((arrived_s - self.due_s) * NS_PER_S))
        if self._clock.last_ns < 0:
            self._clock = Clock(shift_ns=-(stamp_ns or 0))
        elif self._is_new:
            end_ns = self._clock.last_ns + passed_ns
            self._clock = Clock(self._clock.last_ns, passed_ns, end_ns - (end_ns if stamp_ns is None else stamp_ns))
        elif stamp_ns is not None:
            self._clock = replace(self._clock, step_ns=passed_ns)
        self._clock, _ = self._clock.tick(stamp_ns, step_ns, may_leap=may_leap)
        self._is_new &= stamp_ns is None
        self._times.append(self._clock.last_ns)
        self._play(arrived_s)
        return self._clock.last_ns

    def _play(self, arrived_s: float) -> None:
        time_s = self._clock.last_ns / NS_PER_S
        made_up_s = (arrived_s - self._arrived_s) * _MADE_UP_AGAIN
        self._offset_s = max(self._offset_s - made_up_s, arrived_s - time_s)
        self._arrived_s = arrived_s
        self.due_s = time_s + self._offset_s
