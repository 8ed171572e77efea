"""Which names are not to be written in what leaves the archive: the settings say it of kinds, the editor of people.

Of an item they are known by the entity table: every name that somebody goes by there is hidden in every text of the
item. Those whom the editor tagged are hidden by the names in the editor's file too, also where no model found them.
Texts of no item, as a query, are read by the model, and so are those of an item that are not indexed by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import pyarrow as pa

from newsreel.core.item import Item
from newsreel.core.protocols import EntityModel
from newsreel.names import Corrections, key, split_key
from newsreel.names.redact import Hidden, NameFinder, PersonalData, Place
from newsreel.names.words import PER
from newsreel.search.language import FACETS, understand

__all__ = ["Discretion", "Names"]

_BETWEEN_AUTHORS = re.compile(r"(?:^\s*by\b|[,;/&|\n]|\b(?:and|for)\b|$)", re.IGNORECASE)

Names = Callable[[str], list[Place]]
"""Where in a text something is to be hidden, and what is written instead."""


@dataclass(frozen=True)
class Discretion:
    """What is hidden, and how, as the editor's file has it at the moment."""

    personal: PersonalData
    corrections: Corrections
    protected: frozenset[str]
    """The corrected keys of those whom the editor tagged: `search.protected`."""
    model: EntityModel | None
    """Needed where names are hidden by their kind."""

    @property
    def is_needed(self) -> bool:
        """Whether there can be anything to hide."""
        return self.personal.treatment != "keep" or bool(self.protected)

    def hides(self, entity_key: str) -> bool:
        """Whether a corrected key is not to be named."""
        return self.personal.hides(split_key(entity_key)[0]) or self._is_tagged(entity_key)

    def written(self, entity_key: str) -> str:
        """What stands for a key that is hidden."""
        return self.personal.written(entity_key, tagged=self._is_tagged(entity_key))

    def key(self, entity_key: str) -> str:
        """The key itself, which has the name in it, as it may be written."""
        return f"{split_key(entity_key)[0]}:{self.written(entity_key)}" if self.hides(entity_key) else entity_key

    def in_item(self, item: Item, rows: pa.Table) -> Names:
        """For the texts of an item, of which these are the `ENTITY_ROWS`."""
        hidden, others = list[Hidden](), list[str]()
        for stored, names in _named(rows):
            corrected = self.corrections.resolve(stored, item.uri) or stored
            if self.hides(corrected):
                hidden.append(Hidden(corrected, names, tagged=self._is_tagged(corrected)))
            else:
                others += names
        hidden += self._tagged_in(item)
        known = {key(PER, name) for name in others}
        authors = [item.byline[place.start : place.end] for place in self.in_byline(item.byline)]
        hidden += [Hidden(key(PER, a), (a,)) for a in authors if " " in a and key(PER, a) not in known]
        hidden += self._read([item.rights, *item.keywords])
        return cache(NameFinder(hidden, self.personal, others))  # a body is asked for with each of its passages

    def in_byline(self, byline: str) -> list[Place]:
        """Whatever a byline names, for nobody says there which are people."""
        if not self.personal.hides(PER):
            return []
        return [Place(start, end, self.written(key(PER, byline[start:end]))) for start, end in _authors(byline)]

    def in_text(self, names: Iterable[tuple[str, str]] = ()) -> Names:
        """For a text of no item; `names` are keys and names that may stand in it besides what the model finds."""
        hidden = [Hidden(each, (name,), tagged=self._is_tagged(each)) for each, name in names if self.hides(each)]
        find = NameFinder([*hidden, *self._tagged_anywhere()], self.personal)
        return lambda text: [*self._asked(text), *find(text), *self._found(text)]

    def tagged(self) -> Names:
        """For a text in which the editor's alone are to be hidden."""
        return NameFinder(self._tagged_anywhere(), self.personal)

    def _is_tagged(self, entity_key: str) -> bool:
        return not self.protected.isdisjoint((entity_key, self.corrections.resolve(entity_key, "")))

    @cached_property
    def _tagged(self) -> Mapping[str, tuple[str, ...]]:
        """Those whom the editor tagged, and every key that is one of theirs in some item."""
        keys = dict.fromkeys([*self.corrections.tagged, *sorted(self.protected)])
        return {each: (each, *self.corrections.stored(each).keys) for each in keys}

    def _tagged_anywhere(self) -> list[Hidden]:
        return [_by_keys(each, keys) for each, keys in self._tagged.items()]

    def _tagged_in(self, item: Item) -> list[Hidden]:
        """Those of them whose full names stand in this item, where these mean them."""
        meant = {
            each: [stored for stored in keys if self.corrections.resolve(stored, item.uri) == each]
            for each, keys in self._tagged.items()
        }
        hidden, text = [_by_keys(each, keys) for each, keys in meant.items() if keys], _all_texts(item)
        if not NameFinder(hidden, self.personal)(text):
            return []
        return [replace(each, in_full=False) for each in hidden if NameFinder([each], self.personal)(text)]

    def _read(self, texts: Sequence[str]) -> Iterator[Hidden]:
        """Those whom the model finds in texts."""
        for text, found in zip(texts, self._entities(texts), strict=True):
            for entity_key, start, end in found:
                yield Hidden(entity_key, (text[start:end],))

    def _found(self, text: str) -> Iterator[Place]:
        for entity_key, start, end in self._entities([text])[0]:
            yield Place(start, end, self.written(entity_key))

    def _entities(self, texts: Sequence[str]) -> list[list[tuple[str, int, int]]]:
        """Key and place of what is to be hidden by its kind."""
        if self.model is None or self.personal.treatment == "keep":
            return [[] for _ in texts]
        return [
            [(key(e.label, text[e.start : e.end]), e.start, e.end) for e in found if self.personal.hides(e.label)]
            for text, found in zip(texts, self.model.entities(texts), strict=True)
        ]

    def _asked(self, text: str) -> Iterator[Place]:
        """The names that a query asks for."""
        for name in understand(text).names:
            entity_key = key(name.label, name.name)
            if self.hides(entity_key):
                yield Place(name.start, name.end, f'{FACETS[name.label]}:"{self.written(entity_key)}"')


def _by_keys(tagged: str, keys: Iterable[str]) -> Hidden:
    return Hidden(tagged, (), tuple(split_key(each)[1] for each in keys), tagged=True, in_full=True)


def _all_texts(item: Item) -> str:
    cues = [cue.text for cue in item.film.cues] if item.film else []
    texts = [item.headline, item.body, item.caption, item.byline, item.place, item.rights, *item.keywords, *cues]
    return "\n\n\n\n".join(texts)  # further apart than the words of a name


def _authors(byline: str) -> Iterator[tuple[int, int]]:
    at = 0
    for gap in _BETWEEN_AUTHORS.finditer(byline):
        part = byline[at : gap.start()]
        start = at + len(part) - len(part.lstrip())
        if part.strip():
            yield start, start + len(part.strip())
        at = gap.end()


def _named(rows: pa.Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each stored key, and its names as written."""
    for stored, name, aliases in zip(*(rows[column].to_pylist() for column in ("key", "name", "aliases")), strict=True):
        yield stored, (name, *(alias["name"] for alias in aliases))
