"""An embedder, whatever runs its graph. Never imports torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from newsreel.core.protocols import OverLength, Vectors
from newsreel.models.embedder.config import EmbedderCard
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.reading import Reader, ReadingModel, Sessions, open_sessions
from newsreel.models.runtime.sessions import Output
from newsreel.models.runtime.tokens import Input, Part, Tokens

__all__ = ["TextEmbedder"]


class TextEmbedder(ReadingModel[Output]):
    """Text to vectors, of length 1 if the model normalises; see `core.protocols.Embedder`.

    Pooling and normalising are in the graph and mind the attention mask. A row is padded to a width that depends on
    its own length alone, and shares a batch with rows of that width: a text's vector is the same to the rounding of a
    float32 sum (1e-6) alone or in any company, and where the graph computes in integers with fixed scales, too.
    """

    def __init__(self, artifact: Artifact, sessions: Sessions) -> None:
        """Embed with an artifact's graph, which is open already. Raises ArtifactError."""
        self.card = EmbedderCard.of(artifact.card)
        self.measured: Mapping[str, Any] = artifact.card.get("measured", {})
        self._tokens = Tokens(artifact.file("tokenizer.json"), self.card.max_tokens)
        self._reader = Reader(self._tokens, sessions, self.card.dimension)

    @classmethod
    def open(cls, artifact: Artifact, runtime: str = "auto", *, threads: int = 0) -> TextEmbedder:
        """Open an artifact; see `open_sessions`. Raises ArtifactError."""
        return cls(artifact, open_sessions(artifact, runtime, threads=threads))

    @property
    def fingerprint(self) -> str:
        """See `core.protocols.Embedder`."""
        return self.card.fingerprint

    @property
    def dimension(self) -> int:
        """See `core.protocols.Embedder`."""
        return self.card.dimension

    @property
    def max_tokens(self) -> int:
        """See `core.protocols.Embedder`."""
        return self.card.max_tokens

    def embed(self, texts: Sequence[str], over_length: OverLength = "truncate") -> Vectors:
        """See `core.protocols.Embedder`."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for row, vector in enumerate(self.finish(texts, self._reader.read(texts, over_length))):
            vectors[row] = vector
        return vectors

    def finish(
        self,
        inputs: Sequence[Input],  # noqa: ARG002  # other models need them
        read: Iterable[tuple[Part, Output]],
    ) -> list[Output]:
        """A vector of each; see `ReadingModel`."""
        return [self._merged(list(parts)) for _, parts in groupby(read, lambda row: row[0].text)]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `core.protocols.Embedder`."""
        return self._tokens.count(texts)

    def _merged(self, parts: Sequence[tuple[Part, Output]]) -> Output:
        """The vector of a text that was read in one piece; of several, their mean by tokens, of length 1 again."""
        if len(parts) == 1:
            return parts[0][1]
        weights = [len(part.ids) - self._tokens.special_tokens for part, _ in parts]
        mean: Output = np.average([vector for _, vector in parts], axis=0, weights=weights)
        return mean / np.linalg.norm(mean) if self.card.normalise else mean
