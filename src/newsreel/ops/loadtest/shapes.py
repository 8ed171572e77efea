"""Requests as different servers want them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["SHAPES", "Endpoint", "Shape", "Task"]

Task = Literal["embed", "entities", "rerank", "classify", "search"]
Shape = Literal["newsreel", "openai", "tei", "infinity"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a task is asked for, and how."""

    path: str
    body: Callable[[str, Sequence[str]], Mapping[str, Any]] | None
    """Of a query, for the tasks that have one, and texts. None where the query is in the address (`?q=`)."""


def _under(name: str) -> Callable[[str, Sequence[str]], Mapping[str, Any]]:
    """One text by itself, several as a list."""
    return lambda _, texts: {name: texts[0] if len(texts) == 1 else texts}


def _pairs(name: str) -> Callable[[str, Sequence[str]], Mapping[str, Any]]:
    return lambda query, texts: {"query": query, name: texts}


def _texts(_: str, texts: Sequence[str]) -> Mapping[str, Any]:
    return {"texts": texts}


SHAPES: Mapping[Shape, Mapping[Task, Endpoint]] = {
    "newsreel": {
        "embed": Endpoint("/v1/embeddings", _under("input")),
        "entities": Endpoint("/v1/entities", _texts),
        "rerank": Endpoint("/v1/rerank", _pairs("documents")),
        "classify": Endpoint("/v1/classify", _under("inputs")),
        "search": Endpoint("/v1/search", None),
    },
    "openai": {"embed": Endpoint("/v1/embeddings", _under("input"))},
    "tei": {
        "embed": Endpoint("/embed", _under("inputs")),
        "rerank": Endpoint("/rerank", _pairs("texts")),
        "classify": Endpoint("/predict", _under("inputs")),
    },
    "infinity": {
        "embed": Endpoint("/embeddings", _under("input")),
        "rerank": Endpoint("/rerank", _pairs("documents")),
        "classify": Endpoint("/classify", lambda _, texts: {"input": texts}),
    },
}
"""Text Embeddings Inference and Infinity name their routes so; OpenAI's is spoken by most."""
