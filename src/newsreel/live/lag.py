"""How soon after it ended a shot is known, and what that costs.

The next shot's first frame arrives, and then come: `MIN_FRAMES` - 1 frames, until no stronger boundary near this one
can replace it; `after` frames, which the network wants to see behind a frame; up to `kept` - 1 more, until a window is
full; and the time to score it. A shorter window is sooner full, but the frames around it, which are context, are
computed again for each: at 6 frames kept of 46 every frame is computed eight times, at 90 of 130 hardly twice.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import pairwise

from newsreel.core.times import NS_PER_S
from newsreel.models.shots.boundaries import MIN_FRAMES
from newsreel.models.shots.scoring import Windows

__all__ = ["DEFAULT_LAG_S", "USUAL_RATE", "frame_rate", "late_frames", "windows_for"]

DEFAULT_LAG_S = 1.5

USUAL_RATE = 25.0
"""Frames a second of a feed that was too short to say."""

CONTEXT = 25
"""What the network saw beside a frame when it was trained: 1.0 s at 25 frames a second, half of it at 50."""

BEHIND = 15
"""What is waited for of it behind a frame. With 25 frames no more boundaries are found, .4 s later (F1 .773, with 15
.783, of films on which choices are made: docs/lag.png).
"""

LEAST_CONTEXT = 5
"""Less is not worth having, however short the lag."""

SCORING_S = 0.18
"""Of the lag, for scoring the window, for the picture to be decoded, and a frame for what else the machine does."""

SHORTEST_HOP_S = 0.24
"""A window is not begun more often than this: two cores would not keep up with one feed."""

LONGEST_HOP = 250
"""Frames: beyond this context is hardly computed twice, and nobody asks for such a lag but by mistake."""


def windows_for(lag_s: float, rate: float) -> Windows:
    """The windows that keep the lag at most `lag_s` for a feed of `rate` frames a second; every frame is scored.

    A third of what a longer lag leaves is for waiting: the windows of other feeds are scored in turns. With none of it
    two feeds were carried at 5 s, where six were at 3 s.

    The network keeps its context as long as the lag leaves room for it; of a shorter lag the context behind a frame is
    the price, and with it boundaries. Where not even that is enough (a feed of few frames a second), the lag is longer.
    """
    shortest = max(1, round(SHORTEST_HOP_S * rate))
    frames = int((lag_s - SCORING_S) * rate) - (MIN_FRAMES - 1) + 1
    after = min(BEHIND, max(LEAST_CONTEXT, frames - shortest))
    kept = min(LONGEST_HOP, shortest + max(0, frames - after - shortest) * 2 // 3)
    return Windows(kept=kept, before=CONTEXT, after=after)


def late_frames(windows: Windows) -> int:
    """How many frames after the next shot's first a cut is known, at most."""
    return MIN_FRAMES - 1 + windows.after + windows.kept - 1


def frame_rate(times_ns: Sequence[int]) -> float:
    """Frames a second, by the times of some that follow one another; one that came late does not matter."""
    gaps = [later - sooner for sooner, later in pairwise(times_ns)]
    if not gaps:
        return USUAL_RATE
    usual = statistics.median(gaps)
    even = [gap for gap in gaps if 0.5 * usual <= gap <= 1.5 * usual]  # timestamps may be whole milliseconds
    return NS_PER_S * len(even) / max(sum(even), 1)
