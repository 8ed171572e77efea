"""The pages: search, and one item. They work without JavaScript."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from fastapi.responses import HTMLResponse

from newsreel.core.times import NS_PER_S
from newsreel.service.asked import Search, Served, find
from newsreel.service.excerpts import excerpt_of
from newsreel.service.item_view import item_view
from newsreel.service.moments import moment_of
from newsreel.service.rendering import render
from newsreel.service.views import SearchView, page_size

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_LONGEST_S = 1_000_000


@router.get("/")
def search(newsreel: Served, asked: Search) -> HTMLResponse:
    """The search page; without words it shows what is newest."""
    results = newsreel.search(asked.query(page_size(asked)))
    newsreel.log(results)
    marks = newsreel.marker(asked.text)
    moments = {result.item.uri: moment_of(result, marks) for result in results.results if asked.words}
    has_live = not asked.text and newsreel.has_live
    view = SearchView(asked, results)
    return render("search.html", view=view, asked=asked, excerpt_of=excerpt_of, moments=moments, has_live=has_live)


@router.get("/items/{uri:path}")
def item(
    newsreel: Served,
    request: Request,
    uri: str,
    asked: Search,
    t: Annotated[float | None, Parameter(ge=0, le=_LONGEST_S, description="A moment of a video, in seconds.")] = None,
) -> HTMLResponse:
    """One item; its passage is marked when a search led here, and a video opens at the moment `t`."""
    found = find(newsreel.item, uri, request)
    moment_ns = None if t is None else round(t * NS_PER_S)
    return render("item.html", view=item_view(newsreel, found, asked, moment_ns), asked=asked)
