"""A sequence classifier, whatever runs its graph. Never imports torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from newsreel.core.protocols import Unsplit
from newsreel.models.classifier.config import ClassifierCard
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.logits import SCORES
from newsreel.models.runtime.reading import Reader, ReadingModel, Sessions, open_sessions
from newsreel.models.runtime.sessions import Output
from newsreel.models.runtime.tokens import Input, Part, Tokens

__all__ = ["SequenceClassifier"]


class SequenceClassifier(ReadingModel[Output]):
    """Text to the probability of each label; see `core.protocols.Classifier`."""

    def __init__(self, artifact: Artifact, sessions: Sessions) -> None:
        """Classify with an artifact's graph, which is open already. Raises ArtifactError."""
        self.card = ClassifierCard.of(artifact.card)
        tokens = Tokens(artifact.file("tokenizer.json"), self.card.max_tokens, splits=False)
        self._reader = Reader(tokens, sessions, len(self.labels))

    @classmethod
    def open(cls, artifact: Artifact, runtime: str = "auto", *, threads: int = 0) -> SequenceClassifier:
        """Open an artifact; see `open_sessions`. Raises ArtifactError."""
        return cls(artifact, open_sessions(artifact, runtime, threads=threads))

    @property
    def labels(self) -> tuple[str, ...]:
        """See `core.protocols.Classifier`."""
        return self.card.labels

    def probabilities(self, texts: Sequence[str], over_length: Unsplit = "truncate") -> Output:
        """See `core.protocols.Classifier`."""
        found = np.empty((len(texts), len(self.labels)), np.float32)
        for row, probabilities in enumerate(self.finish(texts, self._reader.read(texts, over_length))):
            found[row] = probabilities
        return found

    @property
    def fingerprint(self) -> str:
        """See `ReadingModel`."""
        return self.card.fingerprint

    def finish(self, inputs: Sequence[Input], read: Iterable[tuple[Part, Output]]) -> list[Output]:
        """The probability of each label, for each text; see `ReadingModel`."""
        logits = np.empty((len(inputs), len(self.labels)), np.float32)
        for part, row in read:
            logits[part.text] = row
        return list(SCORES[self.card.scores](logits))
