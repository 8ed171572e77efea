"""The names in one item, and whom or what they stand for."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from newsreel.core.entities import Entity, ItemEntity, Named
from newsreel.names.bodies import Body, bodies
from newsreel.names.people import FAMILY, GIVEN, parts, people, runs
from newsreel.names.words import LOC, MISC, ORG, PER, STATES, key, normal, plain, split_key, tidy

__all__ = ["Linked", "known_as", "link"]

_OPENS, _CLOSES = re.compile(r"\s*\(\s*[\"'“‘]?(?:the\s+)?", re.IGNORECASE), re.compile(r"[\"'”’]?\s*\)")
K = TypeVar("K")

_COMMA = re.compile(r",\s{1,2}")


@dataclass(frozen=True, slots=True)
class Linked:
    """What an item names."""

    entities: tuple[ItemEntity, ...]
    """The most often named first; no two have one key."""
    named: tuple[tuple[Named, ...], ...]
    """For each text, every entity that was found in it, by the same place."""


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name as found, and what it is compared as."""

    text: int
    entity: Entity
    written: str
    """As it is shown."""
    name: str
    """The same, or with the state that stands after a place."""


def link(texts: Sequence[str], found: Sequence[Sequence[Entity]]) -> Linked:
    """Who and what one item names: `found[n]` in `texts[n]`.

    A mention counts as often as it is given. The order of the texts changes nothing. Raises ValueError for an entity
    that ends after its text.
    """
    mentions = [
        m for n, (text, entities) in enumerate(zip(texts, found, strict=True)) for m in _read(n, text, entities)
    ]
    labels = _labels(mentions)
    spelt = defaultdict[tuple[str, str], Counter[str]](Counter)
    for mention in mentions:
        spelt[labels[_compared(mention)], mention.name][mention.written] += 1
    keys = _keys(spelt, _introduced(texts, found))
    named: list[list[Named]] = [[] for _ in texts]
    for m in mentions:
        which = keys[labels[_compared(m)], m.name]
        named[m.text].append(Named(m.entity.start, m.entity.end, which, m.entity.score))
    entities = sorted(_entities(spelt, keys), key=lambda e: (-e.mentions, e.key))
    return Linked(tuple(entities), tuple(map(tuple, named)))


def known_as(entity: ItemEntity) -> tuple[str, ...]:
    """Its names as they are compared, each once: what `ENTITY_ROWS.known_as` holds."""
    names = (split_key(entity.key)[1], entity.name, *(alias for alias, _ in entity.aliases))
    return tuple(sorted({normal(name) for name in names}))


def _read(number: int, text: str, entities: Sequence[Entity]) -> Iterator[_Mention]:
    for entity in entities:
        if entity.end > len(text):
            raise ValueError(f"an entity ends at {entity.end}, in a text of {len(text)} characters")
    for entity, after in zip(entities, [*entities[1:], None], strict=True):
        written = tidy(text[entity.start : entity.end])
        qualified = after is not None and _in_state(text, entity, after)
        yield _Mention(
            number, entity, written, tidy(text[entity.start : after.end]) if after and qualified else written
        )


def _in_state(text: str, place: Entity, state: Entity) -> bool:
    """Whether it is "Paris, Texas", found as two places."""
    return (
        place.label == state.label == LOC
        and _COMMA.fullmatch(text, place.end, state.start) is not None
        and normal(text[state.start : state.end]) in STATES
    )


def _compared(mention: _Mention) -> tuple[str, str]:
    return normal(mention.name), mention.entity.label


def _labels(mentions: Iterable[_Mention]) -> dict[tuple[str, str], str]:
    """The label of each name and found label: where labels disagree, that of more than half, by score.

    A person's short name stays one where the item has that person's full name: a Denzel Washington does not vanish in
    the city.
    """
    scores = defaultdict[str, Counter[str]](Counter)
    for mention in mentions:
        name, label = _compared(mention)
        scores[name][label] += mention.entity.score  # type: ignore[assignment] # a Counter of floats
    full = {parts(m.name) for m in mentions if m.entity.label == PER}
    called = {run for person in full for run, rule in runs(person) if rule in (FAMILY, GIVEN)}
    labels = {}
    for name, by_label in scores.items():
        first = max(by_label, key=lambda label: (by_label[label], label))
        is_clear = by_label[first] > sum(by_label.values()) / 2
        for label in by_label:
            labels[name, label] = first if is_clear and not (label == PER and name in called) else label
    return labels


