"""What the search that led to an item found in it."""

from __future__ import annotations

from dataclasses import dataclass

from newsreel.app import Newsreel
from newsreel.core.item import Item
from newsreel.search.results import Query, Result
from newsreel.service.marking import Marker
from newsreel.service.moments import Moment, moment_of
from newsreel.service.wording import Asked

__all__ = ["Found", "found_in"]

_AMONG = 50
"""How many items published at the same moment are looked through for an item's own passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A search, and what of an item it found."""

    asked: Asked
    passage: Result | None
    """The item's best segment; None where no search led here, or it found something else."""
    marks: Marker
    """What of any text the search's words match."""

    @property
    def moment(self) -> Moment | None:
        """Where in a film the passage lies."""
        return moment_of(self.passage, self.marks) if self.passage else None


def found_in(newsreel: Newsreel, item: Item, asked: Asked) -> Found:
    """What is found in this item by the words that led to it."""
    return Found(asked=asked, passage=_passage(newsreel, item, asked), marks=newsreel.marker(asked.text))


def _passage(newsreel: Newsreel, item: Item, asked: Asked) -> Result | None:
    """The item's best segment, searched for at the moment it was published."""
    if not asked.words:
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
