"""What an item's page shows beside the item itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from newsreel.app import Newsreel
from newsreel.core.errors import NotFoundError
from newsreel.core.item import Item, Kind
from newsreel.search.known import Known
from newsreel.search.language import FACETS
from newsreel.search.live import FEEDS, feed_of
from newsreel.search.results import Result
from newsreel.service.addresses import live_address
from newsreel.service.film_view import FilmView, film_view
from newsreel.service.found import found_in
from newsreel.service.marking import Paragraph, Piece, PlacedName, Span, paragraphs, pieces
from newsreel.service.originals import Original, open_original
from newsreel.service.wording import Asked

__all__ = ["ItemView", "item_view"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """An item's page, as its template reads it."""

    item: Item
    asked: Asked
    paragraphs: list[Paragraph]
    caption: list[Piece]
    film: FilmView | None
    """Of a video whose file was there when it was indexed."""
    original: Original | None
    """None where it is not at hand: it came as a link, or its file is gone."""
    has_thumbnail: bool
    related: tuple[Item, ...]
    named: dict[str, list[Known]]
    """Whom and what it names, by label."""

    @property
    def back(self) -> str:
        """The search that led here."""
        return self.asked.address(offset=self.asked.offset)

    @property
    def feed_page(self) -> str | None:
        """The page of the live feed that a video is a stretch of."""
        return live_address(feed_of(self.item.uri)) if self.item.uri.startswith(FEEDS) else None

    @property
    def says_nothing(self) -> bool:
        """Whether nothing tells what a photo or video shows."""
        return not (self.item.headline or self.item.caption or (self.film and self.film.transcript.lines))


def item_view(newsreel: Newsreel, item: Item, asked: Asked, moment_ns: int | None) -> ItemView:
    """An item's page; what a search found in it is marked. Raises NotFoundError if it was removed meanwhile."""
    found = found_in(newsreel, item, asked)
    original = _original(newsreel, item)
    shots = newsreel.shots(item.uri) if item.film else ()
    names = [(each.start, each.end, each.key) for each in newsreel.places_of_names(item)]
    return ItemView(
        item=item,
        asked=asked,
        paragraphs=_paragraphs(item, found.passage, names) if item.kind is Kind.STORY else [],
        caption=pieces(item.caption, found.marks(item.caption), () if item.kind is Kind.STORY else names),
        film=film_view(item, shots, original, found, moment_ns),
        original=original,
        has_thumbnail=item.kind is Kind.PHOTO and _has_thumbnail(newsreel, item.uri),
        related=newsreel.related(item.uri),
        named=_by_label(newsreel.named_by(item.uri)),
    )


def _paragraphs(item: Item, passage: Result | None, names: Sequence[PlacedName]) -> list[Paragraph]:
    if passage is None or not passage.highlights:
        return paragraphs(item.body, (0, 0), [], names)
    start, end = passage.segment.start, passage.segment.end
    marks: list[Span] = [(start + begin, start + stop) for begin, stop in passage.highlights]
    return paragraphs(item.body, (start, end), marks, names)


def _by_label(named: Sequence[Known]) -> dict[str, list[Known]]:
    """In the order of the facets; each kind's most frequent first."""
    labels = dict.fromkeys([*FACETS, *(each.label for each in named)])
    return {label: some for label in labels if (some := [each for each in named if each.label == label])}


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
