"""The pages of names: who and what is named, and one of them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi import Query as Parameter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from newsreel.search.results import MAX_QUERY_CHARACTERS
from newsreel.service.addresses import entity_address, entity_key
from newsreel.service.asked import MAX_OFFSET, Served
from newsreel.service.entity_view import PAGE_SIZE, EntityView
from newsreel.service.excerpts import excerpt_of
from newsreel.service.names_view import names_view
from newsreel.service.rendering import render
from newsreel.service.wording import Asked

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Offset = Annotated[int, Parameter(ge=0, le=MAX_OFFSET)]


@router.get("/entities")
def names(
    newsreel: Served,
    kind: Literal["", "person", "organisation", "place", "misc"] = "",
    name: Annotated[str, Parameter(max_length=MAX_QUERY_CHARACTERS)] = "",
    offset: Offset = 0,
) -> HTMLResponse:
    """Who and what is named; in an archive without entities the page says so."""
    view = names_view(newsreel, kind, name.strip(), offset if kind else 0) if newsreel.has_names else None
    return render("names.html", view=view)


@router.get("/entities/{kind}/{name:path}")
def entity(newsreel: Served, kind: str, name: str, offset: Offset = 0) -> Response:
    """Somebody or something that items name; who was merged into another is found on the other's page."""
    key = entity_key(kind, name)
    profile = newsreel.entity(key)
    if profile.known.key != key:
        return RedirectResponse(entity_address(profile.known.key, offset), status_code=302)
    asked = Asked(entities=(profile.known.key,), offset=offset)
    view = EntityView(profile, newsreel.search(asked.query(PAGE_SIZE)), asked)
    return render("entity.html", view=view, asked=asked, excerpt_of=excerpt_of, moments={})
