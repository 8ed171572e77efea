"""A cross-encoder, whatever runs its graph. Never imports torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from newsreel.core.protocols import Unsplit
from newsreel.models.reranker.config import RerankerCard
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.logits import SCORES
from newsreel.models.runtime.reading import Reader, Sessions, open_sessions
from newsreel.models.runtime.sessions import Output
from newsreel.models.runtime.tokens import Tokens

__all__ = ["CrossEncoder"]


class CrossEncoder:
    """How well passages answer a query; see `core.protocols.Reranker`."""

    def __init__(self, artifact: Artifact, sessions: Sessions) -> None:
        """Score with an artifact's graph, which is open already. Raises ArtifactError."""
        self.card = RerankerCard.of(artifact.card)
        tokens = Tokens(artifact.file("tokenizer.json"), self.card.max_tokens, pairs=True, splits=False)
        self._reader = Reader(tokens, sessions, 1)

    @classmethod
    def open(cls, artifact: Artifact, runtime: str = "auto", *, threads: int = 0) -> CrossEncoder:
        """Open an artifact; see `open_sessions`. Raises ArtifactError."""
        return cls(artifact, open_sessions(artifact, runtime, threads=threads))

    def scores(self, query: str, passages: Sequence[str], over_length: Unsplit = "truncate") -> Output:
        """See `core.protocols.Reranker`."""
        logits = np.empty(len(passages), np.float32)
        for part, row in self._reader.read([(query, passage) for passage in passages], over_length):
            logits[part.text] = row[0]
        return SCORES[self.card.scores](logits)
