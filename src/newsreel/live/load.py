"""Whether decoding keeps up with a feed, and what is left out where it does not."""

from __future__ import annotations

from newsreel.core.times import NS_PER_S

__all__ = ["Load"]

_WATCHED_NS = 2 * NS_PER_S
_TOO_MUCH = 0.9
_TRIED_AGAIN_NS = 30 * NS_PER_S


class Load:
    """The share of a feed's time that making its pictures takes.

    Where it is nearly all, pictures that no other refers to are not decoded (a third to two thirds of them, in a
    broadcast; a feed without such pictures is not helped). After half a minute all are tried again.
    """

    def __init__(self) -> None:
        self._busy_s = 0.0
        self._from_ns = 0
        self.skips = False
        """Whether pictures that no other refers to are to be left out."""

    def worked(self, busy_s: float, time_ns: int) -> None:
        """So much work (`busy_s`) led to a picture at this time of the feed's clock."""
        self._busy_s += busy_s
        passed_ns = time_ns - self._from_ns
        if passed_ns >= (_TRIED_AGAIN_NS if self.skips else _WATCHED_NS):
            self.skips = not self.skips and self._busy_s * NS_PER_S > _TOO_MUCH * passed_ns
            self._busy_s, self._from_ns = 0.0, time_ns
