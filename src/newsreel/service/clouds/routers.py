"""The routes of the cloud that hosts the service."""

from __future__ import annotations

from fastapi import APIRouter

from newsreel.core.errors import UsageError
from newsreel.service.clouds.sagemaker import sagemaker_router
from newsreel.service.clouds.vertex import vertex_router
from newsreel.settings import Settings

__all__ = ["cloud_routers"]


def cloud_routers(settings: Settings) -> list[APIRouter]:
    """Those, none where no cloud does. Raises UsageError for settings that it rules out."""
    if settings.cloud == "none":
        return []
    if settings.tls_certificate:
        raise UsageError(f"{settings.cloud} speaks plain HTTP to a container: unset NEWSREEL_TLS_CERTIFICATE")
    if settings.cloud == "sagemaker" and settings.api_keys:
        raise UsageError("SageMaker lets no key through to a container, its callers sign: unset NEWSREEL_API_KEYS")
    return [sagemaker_router(settings) if settings.cloud == "sagemaker" else vertex_router(settings)]
