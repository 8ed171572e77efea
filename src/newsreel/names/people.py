"""Which names are one person's.

A shorter name belongs to a fuller one where it is how that one ends ("Merkel", "García Márquez") or begins ("Angela",
"Xi"), where its initials agree ("J. Smith", "John Smith" with "John A. Smith"), or where the order is the other
("Orbán Viktor"). It must fit one person only: with two Clintons in a story, "Clinton" is neither. What contradicts
keeps names apart: middle initials, Jr. and Sr., Mr and Mrs, king and prince.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from newsreel.names.words import GENERATIONS, LONGEST_KEPT, PARTICLES, STYLES, cached, plain, tidy, titled

__all__ = ["FAMILY", "GIVEN", "INITIALS", "ORDER", "SAME", "Person", "fits", "parts", "people", "runs"]

SAME, FAMILY, GIVEN, ORDER, INITIALS = "same name", "family name of", "first name of", "other order of", "initials of"

MOST = 32
"""A name that could be any of more than this is nobody's; and the bound on what one look-up costs."""

MOST_WORDS = 8
"""A longer "name" is a mistake of the model's: it is only ever itself."""

_DOTTED = re.compile(r"(?:\w\.-?)+\w?\.?,?")
_PEERS = frozenset({"lord", "lady", "baron", "baroness"})


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """A person's name, taken apart."""

    words: tuple[str, ...]
    """What is between title and generation, casefolded; "Jean-Claude" and "al-Assad" are one word each, with a space
    in it, an initial is one letter."""
    generation: str = ""
    style: str = ""
    gender: str = ""
    """As a title says: `m`, `f` or nothing."""

    @property
    def flat(self) -> str:
        """The words without regard to hyphens."""
        return " ".join(self.words)

    @property
    def fullness(self) -> tuple[int, ...]:
        """Higher where the name says more."""
        written_out = sum(len(word) > 1 for word in self.words)
        return written_out, len(self.flat.split()), len(self.generation), len(self.style), len(self.gender)

    def contradicts(self, other: Person) -> bool:
        """Whether generation, style or title say that they are two."""
        pairs = ((self.generation, other.generation), (self.style, other.style), (self.gender, other.gender))
        return any(a and b and a != b for a, b in pairs)


@cached
def parts(name: str) -> Person:
    """A name as written, taken apart."""
    shouted = name.isupper()
    tokens = [word for token in tidy(name).split() for word in _word(token, shouted=shouted)]
    gender, words = titled(tokens)
    style = generation = ""
    if len(words) > 1 and words[0] in STYLES:
        style, words = words[0], words[1:]
    if len(words) > 1 and words[-1] in GENERATIONS:
        generation, words = words[-1], words[:-1]
    return Person(words, generation, style, gender)


def fits(short: Person, full: Person) -> str | None:
    """The rule by which the shorter name can be the fuller one's; None where it cannot."""
    if short.contradicts(full):
        return None
    rule = next((rule for run, rule in runs(full) if run == short.flat), None)
    if rule is None:
        return INITIALS if _agree(short, full) else None
    styled_alone = short.style and not full.style
    return None if styled_alone and not (rule == FAMILY and short.style in _PEERS) else rule


def people(names: Mapping[Person, int]) -> list[list[Person]]:
    """The names, each person's together, the fullest first; of those that say as much, the most frequent.

    Given with how often each stands. The order they come in changes nothing.
    """
    known = _Known(names)
    for name in sorted(names, key=lambda name: (*(-n for n in name.fullness), -names[name], name)):
        known.meet(name)
    return known.people


