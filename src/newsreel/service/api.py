"""The JSON routes, `/v1`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Query as Parameter

from newsreel.search.results import MAX_LIMIT
from newsreel.service.asked import Search, Served, Uri, find
from newsreel.service.schemas import ItemAnswer, SearchAnswer, errors_documented

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["archive"])


@router.get(
    "/search", summary="Search, or browse the newest items", responses=errors_documented(400, 422, 429, 500, 503)
)
def search(
    newsreel: Served,
    asked: Search,
    limit: Annotated[int, Parameter(ge=1, le=MAX_LIMIT, description="How many results at most.")] = 10,
) -> SearchAnswer:
    """BM25 and vectors, fused; one result an item, with its best segment. Pages are cut from one fixed list."""
    results = newsreel.search(asked.query(limit))
    newsreel.log(results)
    return SearchAnswer.of(newsreel.exports.results(results), explain=asked.explain)


@router.get("/items/{uri:path}", summary="One item", responses=errors_documented(404, 422, 429, 500, 503))
def item(newsreel: Served, request: Request, uri: Uri) -> ItemAnswer:
    """An item with all that the archive may show of it."""
    found = find(newsreel.item, uri, request)
    return ItemAnswer.of(newsreel.exports.item(found), newsreel.shots(found.uri))
