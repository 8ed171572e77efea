"""Whether two find the same boundaries. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Agreement", "agreement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Two sets of boundaries of the same frames."""

    how: str
    """What made boundaries of the probabilities."""
    shared: int
    ours_alone: tuple[str, ...]
    theirs_alone: tuple[str, ...]
    """Film and frame."""

    @property
    def iou(self) -> float:
        """Shared ones as a share of all; 1 where there are none."""
        there = self.shared + len(self.ours_alone) + len(self.theirs_alone)
        return self.shared / there if there else 1.0

    def __str__(self) -> str:
        there = self.shared + len(self.ours_alone) + len(self.theirs_alone)
        alone = {"ours alone": self.ours_alone, "theirs alone": self.theirs_alone}
        told = (f"{whose}: {', '.join(places)}" for whose, places in alone.items() if places)
        return "; ".join((f"{self.how}: {self.shared} of {there} boundaries shared, IoU {self.iou:.4f}", *told))


def agreement(how: str, pieces: Sequence[tuple[str, int, frozenset[int], frozenset[int]]]) -> Agreement:
    """Of stretches of films: the film's name, the stretch's first frame, our boundaries in it and theirs."""

    def placed(name: str, start: int, frames: frozenset[int]) -> list[str]:
        return [f"{name} {start + frame}" for frame in sorted(frames)]

    return Agreement(
        how=how,
        shared=sum(len(ours & theirs) for _, _, ours, theirs in pieces),
        ours_alone=tuple(place for name, at, ours, theirs in pieces for place in placed(name, at, ours - theirs)),
        theirs_alone=tuple(place for name, at, ours, theirs in pieces for place in placed(name, at, theirs - ours)),
    )
