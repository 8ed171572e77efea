"""Newsreel's default embedder, opened and called as the rest of the package does."""

from __future__ import annotations

from bench.encoders.contestants._child import Given, Loaded, serve
from bench.encoders.contestants._newsreel import runtime

from newsreel.app import open_embedder
from newsreel.models.embedder import DEFAULT
from newsreel.models.runtime import artifact
from newsreel.settings import Settings


def load(_given: Given) -> Loaded:
    settings = Settings(embedder=DEFAULT)  # the same weights, whatever the environment names
    embedder = open_embedder(settings)
    precision = artifact.load(settings.artifacts, DEFAULT, task="embed").precision
    return Loaded(lambda texts, _batch: embedder.embed(texts), f"{precision}, {runtime()}")


if __name__ == "__main__":
    serve(load)
