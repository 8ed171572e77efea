"""The routes that answer with pictures and film. Each looks the item up again: it may have been killed in between."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi import Query as Parameter

from newsreel.service.asked import Served, Uri, find
from newsreel.service.edge import asks_for_head
from newsreel.service.originals import FilePart, Original, attachment, open_original
from newsreel.service.ranges import wanted
from newsreel.service.schemas import errors_documented

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["archive"], default_response_class=Response)

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_NOT_CHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "Not changed since the `ETag` that was sent."}}
_JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": _BINARY}},
    **_NOT_CHANGED,
    **errors_documented(404, 422, 429, 500, 503),
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The whole file.", "content": {"*/*": _BINARY}},
    206: {"description": "The bytes that `Range` asked for.", "content": {"*/*": _BINARY}},
    **_NOT_CHANGED,
    **errors_documented(404, 416, 422, 429, 500, 503),
}


@router.get("/thumbnails/{uri:path}", summary="An item's thumbnail", responses=_JPEG)
def thumbnail(newsreel: Served, request: Request, uri: Uri) -> Response:
    """A small JPEG. To be asked for again each time (`ETag`), since the item may have been killed in between."""
    return _picture(request, find(newsreel.thumbnail, uri, request))


@router.get("/keyframes/{uri:path}", summary="A shot's keyframe", responses=_JPEG)
def keyframe(
    newsreel: Served,
    request: Request,
    uri: Uri,
    shot: Annotated[int, Parameter(ge=0, lt=2**31, description="Which of the video's shots, from 0.")],
) -> Response:
    """A JPEG of at most 480 pixels a side: sharp, and not in the middle of a transition."""
    return _picture(request, find(lambda name: newsreel.keyframe(name, shot), uri, request))


@router.get("/media/{uri:path}", summary="An item's original", responses=_FILE)
def media(
    newsreel: Served,
    request: Request,
    uri: Uri,
    download: Annotated[bool, Parameter(description="To be saved under its own name, not shown.")] = False,
) -> Response:
    """The file that was indexed, as it is now; a `Range` of one part is honoured.

    What could run a script in a browser is sent to be saved, whatever is asked.
    """
    path, media_type = find(newsreel.media, uri, request)
    with ExitStack() as stack:
        file, original = open_original(path, media_type, uri)
        stack.enter_context(file)
        headers = _headers(original, download=download)
        if _is_known(request, original.tag):
            return Response(status_code=304, headers=headers)
        part = wanted(_range(request, original.tag), original.size)
        if part is not None:
            headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{original.size}"
        status = 200 if part is None else 206
        part = range(original.size) if part is None else part
        if asks_for_head(request):
            headers["Content-Length"] = str(len(part))
            return Response(status_code=status, headers=headers, media_type=original.media_type)
        stack.pop_all()
        return FilePart(file, part, status_code=status, headers=headers, media_type=original.media_type)


def _headers(original: Original, *, download: bool) -> dict[str, str]:
    headers = {"ETag": original.tag, "Accept-Ranges": "bytes"}
    if download or not original.is_inert:
        headers["Content-Disposition"] = attachment(original.name)
    return headers


def _range(request: Request, tag: str) -> str:
    """The range that is asked for, unless it is of a file as it was before (`If-Range`)."""
    return request.headers.get("Range", "") if request.headers.get("If-Range", tag) == tag else ""


def _picture(request: Request, image: bytes) -> Response:
    tag = f'"{hashlib.sha256(image).hexdigest()[:32]}"'
    if _is_known(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(image, media_type="image/jpeg", headers={"ETag": tag})


def _is_known(request: Request, tag: str) -> bool:
    known = request.headers.get("If-None-Match", "")
    return known.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in known.split(","))
