"""What a model's own configuration makes of its logits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from newsreel.models.runtime.sessions import Output

__all__ = ["SCORES", "softmax"]


def softmax(logits: Output) -> Output:
    """Probabilities that sum to 1 along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: Output = raised / raised.sum(axis=-1, keepdims=True)
    return probabilities


def _sigmoid(logits: Output) -> Output:
    with np.errstate(over="ignore"):  # of a large negative logit: 1 / infinity is the 0 that is meant
        scores: Output = np.float32(1) / (np.float32(1) + np.exp(-logits))
    return scores


def _identity(logits: Output) -> Output:
    return logits


SCORES: Mapping[str, Callable[[Output], Output]] = {"softmax": softmax, "sigmoid": _sigmoid, "identity": _identity}
"""By the name that a card has for it: over all labels, for each by itself, or nothing."""
