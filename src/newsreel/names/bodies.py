"""Which names are one organisation's, or one treaty's, prize's or league's.

A shorter name belongs to a fuller one where it leaves out a legal form or a word like "Company", where it is its
initials ("ECB"), or where the text introduces it in brackets. It must fit one only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from newsreel.names.words import SMALL, without_form

__all__ = ["ACRONYM", "BRACKETS", "FORM", "Body", "acronyms", "bodies"]

FORM, ACRONYM, BRACKETS = "shorter for", "initials of", "in brackets after"

MOST_WORDS = 12
LONGEST_ACRONYM = 8


@dataclass(frozen=True, slots=True, order=True)
class Body:
    """An organisation's name: its words, without legal form."""

    words: tuple[str, ...]
    capital: bool = False
    """Whether it is written in capitals somewhere, as two letters must be to be initials."""

    @property
    def is_acronym(self) -> bool:
        """Whether it could be somebody's initials."""
        return len(self.words) == 1 and (2 if self.capital else 3) <= len(self.words[0]) <= LONGEST_ACRONYM


def acronyms(words: Collection[str]) -> set[str]:
    """The initials of these words, with and without the small ones; none of a single word."""
    if not 2 <= len(words) <= MOST_WORDS:
        return set()
    large = [word for word in words if word not in SMALL]
    return {"".join(word[0] for word in chosen) for chosen in (list(words), large) if len(chosen) > 1}


def bodies(names: Collection[Body], introduced: Mapping[tuple[str, ...], set[tuple[str, ...]]]) -> list[list[Body]]:
    """The names, each body's together, the fullest first. `introduced`: what stands in brackets, and after what."""
    known = _Known(introduced)
    for name in sorted(names, key=lambda name: (-len(name.words), name)):
        known.meet(name)
    return known.bodies


@dataclass(slots=True)
class _Known:
    """What has been met, from the fullest name to the shortest."""

    introduced: Mapping[tuple[str, ...], set[tuple[str, ...]]]
    bodies: list[list[Body]] = field(default_factory=list)
    by_words: dict[tuple[str, ...], int] = field(default_factory=dict)
    by_short: dict[tuple[str, ...], set[int]] = field(default_factory=lambda: defaultdict(set))
    by_initials: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def meet(self, name: Body) -> None:
        candidates = self._candidates(name)
        number = candidates.pop() if len(candidates) == 1 else len(self.bodies)
        if number == len(self.bodies):
            self.bodies.append([])
        self.bodies[number].append(name)
        self.by_words[name.words] = number
        for words in (name.words, without_form(name.words)):
            self.by_short[words].add(number)
        for initials in acronyms(name.words):
            self.by_initials[initials].add(number)

    def _candidates(self, name: Body) -> set[int]:
        brackets = {self.by_words[full] for full in self.introduced.get(name.words, ()) if full in self.by_words}
        if brackets:
            return brackets
        found = set(self.by_short.get(name.words, ()))
        return found | self.by_initials.get(name.words[0], set()) if name.is_acronym else found