@dataclass(slots=True)
class _Known:
    """Who has been met, from the fullest name to the shortest."""

    names: Collection[Person]
    people: list[list[Person]] = field(default_factory=list)
    by_run: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_ends: dict[tuple[str, str], list[tuple[Person, int]]] = field(default_factory=lambda: defaultdict(list))
    genders: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """What titles say of a name, throughout the item."""

    def __post_init__(self) -> None:
        for name in self.names:
            self.genders[name.flat].add(name.gender)

    def meet(self, name: Person) -> None:
        candidates = self._candidates(name)
        number = candidates.pop() if len(candidates) == 1 else len(self.people)
        if number == len(self.people):
            self.people.append([])
        self.people[number].append(name)
        for run in {run for run, _ in runs(name)}:
            if len(self.by_run[run]) <= MOST:
                self.by_run[run].add(number)
        for ends in _ends(name):
            if len(self.by_ends[ends]) <= MOST:
                self.by_ends[ends].append((name, number))

    def _candidates(self, name: Person) -> set[int]:
        near = [met for ends in _sought(name) for met in self.by_ends.get(ends, ())]
        found = self.by_run.get(name.flat, set()) | {number for _, number in near}
        if len(found) > MOST:
            return set()
        other_than = {number for met, number in near if _both_written(name, met) and not _agree(name, met)}
        return {n for n in found - other_than if self._is(name, self.people[n])}

    def _is(self, name: Person, person: list[Person]) -> bool:
        if any(name.contradicts(met) for met in person[:MOST]):
            return False
        two_titles = {"m", "f"} <= self.genders[name.flat]
        if name.gender and two_titles and not any(met.gender for met in person[:MOST]):
            return False
        return any(fits(name, met) for met in person[:MOST])


def _word(token: str, *, shouted: bool) -> list[str]:
    """A token's words: one, or its initials."""
    if not any(c.isalnum() for c in token):
        return []
    word = " ".join(plain(token))
    letters = [c for c in token if c.isalpha()]
    if _DOTTED.fullmatch(token) or (len(token) == 2 == len(letters) and token.isupper() and not shouted):
        return [c for c in word if c != " "] if word not in GENERATIONS else [word]
    return [word]


def runs(full: Person) -> tuple[tuple[str, str], ...]:
    """The names that a person is also called by, and why; the likeliest reason of each first."""
    return _kept_runs(full) if len(full.flat) <= LONGEST_KEPT else tuple(_runs_of(full))


@lru_cache(maxsize=8_192)
def _kept_runs(full: Person) -> tuple[tuple[str, str], ...]:
    return tuple(_runs_of(full))


def _runs_of(full: Person) -> Iterator[tuple[str, str]]:
    words = full.words
    yield full.flat, SAME
    if len(full.flat.split()) > MOST_WORDS:
        return
    for at in range(len(words)):
        family = " ".join(words[at:]).split()
        if at and len(family[-1]) > 1:
            yield " ".join(family), FAMILY
        while len(family) > 1 and family[0] in PARTICLES:
            family = family[1:]
            yield " ".join(family), FAMILY
    for at in range(1, len(words)):
        if words[at - 1].split()[-1] not in PARTICLES and any(len(word) > 1 for word in words[:at]):
            yield " ".join(words[:at]), GIVEN
    if 2 <= len(words) <= 3:
        yield " ".join((words[-1], *words[:-1])), ORDER
        yield " ".join((*words[1:], words[0])), ORDER


def _both_written(a: Person, b: Person) -> bool:
    return 1 < len(a.words) <= MOST_WORDS and 1 < len(b.words) <= MOST_WORDS


def _agree(a: Person, b: Person) -> bool:
    """Whether two names have one family name, and given names and initials of which none contradicts the other's."""
    if not _both_written(a, b) or a.words[-1] != b.words[-1]:
        return False
    return all(_same_or_initial(x, y) for x, y in zip(a.words[:-1], b.words[:-1], strict=False))


def _same_or_initial(a: str, b: str) -> bool:
    return a == b or (1 in (len(a), len(b)) and a[0] == b[0])


def _ends(name: Person) -> list[tuple[str, str]]:
    """Under what a name is found by one that has other initials: family name and first name, or its first letter."""
    if not 1 < len(name.words) <= MOST_WORDS:
        return []
    first, family = name.words[0], name.words[-1]
    return [(family, first)] if len(first) == 1 else [(family, first), (family, first[0] + "…")]


def _sought(name: Person) -> list[tuple[str, str]]:
    if not 1 < len(name.words) <= MOST_WORDS:
        return []
    first, family = name.words[0], name.words[-1]
    return [(family, first), (family, first + "…" if len(first) == 1 else first[0])]
