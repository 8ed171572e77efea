"""Settings: working defaults, each overridable by an environment variable `NEWSREEL_...`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

__all__ = ["Settings"]

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d+)?|https?://\[[0-9a-f:]+\](:\d+)?")
"""As browsers send it: lower case, no path, not even a slash."""


_Cloud = Literal["none", "sagemaker", "vertex"]


def _cloud() -> _Cloud:
    if os.environ.get("AIP_MODE") == "PREDICTION":
        return "vertex"
    return "sagemaker" if {"SAGEMAKER_BATCH", "SAGEMAKER_BIND_TO_PORT"} & os.environ.keys() else "none"


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "newsreel" / "artifacts"


class Settings(BaseSettings):
    """What a Newsreel process is told from outside."""

    model_config = SettingsConfigDict(env_prefix="NEWSREEL_", frozen=True)

    cloud: _Cloud = Field(default_factory=_cloud)
    """Whose hosting the service answers to besides its own callers.

    Vertex AI is known by its environment; SageMaker only in batch transform and where several containers share an
    endpoint.
    """

    cloud_task: Literal["embed", "entities", "rerank", "classify"] = "embed"
    """What a cloud's one route for requests does, where a request does not say."""

    artifacts: Path = Field(default_factory=_cache)
    """Folder of model artifacts, made by `newsreel models build`. What a cloud brings goes before it."""

    embedder: str = "all-MiniLM-L6-v2"
    """Name of the artifact that embeds stories and queries. An archive keeps to the one it was made with.

    `none` is for a service without an archive.
    """

    entities: str = "newsreel-entities"
    """Name of the artifact that finds names in stories and queries, or `none`. An archive keeps to its own."""

    reranker: str = "none"
    """Name of the artifact that the service scores passages with, or `none`."""

    classifier: str = "none"
    """Name of the artifact that the service sorts texts with, or `none`."""

    runtime: Literal["auto", "onnxruntime", "openvino"] = "auto"
    """What runs the models' graphs: auto is OpenVINO where it is installed, else ONNX Runtime. On one thread queries
    are ONNX Runtime's in any case."""

    threads: int = Field(default=0, ge=0, le=1024)
    """Threads for a model's graph; 0 is one a core, and of several processes that serve each takes its share."""

    queue_tokens: int = Field(default=65_536, ge=1)
    """Tokens that may wait for a model in each process of the service; who would add to more is asked to come back."""

    memory_bytes: int = Field(default=64 << 20, ge=0)
    """What a process of the service may remember of its models' answers; 0 is nothing."""

    redis_url: SecretStr = SecretStr("")
    """A Redis where processes of the service remember together, as `redis://host:6379/0`; needs the extra `redis`.

    Whoever can write to it is believed. It holds no texts.
    """

    redis_kept_s: int = Field(default=7 * 24 * 3600, ge=1)
    """How long an answer is kept there."""

    drain_s: float = Field(default=5, ge=0)
    """Seconds that the service goes on after SIGTERM, not ready, so that load balancers send elsewhere."""

    max_body_bytes: int = Field(default=6 << 20, ge=1)
    """Bytes of a request's body; more answers 413. What a batch of a few thousand passages takes."""

    request_s: float = Field(default=30, gt=0)
    """Seconds in which a whole request has to have come, from its first byte or from when its connection was opened."""

    max_connections: int = Field(default=1000, ge=1)
    """Connections that a process of the service holds open; who comes then is told to come back.

    Below what the system lets a process open (`ulimit -n`), or it cannot even tell them.
    """

    api_keys: Path | None = None
    """File of those who may ask the service, with a hash of each one's key, as `newsreel keys` makes it.

    It is read anew when it changes. Without one anybody may ask.
    """

    open_metrics: bool = False
    """Whether /metrics needs no key where the rest of the service does."""

    cors_origins: Annotated[frozenset[str], NoDecode] = frozenset()
    """Web sites whose scripts may read what the service answers: `https://desk.example`, with commas between."""

    tls_certificate: Path | None = None
    """File of the service's certificate and what leads to its issuer, as PEM; the service speaks TLS then."""

    tls_key: Path | None = None
    """File of its private key, as PEM; where it is not in the certificate's file."""

    tls_client_ca: Path | None = None
    """File of issuers, as PEM: who connects needs a certificate of one of them."""

    traces: str = ""
    """Where traces are sent by OTLP over HTTP, as `http://collector:4318`, or OTEL_EXPORTER_OTLP_ENDPOINT has it.

    Without either there are none. Everything else about them is set as OpenTelemetry has it (OTEL_...).
    """

    group_inputs: int = Field(default=128, ge=1, le=10_000)
    """Inputs committed together: what an interrupted run does again at most."""

    read_workers: int = Field(default=2, ge=1, le=256)
    """Threads that read and decode inputs."""

    films_at_once: int = Field(default=0, ge=0, le=256)
    """Videos that are cut at the same time; 0 is one for every core, eight at most."""

    film_limit_s: float = Field(default=4 * 3600, gt=0)
    """Seconds that decoding a video may take; what was found of it by then is used, and the loss is said."""

    live_item_s: float = Field(default=600, gt=0)
    """Seconds of a live feed that become one item of the archive; a shot is never in two."""

    personal_data: Literal["keep", "redact", "hash"] = "keep"
    """How people are named in what other programs are given, and in logs: as written, as `[PER]`, or as `PER-3f9a…`."""

    personal_data_key: SecretStr = SecretStr("")
    """What hashes are made with: long, random, and not lost, or hashes of before and after do not match."""

    personal_data_labels: Annotated[frozenset[str], NoDecode] = frozenset({"PER"})
    """Which entities that is about, with commas between."""

    log_texts: bool = False
    """Whether queries are logged, with names as `personal_data` has it."""

    @field_validator("personal_data_labels", mode="before")
    @classmethod
    def _labels(cls, value: object) -> object:
        return (
            [label.strip().upper() for label in value.split(",") if label.strip()] if isinstance(value, str) else value
        )

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        origins = [each.strip() for each in value.split(",") if each.strip()] if isinstance(value, str) else value
        for origin in origins if isinstance(origins, Iterable) else ():
            if not _ORIGIN.fullmatch(str(origin)):
                raise ValueError(f"{origin!r} is no origin: write it as https://desk.example or http://localhost:5173")
        return origins

    @model_validator(mode="after")
    def _whole_tls(self) -> Self:
        if (self.tls_key or self.tls_client_ca) and not self.tls_certificate:
            raise ValueError("TLS needs a certificate: set NEWSREEL_TLS_CERTIFICATE, or neither key nor client CA")
        return self
