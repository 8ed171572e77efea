"""Models as searching knows them, whose texts share batches with everybody else's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from newsreel.core.entities import Entity
from newsreel.core.protocols import Embedder, OverLength, Vectors
from newsreel.inference.answers import Answers
from newsreel.models.runtime.sessions import Output

__all__ = ["SharedEmbedder", "SharedEntityModel"]


class SharedEmbedder:
    """See `core.protocols.Embedder`. For threads, not for an event loop."""

    def __init__(self, embedder: Embedder, answers: Answers[Output]) -> None:
        """`answers` are those of the same embedder."""
        self._embedder = embedder
        self._answers = answers

    @property
    def fingerprint(self) -> str:
        """See `core.protocols.Embedder`."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """See `core.protocols.Embedder`."""
        return self._embedder.dimension

    @property
    def max_tokens(self) -> int:
        """See `core.protocols.Embedder`."""
        return self._embedder.max_tokens

    def embed(self, texts: Sequence[str], over_length: OverLength = "truncate") -> Vectors:
        """See `core.protocols.Embedder`."""
        found = self._answers.ask_and_wait(texts, over_length)
        return np.stack(found) if found else np.empty((0, self.dimension), np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `core.protocols.Embedder`."""
        return self._embedder.count_tokens(texts)


class SharedEntityModel:
    """See `core.protocols.EntityModel`. For threads, not for an event loop."""

    def __init__(self, answers: Answers[list[Entity]]) -> None:
        """Of an entity model."""
        self._answers = answers

    @property
    def fingerprint(self) -> str:
        """See `core.protocols.EntityModel`."""
        return self._answers.model.fingerprint

    def entities(self, texts: Sequence[str], over_length: OverLength = "split") -> list[list[Entity]]:
        """See `core.protocols.EntityModel`."""
        return [list(found) for found in self._answers.ask_and_wait(texts, over_length)]
