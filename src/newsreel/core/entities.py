"""Named entities as a model finds them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Entity"]


@dataclass(frozen=True, slots=True)
class Entity:
    """A name in a text: half-open, in characters."""

    start: int
    end: int
    label: str
    score: float
    """The mean probability of its words' tags, from 0 to 1."""

    def __post_init__(self) -> None:
        """Raises ValueError for a range that is none."""
        if not 0 <= self.start < self.end:
            raise ValueError(f"an entity from {self.start} to {self.end} has no characters")
