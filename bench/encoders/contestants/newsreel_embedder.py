"""Newsreel's default embedder, opened and called as the rest of the package does."""

from __future__ import annotations

from bench.encoders.contestants._child import Encode, Given, serve

from newsreel.app import open_embedder
from newsreel.models.embedder import DEFAULT
from newsreel.settings import Settings


def load(_given: Given) -> Encode:
    embedder = open_embedder(Settings(embedder=DEFAULT))  # the same weights, whatever the environment names
    return lambda texts, _batch: embedder.embed(texts)


if __name__ == "__main__":
    serve(load)
