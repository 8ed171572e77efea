"""What a cloud's hosting tells a container of how it is to serve: its port, and its routes."""

from __future__ import annotations

import os
from dataclasses import dataclass

from newsreel.core.errors import UsageError
from newsreel.settings import Settings

__all__ = ["Routes", "address", "vertex_routes"]

_PORTS = {"sagemaker": "SAGEMAKER_BIND_TO_PORT", "vertex": "AIP_HTTP_PORT"}
_CLOUDS_PORT = "8080"
_OWN = "127.0.0.1", 8420
_EVERYWHERE = "0.0.0.0"  # noqa: S104  # both clouds ask from outside the container


@dataclass(frozen=True, slots=True)
class Routes:
    """Where a cloud asks whether the service is ready, and where it sends requests."""

    health: str
    requests: str


def address(settings: Settings, host: str | None, port: int | None) -> tuple[str, int]:
    """Where to listen: what the operator says, or the cloud, or this machine alone. Raises UsageError."""
    default = _OWN if settings.cloud == "none" else (_EVERYWHERE, _port(_PORTS[settings.cloud]))
    return default[0] if host is None else host, default[1] if port is None else port


def vertex_routes() -> Routes:
    """Those of Vertex AI. Raises UsageError."""
    return Routes(_route("AIP_HEALTH_ROUTE", "/health"), _route("AIP_PREDICT_ROUTE", "/predict"))


def _port(variable: str) -> int:
    said = os.environ.get(variable) or _CLOUDS_PORT
    if not (said.isascii() and said.isdigit() and 0 < int(said) < 1 << 16):
        raise UsageError(f"{variable} is {said!r}, which is no port: it is between 1 and 65535")
    return int(said)


def _route(variable: str, default: str) -> str:
    said = os.environ.get(variable) or default
    if not said.startswith("/") or {"{", "}", "?", "#"} & set(said):
        raise UsageError(f"{variable} is {said!r}, which is no route: it begins with a slash, and has no braces")
    return said
