"""What the search page shows beside the results: its heading, tabs, years, what is active, and the way on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from newsreel.core.item import Kind
from newsreel.core.times import NS_PER_S
from newsreel.search.language import FACETS, understand
from newsreel.search.results import FacetValue, NameFilter, Results
from newsreel.service.naming import kinds_name, label_name, labels_name
from newsreel.service.wording import Asked

__all__ = ["Link", "NameLinks", "SearchView", "page_size"]

_LIST_SIZE = 12
_GRID_SIZE = 24
_READINGS = 5
"""Most of those who go by a name that are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A choice: another search, one step from this one."""

    label: str
    address: str | None
    """None where there is nothing to choose."""
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class NameLinks:
    """Names of one kind in what was found."""

    label: str
    heading: str
    links: list[Link]


@dataclass(frozen=True, slots=True)
class SearchView:
    """A search and its results, as the page's template reads them."""

    asked: Asked
    results: Results

    @property
    def is_grid(self) -> bool:
        """Photos alone are shown as a contact sheet."""
        return _only_pictures(self.asked)

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the words narrows the search."""
        return bool(self.asked.kinds or self.asked.from_day or self.asked.to_day or self.results.names)

    @property
    def who(self) -> str:
        """Those who were asked for."""
        return " and ".join(name.name for name in self.results.names)

    @property
    def is_first_run(self) -> bool:
        """Whether there is nothing in the archive at all."""
        return not (self.results.total or self.asked.text or self.is_filtered)

    @property
    def shown(self) -> tuple[int, int]:
        """The first and the last result on this page, counted from 1."""
        return self.asked.offset + 1, self.asked.offset + len(self.results.results)

    @property
    def tabs(self) -> list[Link]:
        """Everything, or one kind."""
        counts = self._counts("kind")
        kinds = [kind for kind in Kind if kind is not Kind.VIDEO or kind in counts or kind in self.asked.kinds]
        one = [
            Link(
                label=kinds_name(kind),
                address=self.asked.address(kinds=(kind,)),
                count=counts.get(kind, 0),
                current=self.asked.kinds == (kind,),
            )
            for kind in kinds
        ]
        everything = Link(
            label="All",
            address=self.asked.address(kinds=()),
            count=sum(counts.values()),
            current=not self.asked.kinds,
        )
        return [everything, *one]

    @property
    def years(self) -> list[Link]:
        """The years that items were published in; what carries no date cannot be asked for."""
        return [self._year(value) for value in self.results.facets.get("year", ())]

    @property
    def active(self) -> list[Link]:
        """What narrows the search; following one takes it away."""
        links = [
            Link(label=f"{label_name(name.label).capitalize()}: {name.name}", address=self._instead(name))
            for name in self.results.names
        ]
        links += [
            Link(
                label=kinds_name(kind),
                address=self.asked.address(kinds=tuple(each for each in self.asked.kinds if each is not kind)),
            )
            for kind in self.asked.kinds
        ]
        if label := _dates(self.asked):
            links.append(Link(label=label, address=self.asked.address(from_day="", to_day="")))
        return links

    @property
    def without_filters(self) -> str:
        """The same words, everywhere."""
        return self.asked.address(text=self.asked.words, entities=(), kinds=(), from_day="", to_day="")

    @property
    def names(self) -> list[NameLinks]:
        """Whom and what one can narrow the search to."""
        return [
            NameLinks(label, labels_name(label), [self._name(value) for value in values])
            for label, facet in FACETS.items()
            if (values := self.results.facets.get(facet, ()))
        ]

    @property
    def meant(self) -> list[tuple[str, Link]]:
        """What the search may have meant, and what that is called: the names of its words, or spelt like its names."""
        near = [
            (label_name(other.label), Link(label=other.name, address=self._instead(name, other.key), count=other.items))
            for name in self.results.names
            for other in name.near
        ]
        return near + [
            (label_name(known.label), Link(label=known.name, address=self._narrowed(known.key), count=known.items))
            for known in self.results.meant
        ]

    @property
    def ambiguous(self) -> list[tuple[NameFilter, list[Link]]]:
        """Names that several go by; each can be had alone."""
        return [
            (
                name,
                [Link(label=k.name, address=self._instead(name, k.key), count=k.items) for k in name.known[:_READINGS]],
            )
            for name in self.results.names
            if len(name.known) > 1
        ]

    @property
    def explain_toggle(self) -> str:
        """The same page, with or without what the scores are made of."""
        return self.asked.address(explain=not self.asked.explain, offset=self.asked.offset)

    @property
    def previous(self) -> str | None:
        """The page before this one."""
        if not self.asked.offset:
            return None
        return self.asked.address(offset=max(0, self.asked.offset - self.results.query.limit))

    @property
    def following(self) -> str | None:
        """The page after this one."""
        after = self.asked.offset + self.results.query.limit
        return self.asked.address(offset=after) if after < self.results.total else None

    @property
    def first_day(self) -> str:
        """For a date field."""
        return _day(self.results.query.from_ns)

    @property
    def last_day(self) -> str:
        """For a date field: the last day that counts."""
        end = self.results.query.to_ns
        return _day(None if end is None else end - 1)

    def _name(self, value: FacetValue) -> Link:
        return Link(label=value.value, address=self._narrowed(value.entity or ""), count=value.count)

    def _narrowed(self, key: str) -> str:
        return self.asked.address(entities=(*self.asked.entities, key))

    def _instead(self, name: NameFilter, *keys: str) -> str:
        """The same search, for these and not for a name."""
        text, entities = self.asked.text, self.asked.entities
        if name.asked:
            text = understand(text).without(name.asked)
        else:
            entities = tuple(key for key in entities if key != name.key)
        return self.asked.address(text=text, entities=(*entities, *keys))

    def _counts(self, facet: str) -> dict[str, int]:
        return {value.value: value.count for value in self.results.facets.get(facet, ())}

    def _year(self, value: FacetValue) -> Link:
        if not value.value.isdecimal():
            return Link(label=value.value.capitalize(), address=None, count=value.count)
        first, last = f"{value.value}-01-01", f"{value.value}-12-31"
        return Link(
            label=value.value,
            address=self.asked.address(from_day=first, to_day=last),
            count=value.count,
            current=(self.first_day, self.last_day) == (first, last),
        )


def page_size(asked: Asked) -> int:
    """How many results a page has."""
    return _GRID_SIZE if _only_pictures(asked) else _LIST_SIZE


def _only_pictures(asked: Asked) -> bool:
    return bool(asked.kinds) and Kind.STORY not in asked.kinds


def _dates(asked: Asked) -> str:
    first, last = asked.from_day, asked.to_day
    if first.endswith("-01-01") and last == first[:4] + "-12-31":
        return first[:4]
    if first and last:
        return first if first == last else f"{first} to {last}"
    return f"Since {first}" if first else f"Until {last}" if last else ""


def _day(moment_ns: int | None) -> str:
    return "" if moment_ns is None else f"{datetime.fromtimestamp(moment_ns // NS_PER_S, tz=UTC):%Y-%m-%d}"
