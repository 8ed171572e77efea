"""What an item's page shows beside the item itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from newsreel.app import Newsreel
from newsreel.core.errors import NotFoundError
from newsreel.core.item import Item, Kind
from newsreel.search.results import Query, Result
from newsreel.service.asked import Asked
from newsreel.service.film_view import FilmView, film_view
from newsreel.service.marking import Paragraph, Run, Span, paragraphs, runs
from newsreel.service.originals import Original, open_original

__all__ = ["ItemView", "item_view"]

_AMONG = 50
"""How many items published at the same moment are looked through for an item's own passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """An item's page, as its template reads it."""

    item: Item
    asked: Asked
    paragraphs: list[Paragraph]
    caption: list[Run]
    film: FilmView | None
    """Of a video whose file was there when it was indexed."""
    original: Original | None
    """None where it is not at hand: it came as a link, or its file is gone."""
    has_thumbnail: bool
    related: tuple[Item, ...]

    @property
    def back(self) -> str:
        """The search that led here."""
        return self.asked.address(offset=self.asked.offset)

    @property
    def says_nothing(self) -> bool:
        """Whether nothing tells what a photo or video shows."""
        return not (self.item.headline or self.item.caption or (self.film and self.film.lines))


def item_view(newsreel: Newsreel, item: Item, asked: Asked, moment_ns: int | None) -> ItemView:
    """An item's page; what a search found in it is marked. Raises NotFoundError if it was removed meanwhile."""
    passage = _passage(newsreel, item, asked)
    original = _original(newsreel, item)
    shots = newsreel.shots(item.uri) if item.film else ()
    return ItemView(
        item=item,
        asked=asked,
        paragraphs=_paragraphs(item, passage),
        caption=runs(item.caption, _caption_marks(item, passage)),
        film=film_view(item, shots, original, asked, passage, moment_ns),
        original=original,
        has_thumbnail=item.kind is Kind.PHOTO and _has_thumbnail(newsreel, item.uri),
        related=newsreel.related(item.uri),
    )


def _paragraphs(item: Item, passage: Result | None) -> list[Paragraph]:
    if passage is None or not passage.highlights:
        return paragraphs(item.body, (0, 0), [])
    start, end = passage.segment.start, passage.segment.end
    return paragraphs(item.body, (start, end), [(start + begin, start + stop) for begin, stop in passage.highlights])


def _caption_marks(item: Item, passage: Result | None) -> Sequence[Span]:
    """What was found in the caption: a photo's segment is its caption, a film's first one begins with it."""
    if passage is None or item.kind is Kind.STORY or not passage.segment.text.startswith(item.caption):
        return []
    return passage.highlights


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


def _original(newsreel: Newsreel, item: Item) -> Original | None:
    with suppress(NotFoundError):
        path, media_type = newsreel.media(item.uri)
        file, original = open_original(path, media_type, item.uri)
        file.close()
        return original
    return None


def _has_thumbnail(newsreel: Newsreel, uri: str) -> bool:
    with suppress(NotFoundError):
        newsreel.thumbnail(uri)
        return True
    return False
