"""The application: routes, errors and the edge put together."""

from __future__ import annotations

from fastapi import FastAPI

from newsreel import __version__
from newsreel.service import api, assets, entity_api, entity_pages, errors, live_api, live_pages, media, pages, probes
from newsreel.service.edge import Edge
from newsreel.service.state import State
from newsreel.settings import Settings

__all__ = ["create_app"]

_DESCRIPTION = """\
Search a newsroom's stories, photos and videos, and fetch what was found.

Times are ISO 8601 in UTC. Every error has the same shape: `{"error": {"type", "message"}}`. An item that is unknown,
under embargo or killed answers 404 alike.
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
    )
    app.state.served = state
    for router in (
        api.router,
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
    app.add_middleware(Edge, max_body_bytes=settings.max_body_bytes)
    return app