def _introduced(texts: Sequence[str], found: Sequence[Sequence[Entity]]) -> dict[str, set[str]]:
    """Acronyms in brackets after a name, or before it, and the names: "Alternative for Germany (AfD)"."""
    introduced = defaultdict[str, set[str]](set)
    for text, entities in zip(texts, found, strict=True):
        for a, b in pairwise(entities):
            if a.label != b.label or not _OPENS.fullmatch(text, a.end, b.start) or not _CLOSES.match(text, b.end):
                continue
            short, long = sorted((text[a.start : a.end], text[b.start : b.end]), key=lambda name: len(plain(name)))
            words = plain(long)
            if sum(c.isupper() for c in short) > 1 == len(plain(short)) < len(words) and any(
                word[0] == plain(short)[0][0] for word in words
            ):
                introduced[tidy(short)].add(tidy(long))
    return introduced


def _keys(
    spelt: Mapping[tuple[str, str], Counter[str]], introduced: Mapping[str, set[str]]
) -> dict[tuple[str, str], str]:
    """Of each label and name the key of what it stands for."""
    names = defaultdict[str, list[str]](list)
    for label, name in spelt:
        names[label].append(name)
    keys = {}
    for label, of_label in names.items():
        for together in _together(label, of_label, introduced):
            one = key(label, _shown(label, {name: spelt[label, name].total() for name in together[0]}))
            keys.update({(label, name): one for alike in together for name in alike})
    return keys


def _together(label: str, names: Sequence[str], introduced: Mapping[str, set[str]]) -> list[list[list[str]]]:
    """The names that are one's: those that are compared alike together, the fullest first."""
    if label == PER:
        written = _grouped(names, parts)
        return [[written[person] for person in one] for one in people(written)]
    if label not in (ORG, MISC):
        return [[alike] for alike in _grouped(names, lambda name: key(label, name)).values()]
    of_words = _grouped(names, lambda name: _body_words(label, name))
    found = {Body(words, any(map(str.isupper, alike))): alike for words, alike in of_words.items()}
    brackets = defaultdict[tuple[str, ...], set[tuple[str, ...]]](set)
    for short, longs in introduced.items():
        brackets[_body_words(label, short)] |= {_body_words(label, long) for long in longs}
    return [[found[body] for body in one] for one in bodies(found, brackets)]


def _body_words(label: str, name: str) -> tuple[str, ...]:
    return tuple(split_key(key(label, name))[1].split(" "))


def _grouped(names: Iterable[str], compared: Callable[[str], K]) -> dict[K, list[str]]:
    groups: dict[K, list[str]] = {}
    for name in names:
        groups.setdefault(compared(name), []).append(name)
    return groups


def _entities(
    spelt: Mapping[tuple[str, str], Counter[str]], keys: Mapping[tuple[str, str], str]
) -> Iterator[ItemEntity]:
    members = defaultdict[str, list[tuple[str, str]]](list)
    for member, which in keys.items():
        members[which].append(member)
    for which, names in members.items():
        label, _ = split_key(which)
        full = {name: spelt[label, name].total() for _, name in names if key(label, name) == which}
        written = sum((spelt[member] for member in names), Counter[str]())
        aliases = sorted(written.items(), key=lambda alias: (-alias[1], alias[0]))
        yield ItemEntity(which, label, _shown(label, full), tuple(aliases))


def _shown(label: str, counts: Mapping[str, int]) -> str:
    """Which of names that are compared alike is shown: in upper and lower case, a person's without title, the longest
    of others, the most frequent."""

    def rank(name: str) -> tuple[bool, int, int, str]:
        is_plain = name.isupper() or name.islower()
        return is_plain, len(name.split()) if label == PER else -len(name), -counts[name], name

    return min(counts, key=rank)
