"""HTTP and the page: what is asked of an archive over the network, and how it is answered. No logic of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from newsreel.app import Serving
    from newsreel.settings import Settings

__all__ = ["create_app"]


def create_app(serving: Serving, settings: Settings | None = None) -> FastAPI:
    """The service over an archive, models, or both. Two of them can run in one process.

    Without settings it takes them from the environment.
    """
    from newsreel.service import (
        application,
        state,
    )  # the command line takes the schemas alone, and waits for no web framework

    return application.create_app(state.State(serving), settings)
