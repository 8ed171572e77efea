"""The page's own files, named by their content so that a browser may keep them for good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Response

from newsreel.core.errors import NotFoundError

__all__ = ["asset_address", "router"]

router = APIRouter()

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    address: str
    content: bytes
    media_type: str


def _load(path: Path) -> _Asset:
    content = path.read_bytes()
    name = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
    return _Asset(f"/static/{name}", content, _TYPES[path.suffix])


@cache
def _assets() -> dict[str, _Asset]:
    return {path.name: _load(path) for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}


def asset_address(name: str) -> str:
    """Where a page finds this file."""
    return _assets()[name].address


@router.get("/static/{name}", include_in_schema=False)
async def static(name: str) -> Response:
    """One of the page's files, under the name it has in this release."""
    asset = next((asset for asset in _assets().values() if asset.address == f"/static/{name}"), None)
    if asset is None:
        raise NotFoundError("there is no such file in this release")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(asset.content, media_type=asset.media_type, headers=headers)
