"""The pages: search, and one item. They work without JavaScript."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from newsreel.app import Newsreel
from newsreel.core.errors import NotFoundError
from newsreel.core.item import Item, Kind
from newsreel.search.results import Query, Result
from newsreel.service.asked import Asked, Search, Served, find
from newsreel.service.marking import excerpt, paragraphs, runs
from newsreel.service.rendering import render
from newsreel.service.views import SearchView, page_size

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_EXCERPT = 300
_CAPTION = 240
_AMONG = 50
"""How many items published at the same moment are looked through for an item's own passage."""


@router.get("/")
def search(newsreel: Served, asked: Search) -> HTMLResponse:
    """The search page; without words it shows what is newest."""
    results = newsreel.search(asked.query(page_size(asked)))
    return render("search.html", view=SearchView(asked, results), asked=asked, excerpt_of=_excerpt)


@router.get("/items/{uri:path}")
def item(newsreel: Served, request: Request, uri: str, asked: Search) -> HTMLResponse:
    """One item; its passage is marked when a search led here."""
    found = find(newsreel.item, uri, request)
    passage = _passage(newsreel, found, asked)
    span = (passage.segment.start, passage.segment.end) if passage else (0, 0)
    marks = [(span[0] + begin, span[0] + end) for begin, end in passage.highlights] if passage else []
    is_story = found.kind is Kind.STORY
    return render(
        "item.html",
        item=found,
        asked=asked,
        back=asked.address(offset=asked.offset),
        paragraphs=paragraphs(found.body, span if marks else (0, 0), marks) if is_story else [],
        caption=runs(found.caption, [] if is_story else marks),
        has_picture=not is_story and _has_picture(newsreel, found.uri),
    )


def _excerpt(result: Result) -> list[tuple[str, bool]]:
    room = _EXCERPT if result.item.kind is Kind.STORY else _CAPTION
    return excerpt(result.segment.text, result.highlights, room)


def _passage(newsreel: Newsreel, item: Item, asked: Asked) -> Result | None:
    """The item's best segment for the words that led to it, searched for at the moment it was published."""
    if not asked.text:
        return None
    at = item.published_ns
    query = Query(
        text=asked.text,
        kinds=(item.kind,),
        from_ns=at,
        to_ns=None if at is None else at + 1,
        limit=_AMONG,
    )
    return next((result for result in newsreel.search(query).results if result.item.uri == item.uri), None)


def _has_picture(newsreel: Newsreel, uri: str) -> bool:
    try:
        newsreel.thumbnail(uri)
    except NotFoundError:
        return False
    return True
