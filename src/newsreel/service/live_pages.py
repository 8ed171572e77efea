"""The page of live feeds. It works without JavaScript, as a list to be reloaded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Query as Parameter
from fastapi.responses import HTMLResponse

from newsreel.core.times import now_ns
from newsreel.service.asked import Served
from newsreel.service.live_view import live_view
from newsreel.service.rendering import render

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/live")
def live(newsreel: Served, feed: Annotated[str, Parameter(max_length=1000)] = "") -> HTMLResponse:
    """The newest shots of one feed, or of all; they go on appearing where there is JavaScript."""
    return render("live.html", view=live_view(newsreel.live_shots(), feed, now_ns()))
