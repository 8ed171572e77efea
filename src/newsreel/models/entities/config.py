"""What a token classifier is, as its card says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsreel.models.runtime.cards import labels, positive, whole, yes

__all__ = ["DEFAULT", "EntitiesCard"]

DEFAULT = "newsreel-entities"
"""The name of the default model, which comes with the package."""


@dataclass(frozen=True, slots=True)
class EntitiesCard:
    """The part of a card that running the model needs."""

    name: str
    fingerprint: str
    labels: tuple[str, ...]
    """Tags, as `B-PER`: see `entities.tags`."""
    max_tokens: int
    case_as_token_type: bool
    """Whether its graph reads capitals where BERT reads token types: see `entities.case`."""
    strict_bio: bool
    """Whether it was trained on BIO alone, so that its tags are to keep to it: see `entities.decoding`."""
    temperature: float
    """What logits are divided by, so that probabilities are as often right as they say (Guo et al., 2017)."""

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> EntitiesCard:
        """From an artifact's card. Raises ArtifactError."""
        return cls(
            name=str(card["name"]),
            fingerprint=str(card["fingerprint"]),
            labels=labels(card),
            max_tokens=whole(card, "max_tokens"),
            case_as_token_type=yes(card, "case_as_token_type"),
            strict_bio=yes(card, "strict_bio"),
            temperature=positive(card, "temperature", 1.0),
        )
