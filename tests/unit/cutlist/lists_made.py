"""Cut lists made on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from newsreel.core.shots import Mark, MarkKind, Shot, Transition
from newsreel.core.times import NS_PER_S, TimeRange
from newsreel.cutlist import CutList


def cut_list(bounds: Sequence[int], rate: Fraction | int = 25, *, name: str = "match.mp4", **more: Any) -> CutList:
    """Shots between these frames; the first one ends gradually, where there is another, and begins in black."""
    last = len(bounds) - 2
    shots = tuple(_shot(bounds, place, last, Fraction(rate)) for place in range(last + 1))
    said = {"constant_rate": True, "size": (64, 48), "frame_rate": Fraction(rate), "path": Path("/films") / name}
    return CutList(name=name, shots=shots, **(said | more))


def _shot(bounds: Sequence[int], place: int, last: int, rate: Fraction) -> Shot:
    def ns(frame: int) -> int:
        return round(frame * NS_PER_S / rate)

    start, end = bounds[place], bounds[place + 1]
    gradual = place == 0 and last > 0
    black = Mark(MarkKind.BLACK, TimeRange(ns(start), ns(start + 1)))
    return Shot(
        start_frame=start,
        end_frame=end,
        time=TimeRange(ns(start), ns(end)),
        transition=Transition.GRADUAL if gradual else Transition.END if place == last else Transition.CUT,
        transition_frames=(end - 1, end + 1) if gradual else None,
        confidence=None if place == last else 0.75,
        keyframe_ns=ns(start),
        look=0 if place % 2 else -1,
        marks=(black,) if place == 0 else (),
    )
