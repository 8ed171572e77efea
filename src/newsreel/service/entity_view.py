"""What the page of a name shows: one of those that the archive's items name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from newsreel.search.language import FACETS
from newsreel.search.profile import Profile
from newsreel.search.results import Results
from newsreel.search.timeline import Bar, Unit
from newsreel.service.addresses import entity_address
from newsreel.service.naming import labels_name
from newsreel.service.views import Link, NameLinks
from newsreel.service.wording import Asked

__all__ = ["PAGE_SIZE", "EntityView", "TimelineBar"]

PAGE_SIZE = 12
"""Items on a page."""


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """A bar of the timeline, and the search for what is in it."""

    when: str
    """For people: `9 March 2026`, `March 2026`, `2026`, `1990s`."""
    bar: Bar
    address: str
    height: float
    """Of the fullest, in percent."""


@dataclass(frozen=True, slots=True)
class EntityView:
    """A name's page, as its template reads it."""

    profile: Profile
    results: Results
    """The items that name it: one page of them."""
    asked: Asked

    @property
    def bars(self) -> list[TimelineBar]:
        """The timeline."""
        line = self.profile.timeline
        return [
            TimelineBar(
                when=_when(bar, line.unit),
                bar=bar,
                address=self.asked.address(offset=0, from_day=bar.first, to_day=bar.last),
                height=round(100 * bar.items / line.most, 1),
            )
            for bar in line.bars
        ]

    @property
    def together(self) -> list[NameLinks]:
        """Who and what is named in the same items, by kind."""
        others = self.profile.together
        labels = dict.fromkeys([*FACETS, *(other.label for other in others)])
        return [
            NameLinks(
                label,
                labels_name(label),
                [Link(label=o.name, address=entity_address(o.key), count=o.items) for o in others if o.label == label],
            )
            for label in labels
            if any(other.label == label for other in others)
        ]

    @property
    def search(self) -> str:
        """The search for all of the items."""
        return self.asked.address(offset=0)

    @property
    def previous(self) -> str | None:
        """The page of items before this one."""
        offset = self.results.query.offset
        return entity_address(self.profile.known.key, max(0, offset - PAGE_SIZE)) if offset else None

    @property
    def following(self) -> str | None:
        """The page of items after this one."""
        after = self.results.query.offset + PAGE_SIZE
        return entity_address(self.profile.known.key, after) if after < self.results.total else None


def _when(bar: Bar, unit: Unit) -> str:
    """What people call a bar's time."""
    if unit == "decade":
        return f"{bar.first[:3]}0s"
    if unit == "year":
        return bar.first
    day = date.fromisoformat(bar.first if unit == "day" else f"{bar.first}-01")
    return f"{day.day} {day:%B %Y}" if unit == "day" else f"{day:%B %Y}"
