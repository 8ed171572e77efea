"""What is answered to anybody, however busy the service is."""

from __future__ import annotations

from newsreel.service.clouds.hosting import vertex_routes
from newsreel.settings import Settings

__all__ = ["open_paths", "paths_without_key"]


def open_paths(settings: Settings) -> frozenset[str]:
    """Where it is asked whether a process is alive or ready. Raises UsageError for a route that is none."""
    own = {"/healthz", "/readyz"}
    if settings.cloud == "sagemaker":
        return frozenset(own | {"/ping"})
    return frozenset(own | {vertex_routes().health} if settings.cloud == "vertex" else own)


def paths_without_key(settings: Settings) -> frozenset[str]:
    """What nobody needs a key for, where others need one. Raises as `open_paths`."""
    return open_paths(settings) | ({"/metrics"} if settings.open_metrics else set())
