"""What the list of names shows: who and what the archive's items name, the most frequent first."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from newsreel.app import Newsreel
from newsreel.search.directory import Listing
from newsreel.search.language import FACETS
from newsreel.service.addresses import entity_address
from newsreel.service.naming import labels_name
from newsreel.service.views import Link, NameLinks

__all__ = ["NamesView", "names_view"]

_FEW = 12
"""Names of each kind where all kinds are shown."""
_MANY = 120
"""Names on a page of one kind."""


@dataclass(frozen=True, slots=True)
class _Kind:
    names: NameLinks
    total: int
    all_of_them: str
    """The page of this kind alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesView:
    """A list of names, as its template reads it."""

    containing: str
    only: str
    """One facet's name, or empty for every kind."""
    kinds: list[_Kind]
    previous: str | None
    following: str | None


def names_view(newsreel: Newsreel, only: str, containing: str, offset: int) -> NamesView:
    """Of one kind (a facet's name) a page, of every kind the first few."""
    labels = [label for label, facet in FACETS.items() if only in ("", facet)]
    size = _MANY if only else _FEW
    listings = {label: newsreel.named(label, containing, size, offset) for label in labels}
    last = max((listing.total for listing in listings.values()), default=0)
    return NamesView(
        containing=containing,
        only=only,
        kinds=[_kind(label, listing, containing) for label, listing in listings.items() if listing.total],
        previous=_address(only, containing, max(0, offset - size)) if offset else None,
        following=_address(only, containing, offset + size) if only and offset + size < last else None,
    )


def _kind(label: str, listing: Listing, containing: str) -> _Kind:
    links = [Link(label=known.name, address=entity_address(known.key), count=known.items) for known in listing.known]
    names = NameLinks(label, labels_name(label), links)
    return _Kind(names, listing.total, _address(FACETS[label], containing, 0))


def _address(only: str, containing: str, offset: int) -> str:
    said = [("kind", only), ("name", containing), ("offset", str(offset or ""))]
    parameters = [(name, value) for name, value in said if value]
    return f"/entities?{urlencode(parameters)}" if parameters else "/entities"
