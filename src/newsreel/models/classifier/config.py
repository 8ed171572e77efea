"""What a classifier is, as its card says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsreel.models.runtime.cards import choice, labels, whole

__all__ = ["ClassifierCard"]


@dataclass(frozen=True, slots=True)
class ClassifierCard:
    """The part of a card that running the model needs."""

    name: str
    fingerprint: str
    labels: tuple[str, ...]
    scores: str
    """`softmax`: one label holds; `sigmoid`: each holds or not, whatever the others do."""
    max_tokens: int

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> ClassifierCard:
        """From an artifact's card. Raises ArtifactError."""
        return cls(
            str(card["name"]),
            str(card["fingerprint"]),
            labels(card),
            choice(card, "scores", ("softmax", "sigmoid")),
            whole(card, "max_tokens"),
        )
