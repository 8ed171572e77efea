"""What a token classifier is, as its card says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsreel.models.runtime.cards import labels, whole

__all__ = ["EntitiesCard"]


@dataclass(frozen=True, slots=True)
class EntitiesCard:
    """The part of a card that running the model needs."""

    name: str
    fingerprint: str
    labels: tuple[str, ...]
    """Tags, as `B-PER`: see `entities.tags`."""
    max_tokens: int

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> EntitiesCard:
        """From an artifact's card. Raises ArtifactError."""
        return cls(str(card["name"]), str(card["fingerprint"]), labels(card), whole(card, "max_tokens"))
