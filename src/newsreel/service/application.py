"""The application: routes, errors and the edge put together."""

from __future__ import annotations

from collections.abc import Collection

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.cors import CORSMiddleware

from newsreel import __version__, traces
from newsreel.service import (
    api,
    assets,
    entity_api,
    entity_pages,
    errors,
    live_api,
    live_pages,
    media,
    model_api,
    pages,
    probes,
)
from newsreel.service.clouds.routes import cloud_routes
from newsreel.service.edge import Edge
from newsreel.service.guard import Guard, document_keys
from newsreel.service.keys import Keys
from newsreel.service.open_paths import open_paths, paths_without_key
from newsreel.service.quick import Shortcut
from newsreel.service.state import State
from newsreel.service.traced import Traced
from newsreel.settings import Settings

__all__ = ["create_app"]

_DESCRIPTION = """\
Search a newsroom's stories, photos and videos, and fetch what was found; ask the models that read them.

Times are ISO 8601 in UTC. Every error has the same shape: `{"error": {"type", "code", "message"}}`. An item that is
unknown, under embargo or killed answers 404 alike.
"""

_NO_OTHER_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI's own sends addresses, with queries in them, and messages of errors to whatever collects for the process.

See `newsreel.traces` for what is sent instead.
"""


def create_app(state: State, settings: Settings | None = None) -> FastAPI:
    """The service over what this holds. Two of them can run in one process.

    Without settings it takes them from the environment: whoever serves it otherwise has not thereby opened it to all.
    """
    settings = settings or Settings()
    app = FastAPI(
        title="Newsreel",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,  # both documentation pages load their scripts from a CDN
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_NO_OTHER_TELEMETRY,
    )
    app.state.served = state
    app.router.routes[:0] = [*model_api.quick_routes(), *cloud_routes(settings)]  # the first to be looked at
    for router in (
        api.router,
        model_api.router,
        entity_api.router,
        live_api.router,
        media.router,
        probes.router,
        assets.router,
        entity_pages.router,
        live_pages.router,
        pages.router,
    ):
        app.include_router(router)
    errors.install(app)
    app.add_middleware(Shortcut, routes=app.router.routes)
    if traces.wanted(settings.traces):
        app.add_middleware(Traced, except_for=open_paths(settings) | {"/metrics"})
    if settings.api_keys:
        app.add_middleware(Guard, keys=Keys(settings.api_keys), open_paths=paths_without_key(settings))
        document_keys(app, paths_without_key(settings))
    if settings.cors_origins:
        _share(app, settings.cors_origins)
    app.add_middleware(Edge, max_body_bytes=settings.max_body_bytes)
    return app


def _share(app: FastAPI, origins: Collection[str]) -> None:
    """Let scripts of these sites read answers, errors too. What a browser knows of its user is not asked for."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=sorted(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=["Retry-After"],
    )
