"""An embedder on ONNX Runtime. Never imports torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from newsreel.core.errors import ArtifactError
from newsreel.core.protocols import Vectors
from newsreel.models.embedder.config import EmbedderCard
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.batching import token_batches
from newsreel.models.runtime.sessions import Execution
from newsreel.models.runtime.sessions.onnx import OnnxSession

__all__ = ["TextEmbedder"]

MAX_BATCH_TOKENS = 512
"""On two cores larger batches were slower: see docs/design/03-embeddings.md."""


class TextEmbedder:
    """Text to unit vectors; see `core.protocols.Embedder`.

    Pooling and normalising are in the graph and mind the attention mask, so that padding changes a vector by no more
    than the rounding of a float32 sum (1e-6).
    """

    def __init__(self, artifact: Artifact, *, threads: int = 0) -> None:
        """Open an artifact. Raises ArtifactError."""
        self.card = EmbedderCard.of(artifact.card)
        tokenizer = artifact.file("tokenizer.json")
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:
            raise ArtifactError(f"the tokenizer in {artifact.folder} cannot be read: build the model anew") from error
        self.measured: Mapping[str, Any] = artifact.card.get("measured", {})
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.card.max_tokens)
        self._counter = Tokenizer.from_str(self._tokenizer.to_str())
        self._counter.no_truncation()
        self._session = OnnxSession(artifact.graph(), Execution(threads=threads))

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

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `core.protocols.Embedder`."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        ids = [e.ids for e in self._tokenizer.encode_batch_fast(list(texts))]
        for rows in token_batches([len(i) for i in ids], MAX_BATCH_TOKENS):
            width = len(ids[rows[0]])
            input_ids = np.zeros((len(rows), width), np.int64)
            mask = np.zeros_like(input_ids)
            for n, row in enumerate(rows):
                input_ids[n, : len(ids[row])] = ids[row]
                mask[n, : len(ids[row])] = 1
            vectors[rows] = self._session.run({"input_ids": input_ids, "attention_mask": mask})
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `core.protocols.Embedder`."""
        return [len(e.ids) for e in self._counter.encode_batch_fast(list(texts), add_special_tokens=False)]
