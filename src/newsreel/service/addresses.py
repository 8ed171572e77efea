"""Where a page finds an item and what belongs to it."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from newsreel.names import split_key
from newsreel.search.language import FACETS, LABELS
from newsreel.service.wording import Asked

__all__ = [
    "entity_address",
    "entity_key",
    "item_address",
    "keyframe_address",
    "live_address",
    "media_address",
    "moment_address",
    "seconds",
    "thumbnail_address",
]

_NS_PER_MS = 1_000_000


def item_address(uri: str, asked: Asked) -> str:
    """An item's page; it remembers the search that led there."""
    return asked.address(f"/items/{_whole(uri)}")


def moment_address(uri: str, asked: Asked, moment_ns: int) -> str:
    """A video's page, at a moment of it."""
    address = item_address(uri, asked)
    return f"{address}{'&' if '?' in address else '?'}t={seconds(moment_ns)}"


def entity_address(key: str, offset: int = 0) -> str:
    """The page of what goes by this key."""
    label, name = split_key(key)
    return f"/entities/{_whole(FACETS.get(label, label))}/{_whole(name)}{f'?offset={offset}' if offset else ''}"


def entity_key(kind: str, name: str) -> str:
    """The key whose page has these in its address."""
    return f"{LABELS.get(kind, kind)}:{name}"


def live_address(feed: str) -> str:
    """A live feed's page; of all of them where the name is empty."""
    return f"/live?{urlencode({'feed': feed})}" if feed else "/live"


def thumbnail_address(uri: str) -> str:
    """An item's thumbnail."""
    return f"/v1/thumbnails/{_whole(uri)}"


def keyframe_address(uri: str, shot: int) -> str:
    """The picture that stands for a shot."""
    return f"/v1/keyframes/{_whole(uri)}?shot={shot}"


def media_address(uri: str, *, download: bool = False) -> str:
    """An item's original."""
    return f"/v1/media/{_whole(uri)}{'?download=1' if download else ''}"


def seconds(moment_ns: int) -> str:
    """A moment of a film for an address: rounded up to the millisecond, so that it is not before the frame meant."""
    milliseconds = -(-moment_ns // _NS_PER_MS)
    return f"{milliseconds // 1000}.{milliseconds % 1000:03}"


def _whole(uri: str) -> str:
    return quote(uri, safe="")
