"""The JSON routes, `/v1`."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter
from fastapi import Query as Parameter

from newsreel.search.results import MAX_LIMIT
from newsreel.service.asked import Search, Served, find
from newsreel.service.schemas import ErrorAnswer, ItemAnswer, SearchAnswer

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["archive"])

Uri = Annotated[
    str, PathParameter(description="The item's uri, percent-encoded whole.", examples=["file%3Adesk%2Ffloods.txt"])
]


def _errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    said = {
        400: "The search makes no sense.",
        404: "No such item; also one under embargo, or killed.",
        422: "A parameter is not of its type.",
        500: "A failure of the service.",
        503: "The archive cannot answer at the moment.",
    }
    return {status: {"model": ErrorAnswer, "description": said[status]} for status in statuses}


@router.get("/search", summary="Search, or browse the newest items", responses=_errors(400, 422, 500, 503))
def search(
    newsreel: Served,
    asked: Search,
    limit: Annotated[int, Parameter(ge=1, le=MAX_LIMIT, description="How many results at most.")] = 10,
) -> SearchAnswer:
    """BM25 and vectors, fused; one result an item, with its best segment. Pages are cut from one fixed list."""
    return SearchAnswer.of(newsreel.search(asked.query(limit)), explain=asked.explain)


@router.get("/items/{uri:path}", summary="One item", responses=_errors(404, 422, 500, 503))
def item(newsreel: Served, request: Request, uri: Uri) -> ItemAnswer:
    """An item with all that the archive may show of it."""
    return ItemAnswer.of(find(newsreel.item, uri, request))


@router.get(
    "/thumbnails/{uri:path}",
    summary="An item's thumbnail",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}},
        304: {"description": "Not changed since the `ETag` that was sent."},
        **_errors(404, 422, 500, 503),
    },
)
def thumbnail(newsreel: Served, request: Request, uri: Uri) -> Response:
    """A small JPEG. To be asked for again each time (`ETag`), since the item may have been killed in between."""
    image = find(newsreel.thumbnail, uri, request)
    tag = f'"{hashlib.sha256(image).hexdigest()[:32]}"'
    known = request.headers.get("If-None-Match", "")
    if known.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in known.split(",")):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(image, media_type="image/jpeg", headers={"ETag": tag})
