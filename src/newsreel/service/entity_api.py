"""The JSON routes of names in the archive."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi import Path as PathParameter
from fastapi import Query as Parameter

from newsreel.search.language import LABELS
from newsreel.search.results import MAX_LIMIT, MAX_QUERY_CHARACTERS
from newsreel.service.asked import MAX_OFFSET, Served
from newsreel.service.schemas import NamesAnswer, ProfileAnswer, errors_documented

__all__ = ["router"]

router = APIRouter(prefix="/v1/entities", tags=["entities"])


@router.get("", summary="Who and what is named", responses=errors_documented(404, 422, 429, 500, 503))
def names(
    newsreel: Served,
    kind: Annotated[
        Literal["person", "organisation", "place", "misc"], Parameter(description="What the names stand for.")
    ] = "person",
    name: Annotated[
        str, Parameter(max_length=MAX_QUERY_CHARACTERS, description="Only names that contain these letters.")
    ] = "",
    limit: Annotated[int, Parameter(ge=1, le=MAX_LIMIT, description="How many names at most.")] = 100,
    offset: Annotated[int, Parameter(ge=0, le=MAX_OFFSET, description="How many names to leave out.")] = 0,
) -> NamesAnswer:
    """The most frequent first. Whom the editor's file tags or suppresses is not listed."""
    listing = newsreel.named(LABELS[kind], name.strip(), limit, offset)
    return NamesAnswer.of(newsreel.exports.listing(listing), limit, offset)


@router.get("/{key:path}", summary="One of those that are named", responses=errors_documented(404, 429, 500, 503))
def entity(
    newsreel: Served,
    key: Annotated[str, PathParameter(description="As facets and listings have it.", examples=["PER:angela merkel"])],
) -> ProfileAnswer:
    """Its names, when it was named, and with whom. One that no visible item names answers 404."""
    return ProfileAnswer.of_profile(newsreel.exports.profile(newsreel.entity(key)))
