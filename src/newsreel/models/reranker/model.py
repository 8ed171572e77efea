"""A cross-encoder, whatever runs its graph. Never imports torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from newsreel.core.protocols import Unsplit
from newsreel.models.reranker.config import RerankerCard
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.logits import SCORES
from newsreel.models.runtime.reading import Reader, ReadingModel, Sessions, open_sessions
from newsreel.models.runtime.sessions import Output
from newsreel.models.runtime.tokens import Input, Part, Tokens

__all__ = ["CrossEncoder"]


class CrossEncoder(ReadingModel[float]):
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
        pairs = [(query, passage) for passage in passages]
        return np.array(self.finish(pairs, self._reader.read(pairs, over_length)), np.float32)

    @property
    def fingerprint(self) -> str:
        """See `ReadingModel`."""
        return self.card.fingerprint

    def finish(self, inputs: Sequence[Input], read: Iterable[tuple[Part, Output]]) -> list[float]:
        """The score of each pair; see `ReadingModel`."""
        logits = np.empty(len(inputs), np.float32)
        for part, row in read:
            logits[part.text] = row[0]
        scores: list[float] = SCORES[self.card.scores](logits).tolist()
        return scores
