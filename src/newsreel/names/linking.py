"""The names in one item merged: whom and what they stand for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from newsreel.core.entities import Entity, ItemEntity, Named
from newsreel.names.bodies import Body, bodies
from newsreel.names.labels import labels
from newsreel.names.mentions import introduced, mentions
from newsreel.names.people import parts, people
from newsreel.names.words import MISC, ORG, PER, key, normal, split_key

__all__ = ["Linked", "known_as", "link"]

K = TypeVar("K")

_Called = tuple[str, str]
"""A label and a name with it."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What an item names."""

    entities: tuple[ItemEntity, ...]
    """The most often named first; no two have one key."""
    named: tuple[tuple[Named, ...], ...]
    """For each text every entity that was found in it, in the same order."""


def link(texts: Sequence[str], found: Sequence[Sequence[Entity]]) -> Linked:
    """Who and what one item names: `found[n]` in `texts[n]`.

    A mention counts as often as it is given. The order of the texts changes nothing. Raises ValueError for an entity
    that ends after its text.
    """
    given = list(mentions(texts, found))
    called = [(label, mention.name) for label, mention in zip(labels(given), given, strict=True)]
    written = defaultdict[_Called, Counter[str]](Counter)
    for name, mention in zip(called, given, strict=True):
        written[name][mention.written] += 1
    keys = _keys({name: spellings.total() for name, spellings in written.items()}, introduced(texts, found))
    named: list[list[Named]] = [[] for _ in texts]
    for name, mention in zip(called, given, strict=True):
        found_at = mention.entity
        named[mention.text].append(Named(found_at.start, found_at.end, keys[name], found_at.score))
    entities = sorted(_entities(written, keys), key=lambda entity: (-entity.mentions, entity.key))
    return Linked(tuple(entities), tuple(map(tuple, named)))


def known_as(entity: ItemEntity) -> tuple[str, ...]:
    """Its names as they are compared, each once: what `ENTITY_ROWS` calls `known_as`."""
    names = (split_key(entity.key)[1], entity.name, *(alias for alias, _ in entity.aliases))
    return tuple(sorted({normal(name) for name in names}))


def _keys(counts: Mapping[_Called, int], acronyms: Mapping[str, set[str]]) -> dict[_Called, str]:
    """The key of what each name stands for."""
    names = defaultdict[str, list[str]](list)
    for label, name in counts:
        names[label].append(name)
    keys = {}
    for label, of_label in names.items():
        for one in _together(label, {name: counts[label, name] for name in of_label}, acronyms):
            fullest = _shown(label, {name: counts[label, name] for name in one[0]})
            keys.update({(label, name): key(label, fullest) for alike in one for name in alike})
    return keys


def _together(label: str, counts: Mapping[str, int], acronyms: Mapping[str, set[str]]) -> list[list[list[str]]]:
    """The names that are one's: lists of those that are compared alike, the fullest first."""
    if label == PER:
        as_person = _grouped(counts, parts)
        how_often = {person: sum(counts[name] for name in names) for person, names in as_person.items()}
        return [[as_person[person] for person in one] for one in people(how_often)]
    alike = _grouped(counts, lambda name: _words(label, name))
    if label not in (ORG, MISC):
        return [[spellings] for spellings in alike.values()]
    as_body = {Body(words, any(map(str.isupper, names))): names for words, names in alike.items()}
    brackets = defaultdict[tuple[str, ...], set[tuple[str, ...]]](set)
    for short, longs in acronyms.items():
        brackets[_words(label, short)] |= {_words(label, long) for long in longs}
    return [[as_body[body] for body in one] for one in bodies(as_body, brackets)]


def _words(label: str, name: str) -> tuple[str, ...]:
    return tuple(split_key(key(label, name))[1].split(" "))


def _grouped(names: Iterable[str], compared: Callable[[str], K]) -> dict[K, list[str]]:
    groups: dict[K, list[str]] = {}
    for name in names:
        groups.setdefault(compared(name), []).append(name)
    return groups


def _entities(written: Mapping[_Called, Counter[str]], keys: Mapping[_Called, str]) -> Iterator[ItemEntity]:
    members = defaultdict[str, list[_Called]](list)
    for name, which in keys.items():
        members[which].append(name)
    for which, called in members.items():
        label = called[0][0]
        full = {name: written[label, name].total() for _, name in called if key(label, name) == which}
        spellings = Counter[str]()
        for name in called:
            spellings.update(written[name])
        aliases = sorted(spellings.items(), key=lambda alias: (-alias[1], alias[0]))
        yield ItemEntity(which, label, _shown(label, full), tuple(aliases))


def _shown(label: str, counts: Mapping[str, int]) -> str:
    """Which of several names that are compared alike is shown.

    One in upper and lower case; a person's with the fewest words (without title), or the longest of others (with what
    was left out); the most frequent.
    """

    def rank(name: str) -> tuple[bool, int, int, str]:
        is_flat = name.isupper() or name.islower()
        return is_flat, len(name.split()) if label == PER else -len(name), -counts[name], name

    return min(counts, key=rank)
