"""Who takes part, and with which weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["EMBEDDERS", "ENTITIES", "OURS", "OURS_ENTITIES", "PLAIN", "PLAIN_ENTITIES", "Contestant", "newsreel"]

_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """A server, and how it is asked."""

    name: str
    about: str
    command: tuple[str, ...]
    """With `{bin}`, `{port}`, `{weights}`, `{graphs}` and `{pipeline}` in it."""

    environment: str | None
    """Of `requirements`; None is the one that this runs in."""

    variables: Mapping[str, str] = field(default_factory=lambda: _OFFLINE)
    task: Literal["embed", "entities", "search"] = "embed"
    path: str = "/v1/embeddings"
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Put into each body."""

    quick: bool = True
    """Whether it is in the quick run, too."""


def newsreel(**variables: str) -> dict[str, str]:
    """The environment of a server of ours: nothing is answered from memory, and nothing drains."""
    return {
        "NEWSREEL_MEMORY_BYTES": "0",
        "NEWSREEL_DRAIN_S": "0",
        **{f"NEWSREEL_{name.upper()}": value for name, value in variables.items()},
    }


_SERVE = ("{bin}/python", "-m", "newsreel", "serve", "--port", "{port}")

OURS = Contestant(
    name="Newsreel",
    about="int8, its default runtime",
    command=_SERVE,
    environment=None,
    variables=newsreel(entities="none"),
)
PLAIN = Contestant(
    name="FastAPI, sentence-transformers",
    about="fp32, torch; a route that is no coroutine, in FastAPI's threads",
    command=("{bin}/python", "-m", "bench.serving.servers.plain_embedder", "{port}", "{weights}"),
    environment="plain",
)

EMBEDDERS = (
    OURS,
    Contestant(
        name="Newsreel, ONNX Runtime",
        about="int8, onnxruntime",
        command=_SERVE,
        environment=None,
        variables=newsreel(entities="none", runtime="onnxruntime"),
        quick=False,
    ),
    PLAIN,
    Contestant(
        name="LitServe, onnxruntime int8",
        about="our int8 graph, onnxruntime; LitServe's batching and its fast queue",
        command=("{bin}/python", "-m", "bench.serving.servers.litserve_onnx", "{port}", "{graphs}/model.int8.onnx"),
        environment="litserve",
    ),
    Contestant(
        name="LitServe, onnxruntime fp32",
        about="our fp32 graph, onnxruntime; LitServe's batching and its fast queue",
        command=("{bin}/python", "-m", "bench.serving.servers.litserve_onnx", "{port}", "{graphs}/model.onnx"),
        environment="litserve",
        quick=False,
    ),
    Contestant(
        name="Infinity",
        about="fp32, torch: the engine that it takes of itself, and its batching",
        command=(
            *("{bin}/infinity_emb", "v2", "--model-id", "{weights}", "--served-model-name", "minilm"),
            *("--engine", "torch", "--device", "cpu", "--log-level", "warning", "--url-prefix", "/v1"),
            *("--host", "127.0.0.1", "--port", "{port}"),
        ),
        environment="infinity",
        variables={**_OFFLINE, "DO_NOT_TRACK": "1", "INFINITY_ANONYMOUS_USAGE_STATS": "0"},
        fields={"model": "minilm"},
    ),
)

OURS_ENTITIES = Contestant(
    name="Newsreel entities",
    about="the model that comes with it, int8, its default runtime",
    command=_SERVE,
    environment=None,
    variables=newsreel(embedder="none"),
    task="entities",
    path="/v1/entities",
    fields={"over_length": "truncate"},
)
PLAIN_ENTITIES = Contestant(
    name="FastAPI, pipeline",
    about="fp32, torch; a route that is no coroutine, in FastAPI's threads",
    command=("{bin}/python", "-m", "bench.serving.servers.plain_pipeline", "{port}", "{pipeline}"),
    environment="plain",
    task="entities",
    path="/v1/entities",
)
ENTITIES = (OURS_ENTITIES, PLAIN_ENTITIES)
