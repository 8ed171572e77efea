"""The routes of the cloud that hosts the service."""

from __future__ import annotations

from starlette.routing import Route

from newsreel.core.errors import UsageError
from newsreel.service.clouds import sagemaker, vertex
from newsreel.settings import Settings

__all__ = ["cloud_routes"]


def cloud_routes(settings: Settings) -> list[Route]:
    """Those, none where no cloud does. Raises UsageError for settings that the cloud rules out."""
    if settings.cloud == "none":
        return []
    if settings.tls_certificate:
        raise UsageError(f"{settings.cloud} speaks plain HTTP to a container: unset NEWSREEL_TLS_CERTIFICATE")
    if settings.cloud == "sagemaker" and settings.api_keys:
        raise UsageError("SageMaker lets no key through to a container, its callers sign: unset NEWSREEL_API_KEYS")
    return sagemaker.routes(settings) if settings.cloud == "sagemaker" else vertex.routes(settings)
