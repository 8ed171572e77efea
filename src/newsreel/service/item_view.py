"""What an item's page shows beside the item itself."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from newsreel.app import Newsreel
from newsreel.core.errors import NotFoundError
from newsreel.core.item import Item, Kind
from newsreel.search.results import Result
from newsreel.service.asked import Asked
from newsreel.service.film_view import FilmView, film_view
from newsreel.service.found import found_in
from newsreel.service.marking import Paragraph, Run, paragraphs, runs
from newsreel.service.originals import Original, open_original

__all__ = ["ItemView", "item_view"]


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
        return not (self.item.headline or self.item.caption or (self.film and self.film.transcript.lines))


def item_view(newsreel: Newsreel, item: Item, asked: Asked, moment_ns: int | None) -> ItemView:
    """An item's page; what a search found in it is marked. Raises NotFoundError if it was removed meanwhile."""
    found = found_in(newsreel, item, asked)
    original = _original(newsreel, item)
    shots = newsreel.shots(item.uri) if item.film else ()
    return ItemView(
        item=item,
        asked=asked,
        paragraphs=_paragraphs(item, found.passage),
        caption=runs(item.caption, found.marks(item.caption)),
        film=film_view(item, shots, original, found, moment_ns),
        original=original,
        has_thumbnail=item.kind is Kind.PHOTO and _has_thumbnail(newsreel, item.uri),
        related=newsreel.related(item.uri),
    )


def _paragraphs(item: Item, passage: Result | None) -> list[Paragraph]:
    if passage is None or not passage.highlights:
        return paragraphs(item.body, (0, 0), [])
    start, end = passage.segment.start, passage.segment.end
    return paragraphs(item.body, (start, end), [(start + begin, start + stop) for begin, stop in passage.highlights])


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
