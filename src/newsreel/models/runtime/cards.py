"""What running a model needs of its card, checked: a card is a file, and a file may say anything."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from newsreel.core.errors import ArtifactError

__all__ = ["choice", "labels", "positive", "whole", "yes"]


def whole(card: Mapping[str, Any], key: str) -> int:
    """A number above 0. Raises ArtifactError."""
    found = card.get(key)
    if type(found) is not int or found < 1:
        raise _wrong(card, f"{key} is {found!r}, not a number above 0")
    return found


def positive(card: Mapping[str, Any], key: str, default: float) -> float:
    """A finite number above 0, `default` where the card says none. Raises ArtifactError."""
    found = card.get(key, default)
    if type(found) not in (int, float) or not 0 < found < math.inf:
        raise _wrong(card, f"{key} is {found!r}, not a number above 0")
    return float(found)


def yes(card: Mapping[str, Any], key: str) -> bool:
    """Whether the card says so; not, where it says nothing. Raises ArtifactError."""
    found = card.get(key, False)
    if not isinstance(found, bool):
        raise _wrong(card, f"{key} is {found!r}, not true or false")
    return found


def labels(card: Mapping[str, Any]) -> tuple[str, ...]:
    """The labels, in the order of the logits. Raises ArtifactError."""
    found = card.get("labels")
    if not isinstance(found, list) or not found or not all(isinstance(label, str) and label for label in found):
        raise _wrong(card, "it names no labels")
    return tuple(found)


def choice(card: Mapping[str, Any], key: str, among: tuple[str, ...]) -> str:
    """One of several words. Raises ArtifactError."""
    found = card.get(key)
    if not isinstance(found, str) or found not in among:
        raise _wrong(card, f"{key} is {found!r}, not {' or '.join(among)}")
    return found


def _wrong(card: Mapping[str, Any], why: str) -> ArtifactError:
    return ArtifactError(f"the card of the model '{card.get('name')}' is damaged ({why}): build the model anew")
