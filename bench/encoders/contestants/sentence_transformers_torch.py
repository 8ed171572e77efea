"""sentence-transformers on torch, float32: what most people run."""

from __future__ import annotations

from bench.encoders.contestants._child import Encode, Given, serve
from bench.encoders.contestants._sentence_transformers import encoder


def load(given: Given) -> Encode:
    from sentence_transformers import SentenceTransformer

    return encoder(SentenceTransformer(str(given.model), device="cpu", local_files_only=True))


if __name__ == "__main__":
    serve(load)
