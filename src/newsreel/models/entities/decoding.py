"""Probabilities of tags to tags: the likeliest of each word, or the likeliest row of them that keeps to the scheme.

A model decides word by word, and so may go on with what it has not begun. Of one that was trained on BIO alone
(`strict_bio` on its card) the likeliest of all rows that keep to it is taken (Viterbi, 1967).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from newsreel.core.errors import ArtifactError
from newsreel.models.entities.tags import OUTSIDE, goes_on
from newsreel.models.runtime.sessions import Output

__all__ = ["Decoder"]

Places = npt.NDArray[np.intp]

_FAR_BELOW = -1e9


class Decoder:
    """Chooses among a model's tags. Thread-safe."""

    def __init__(self, labels: Sequence[str], *, strict: bool) -> None:
        """For tags in the order of the logits. Raises ArtifactError where they are to be strict, and are not BIO's."""
        if strict and not all(label == OUTSIDE or label[:2] in ("B-", "I-") for label in labels):
            raise ArtifactError(f"the tags {', '.join(labels)[:80]} are not O, B-… and I-…, which strict_bio is for")
        self._goes_on = np.array([[goes_on(before, tag) for tag in labels] for before in labels])
        self._inside = np.array([strict and label.startswith("I-") for label in labels])
        broken = self._inside[None, :] & ~self._goes_on
        self._cost = np.where(broken, _FAR_BELOW, 0.0)

    def tags(self, probabilities: Output) -> Places:
        """The place of each word's tag among the labels, of `[words, labels]` with a word or more."""
        best = probabilities.argmax(axis=1)
        breaks = self._inside[best[0]] or (self._cost[best[:-1], best[1:]] < 0).any()
        return self._likeliest(np.log(np.maximum(probabilities, 1e-12))) if breaks else best

    def ends(self, tags: Places, probabilities: Output) -> Output:
        """For each word the probability that its entity does not go on in the next: float32 `[words]`."""
        ends = np.ones(len(tags), np.float32)
        ends[:-1] -= (probabilities[1:] * self._goes_on[tags[:-1]]).sum(axis=1)
        return ends.clip(min=0)

    def _likeliest(self, scores: Output) -> Places:
        """By log probabilities."""
        reached = scores[0] + np.where(self._inside, _FAR_BELOW, 0.0)
        ways = np.zeros(scores.shape, np.intp)
        for word in range(1, len(scores)):
            through = reached[:, None] + self._cost
            ways[word] = through.argmax(axis=0)
            reached = through.max(axis=0) + scores[word]
        path = np.empty(len(scores), np.intp)
        path[-1] = reached.argmax()
        for word in range(len(scores) - 1, 0, -1):
            path[word - 1] = ways[word, path[word]]
        return path
