"""What a reader calls things."""

from __future__ import annotations

from urllib.parse import unquote

from newsreel.core.item import Item, Kind

__all__ = ["kind_name", "kinds_name", "part_name", "title_of"]

_KINDS = {Kind.STORY: ("story", "Stories"), Kind.PHOTO: ("photo", "Photos"), Kind.VIDEO: ("video", "Videos")}
_PARTS = {"bm25": "Words (BM25)", "vector": "Meaning (vectors)"}
_TITLE = 100


def kind_name(kind: Kind) -> str:
    """What a reader calls it."""
    return _KINDS[kind][0]


def kinds_name(kind: Kind) -> str:
    """What a reader calls several, as a heading."""
    return _KINDS[kind][1]


def part_name(name: str) -> str:
    """What a reader calls a score's part."""
    return _PARTS.get(name, name)


def title_of(item: Item) -> str:
    """The headline; of an item without one the beginning of its text, or its file's name."""
    if item.headline:
        return item.headline
    text = " ".join((item.caption or item.body)[: _TITLE * 2].split())
    if len(text) > _TITLE:
        return f"{text[:_TITLE].rsplit(' ', 1)[0]}…"
    return text or unquote(item.uri.rstrip("/").rsplit("/", 1)[-1]) or item.uri
