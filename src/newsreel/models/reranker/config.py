"""What a reranker is, as its card says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsreel.models.runtime.cards import choice, whole

__all__ = ["RerankerCard"]


@dataclass(frozen=True, slots=True)
class RerankerCard:
    """The part of a card that running the model needs."""

    name: str
    fingerprint: str
    scores: str
    """`sigmoid`: between 0 and 1; `identity`: any number. The order is the same."""
    max_tokens: int
    """Of query and passage together."""

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> RerankerCard:
        """From an artifact's card. Raises ArtifactError."""
        return cls(
            str(card["name"]),
            str(card["fingerprint"]),
            choice(card, "scores", ("sigmoid", "identity")),
            whole(card, "max_tokens"),
        )
