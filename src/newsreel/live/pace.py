"""How long a feed's windows are: as the lag asks for, longer while scoring does not keep up."""

from __future__ import annotations

from dataclasses import replace

from newsreel.models.shots.scoring import Windows

__all__ = ["Pace", "longer"]

_LONGER = (50, 125, 250)
"""Frames kept: a frame costs a fifth of what it does in windows of 6, then a seventh, then an eighth."""

_LATE_S, _MOST_LATE_S = 0.75, 1.75
"""Before this pictures wait for the window that is being scored, or longer where the lag has room for other feeds'
windows; at `SourceOptions.max_behind_s` they are dropped."""

_WAIT_S = 1.0
"""A longer window is given so long to catch up."""

_IN_A_ROW = 15
"""Pictures that are late one after the other: fewer are what a moment's stall leaves, and soon caught up with."""

_TRIED_AGAIN_S, _AT_LAST_S = 10.0, 120.0
"""How long all has to go well before a shorter window is tried; longer each time that it was too early."""


def longer(asked: Windows) -> list[Windows]:
    """What windows grow to, step by step; less than twice as long would save too little."""
    return [replace(asked, kept=kept) for kept in _LONGER if kept >= 2 * asked.kept]


class Pace:
    """Shots told late are worth more than pictures dropped, which cost boundaries: so windows grow first.

    A longer window takes less computing for each frame. Once all has gone well for a while a shorter one is tried
    again.
    """

    def __init__(self) -> None:
        self._steps = self._in_a_row = 0
        self._patience_s = _TRIED_AGAIN_S
        self._changed_s = self._late_s = float("-inf")

    def windows(self, asked: Windows) -> Windows:
        """Those to score in, where these would keep the lag that is asked for."""
        layouts = [asked, *longer(asked)]
        self._steps = min(self._steps, len(layouts) - 1)
        return layouts[self._steps]

    def waited(self, late_s: float, now_s: float, spare_s: float = 0.0) -> bool:
        """A picture was taken so long after a player would have shown it; whether the windows may be others now.

        `spare_s` is what the windows leave of the lag that was asked for.
        """
        is_late = late_s > min(max(_LATE_S, spare_s), _MOST_LATE_S)
        self._late_s = now_s if is_late else self._late_s
        self._in_a_row = self._in_a_row + 1 if is_late else 0
        steps, since_s = self._steps, now_s - self._changed_s
        if self._in_a_row >= _IN_A_ROW and since_s > _WAIT_S and steps < len(_LONGER):
            steps += 1
            self._patience_s = min(2 * self._patience_s, _AT_LAST_S) if since_s < _AT_LAST_S else _TRIED_AGAIN_S
        elif now_s - max(self._late_s, self._changed_s) > self._patience_s:
            steps = max(steps - 1, 0)
        changed = steps != self._steps
        self._changed_s = now_s if changed else self._changed_s
        self._steps = steps
        return changed
