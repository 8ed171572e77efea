"""sentence-transformers on torch, float32: what most people run."""

from __future__ import annotations

from bench.encoders.contestants._child import Given, Loaded, serve
from bench.encoders.contestants._sentence_transformers import encoder


def load(given: Given) -> Loaded:
    from sentence_transformers import SentenceTransformer

    return Loaded(encoder(SentenceTransformer(str(given.model), device="cpu", local_files_only=True)), "fp32, torch")


if __name__ == "__main__":
    serve(load)
