"""What an embedder is, as its card says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from newsreel.models.runtime.cards import whole

__all__ = ["DEFAULT", "EmbedderCard", "default_card"]

DEFAULT = "all-MiniLM-L6-v2"


@dataclass(frozen=True, slots=True)
class EmbedderCard:
    """The part of a card that running the model needs."""

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int
    normalise: bool
    """Whether vectors have length 1."""

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> EmbedderCard:
        """From an artifact's card. Raises ArtifactError."""
        return cls(
            str(card["name"]),
            str(card["fingerprint"]),
            whole(card, "dimension"),
            whole(card, "max_tokens"),
            bool(card.get("normalise", True)),
        )


def default_card() -> dict[str, Any]:
    """The shipped card of the default embedder."""
    return tomllib.loads(resources.files(__package__).joinpath("card.toml").read_text(encoding="utf-8"))
