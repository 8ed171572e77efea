"""What the three backends of sentence-transformers have in common."""

from __future__ import annotations

from typing import Any

from bench.encoders.contestants._child import Encode

__all__ = ["encoder"]


def encoder(model: Any) -> Encode:
    """A SentenceTransformer as a contestant. Its own default is batches of 32, sorted by length."""

    def encode(texts: list[str], batch: int | None) -> Any:
        size = {} if batch is None else {"batch_size": batch}
        return model.encode(texts, normalize_embeddings=True, show_progress_bar=False, **size)

    return encode
