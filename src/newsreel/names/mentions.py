"""Names where they stand in an item's texts, and what the words beside them say of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from newsreel.core.entities import Entity
from newsreel.names.words import LOC, STATES, normal, plain, tidy

__all__ = ["Mention", "introduced", "mentions"]

_OPENS, _CLOSES = re.compile(r"\s*\(\s*[\"'“‘]?(?:the\s+)?", re.IGNORECASE), re.compile(r"[\"'”’]?\s*\)")
_COMMA = re.compile(r",\s{1,2}")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as found."""

    text: int
    """Of which text."""
    entity: Entity
    written: str
    """As it is shown."""
    name: str
    """As it is compared: the same, or with the state that stands after a place."""

    @property
    def words(self) -> str:
        """What mentions with the same name have in common, whatever their label."""
        return " ".join(plain(self.name))


def mentions(texts: Sequence[str], found: Sequence[Sequence[Entity]]) -> Iterator[Mention]:
    """Every name found in the texts. Raises ValueError for one that ends after its text."""
    for number, (text, entities) in enumerate(zip(texts, found, strict=True)):
        for entity, after in zip_longest(entities, entities[1:]):
            if entity.end > len(text):
                raise ValueError(f"an entity ends at {entity.end}, in a text of {len(text)} characters")
            end = after.end if after is not None and _in_state(text, entity, after) else entity.end
            yield Mention(number, entity, tidy(text[entity.start : entity.end]), tidy(text[entity.start : end]))


def introduced(texts: Sequence[str], found: Sequence[Sequence[Entity]]) -> dict[str, set[str]]:
    """Acronyms in brackets after a name, or before it, and the names: "Alternative for Germany (AfD)"."""
    pairs = defaultdict[str, set[str]](set)
    for text, entities in zip(texts, found, strict=True):
        for a, b in pairwise(entities):
            if a.label == b.label and _OPENS.fullmatch(text, a.end, b.start) and _CLOSES.match(text, b.end):
                short, long = sorted((tidy(text[e.start : e.end]) for e in (a, b)), key=lambda name: len(plain(name)))
                if _introduces(short, long):
                    pairs[short].add(long)
    return dict(pairs)


def _in_state(text: str, place: Entity, state: Entity) -> bool:
    """Whether it is "Paris, Texas", found as two places."""
    return (
        place.label == state.label == LOC
        and _COMMA.fullmatch(text, place.end, state.start) is not None
        and normal(text[state.start : state.end]) in STATES
    )


def _introduces(short: str, long: str) -> bool:
    """Whether it is one word with two capitals, of which the first begins a word of the other name."""
    (word, *more), words = plain(short) or ("",), plain(long)
    capitals = sum(letter.isupper() for letter in short)
    return not more and capitals > 1 and len(words) > 1 and any(word[:1] == other[0] for other in words)
