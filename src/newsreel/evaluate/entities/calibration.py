"""Whether entities are as often right as their scores say (Guo et al., 2017)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from newsreel.evaluate.entities.answers import Answer

__all__ = ["BINS", "Bin", "calibration_error", "reliability"]

BINS = 15
"""Of equal width, each with its upper edge."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Entities whose scores are alike."""

    low: float
    high: float
    entities: int
    score: float
    """Their mean."""
    right: float
    """The share of them that is, span and label."""


def reliability(answers: Iterable[Answer]) -> list[Bin]:
    """The bins that hold entities, by score."""
    judged = [
        (entity.score, (entity.start, entity.end, entity.label) in answer.gold)
        for answer in answers
        for entity in answer.found
    ]
    if not judged:
        return []
    scores, right = np.array([score for score, _ in judged]), np.array([hit for _, hit in judged])
    places = np.clip(np.ceil(scores * BINS).astype(int) - 1, 0, BINS - 1)
    return [
        Bin(
            low=place / BINS,
            high=(place + 1) / BINS,
            entities=int(within.sum()),
            score=float(scores[within].mean()),
            right=float(right[within].mean()),
        )
        for place in range(BINS)
        if (within := places == place).any()
    ]


def calibration_error(bins: Iterable[Bin]) -> float:
    """Expected calibration error: how far scores are from shares, on the mean over entities; 0 for none."""
    bins = list(bins)
    total = sum(b.entities for b in bins)
    return sum(b.entities * abs(b.score - b.right) for b in bins) / max(total, 1)
