"""What people say the entities of a text are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Gold", "Span"]

Span = tuple[int, int, str]
"""Start and end, half-open, and label: of an entity in its text."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A text's entities, by people."""

    set_name: str
    """Of the set it is of: a gate holds for each by itself."""
    spans: Sequence[Span]
    unmarked: frozenset[str] = frozenset()
    """Labels that its annotators did not look for: what is found of them counts neither way."""
