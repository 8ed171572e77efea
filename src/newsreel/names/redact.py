"""Names taken out of texts: what is written in their place, where they stand, and where everything else moves to.

It leans towards hiding. Whoever is known by a full name is hidden under the family name too, in every text of the item,
also where no model found the name; and a name is hidden wherever it stands, though it may be a place's there.
"""

from __future__ import annotations

import hmac
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import accumulate
from typing import Literal

from newsreel.core.errors import UsageError
from newsreel.names.people import FAMILY, GIVEN, ORDER, SAME, parts, runs
from newsreel.names.words import PER, key, plain, split_key

__all__ = ["Hidden", "NameFinder", "PersonalData", "Place", "Redacted", "Treatment", "replaced"]

Treatment = Literal["keep", "redact", "hash"]

_HASH_DIGITS = 16
"""64 bits: of a hundred million names, no two are likely to have one."""

_SHORTEST_KEY = 16

_MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0971-\u0dff\u0e31-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u2060\ufe20-\ufe2f\ufeff"
)
"""Parts of words that are no letters: accents, vowel signs, soft hyphens, and what has no width."""

_WORD = re.compile(rf"[^\W_][^\W_{_MARKS}]*(?:[{_MARKS}]+[^\W_]*)*")
_GAP = re.compile(r"[\s,'’ʼ‘`´‐‑–\-·]{0,3}")
_GAP_AFTER_INITIAL = re.compile(r"\.?" + _GAP.pattern)
"""What may stand between the words of one name. A stop after more than two letters ends a sentence."""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """How names are written in what leaves the archive. Raises UsageError for hashes without a key."""

    treatment: Treatment = "keep"
    secret: str = field(default="", repr=False)
    labels: frozenset[str] = frozenset({PER})
    """Which entities it is about. Those whom the editor tagged are always redacted, whatever they are."""

    def __post_init__(self) -> None:
        if self.treatment == "hash" and len(self.secret) < _SHORTEST_KEY:
            raise UsageError(
                "NEWSREEL_PERSONAL_DATA=hash needs a key, or anybody could try names until one fits: set "
                f"NEWSREEL_PERSONAL_DATA_KEY to a random text of at least {_SHORTEST_KEY} characters, as `openssl rand "
                "-hex 32` prints, and keep it"
            )

    def hides(self, label: str) -> bool:
        """Whether names of this kind are written otherwise."""
        return self.treatment != "keep" and label in self.labels

    def said(self, label: str, name: str) -> str:
        """A name as it may be written, by itself."""
        return self.written(key(label, name)) if self.hides(label) else name

    def written(self, entity_key: str, *, tagged: bool = False) -> str:
        """What stands for it: `[PER]`; where names are hashed `PER-3f9a…`, the same for the same key everywhere."""
        label = split_key(entity_key)[0]
        if tagged or self.treatment == "redact":
            return f"[{label}]"
        digest = hmac.new(self.secret.encode(), entity_key.encode("utf-8", "replace"), sha256).hexdigest()
        return f"{label}-{digest[:_HASH_DIGITS]}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is hidden: half-open, in characters, and what is written instead."""

    start: int
    end: int
    written: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text with names taken out."""

    text: str
    places: tuple[Place, ...]
    """In the text as it was; by place, none overlaps another."""
    starts: tuple[int, ...]
    """Where each of them begins in the text as it is."""

    def moved(self, start: int, end: int) -> tuple[int, int]:
        """A range of the text as it was, in the text as it is: what is hidden is in it whole if any of it was."""
        return self._moved(start, after=False), self._moved(end, after=True)

    def _moved(self, at: int, *, after: bool) -> int:
        number = bisect_right(self.places, at, key=lambda place: place.start) - 1
        if number < 0:
            return at
        place, start = self.places[number], self.starts[number]
        if at >= place.end:
            return start + len(place.written) + at - place.end
        return start + len(place.written) if after and at > place.start else start


def replaced(text: str, places: Iterable[Place]) -> Redacted:
    """The text without what is hidden. Of places that overlap, the first and longest counts, for the rest of both."""
    kept = list(_apart(sorted(places, key=lambda place: (place.start, -place.end))))
    ends = [0, *(place.end for place in kept)]
    gaps = [text[end : place.start] for end, place in zip(ends, kept, strict=False)]
    pieces = [piece for gap, place in zip(gaps, kept, strict=True) for piece in (gap, place.written)]
    starts = list(accumulate(map(len, pieces)))[::2]
    return Redacted("".join((*pieces, text[ends[-1] :])), tuple(kept), tuple(starts))


def _apart(places: Sequence[Place]) -> Iterator[Place]:
    last: Place | None = None
    for place in places:
        if last is None or place.start >= last.end:
            if last is not None:
                yield last
            last = place
        elif place.end > last.end:
            last = Place(last.start, place.end, last.written)
    if last is not None:
        yield last


@dataclass(frozen=True, slots=True)
class Hidden:
    """Somebody or something that is not to be named."""

    key: str
    names: tuple[str, ...]
    """As written."""
    normal: tuple[str, ...] = ()
    """Other names, as they are compared."""
    tagged: bool = False
    """Whether the editor tagged it: then a first name alone is hidden too, which otherwise may be any word ("Will")."""
    in_full: bool = False
    """Whether shorter names are left alone."""

    def shorter(self) -> Iterator[str]:
        """The other names that a person is called by."""
        if split_key(self.key)[0] == PER:
            full = {SAME, ORDER}
            wanted = full if self.in_full else full | {FAMILY, GIVEN} if self.tagged else full | {FAMILY}
            found = (each for name in (*self.names, *self.normal) for each in runs(parts(name)))
            yield from (run for run, rule in found if rule in wanted and len(run) > 1)


@dataclass(frozen=True)
class NameFinder:
    """Finds names in texts by how they are spelt, whatever their case, accents and gaps.

    A shorter name is found by the rules that would link it to the fuller one. A name of one word counts with a capital,
    as it stands in `Hidden.names`, and in a text without capitals: elsewhere "may" is not Theresa May.
    """

    hidden: Sequence[Hidden]
    personal: PersonalData
    others: Sequence[str] = ()
    """Names of what is not hidden: they are nobody's shorter names."""

    def __call__(self, text: str) -> list[Place]:
        """Where they stand; none overlaps another unless it is written without gaps, as Chinese is."""
        places = [
            Place(found.start(), found.end(), written)
            for name, written in self._unspaced.items()
            for found in re.finditer(re.escape(name), text)
        ]
        words = [(*found.span(), _letters(found[0])) for found in _WORD.finditer(text)] if self._written else []
        at = 0
        while at < len(words):
            length = self._longest(text, words, at)
            if length:
                name = words[at : at + length]
                places.append(Place(name[0][0], name[-1][1], self._written["".join(word[2] for word in name)]))
            at += length or 1
        return places

    def _longest(self, text: str, words: Sequence[tuple[int, int, str]], at: int) -> int:
        """How many of these words, from there on, are a name; 0 where there is none."""
        longest, letters, last, gap = 0, "", words[at][0], _GAP
        for number in range(1, len(words) - at + 1):
            start, end, word = words[at + number - 1]
            letters += word
            if not self._begins_a_name(letters) or not gap.fullmatch(text, last, start):
                break
            if letters in self._written and (number > 1 or self._is_name(text[start:end], text)):
                longest = number
            last, gap = end, _GAP_AFTER_INITIAL if end - start <= 2 else _GAP
        return longest

    def _is_name(self, word: str, text: str) -> bool:
        return not word[0].islower() or word in self._as_written or text.islower()

    @cached_property
    def _written(self) -> Mapping[str, str]:
        """What stands for each name, by its letters. A shorter name that is several's is nobody's, but hidden."""
        full = {_letters(name): each for each in reversed(self.hidden) for name in (*each.names, *each.normal)}
        others = {_letters(name) for name in self.others}
        shorter: dict[str, list[Hidden]] = {}
        for each in self.hidden:
            for name in set(each.shorter()):
                if (letters := _letters(name)) not in full and letters not in others:
                    shorter.setdefault(letters, []).append(each)
        written = {letters: self._instead(letters, of) for letters, of in shorter.items()}
        written |= {letters: self.personal.written(each.key, tagged=each.tagged) for letters, each in full.items()}
        return {letters: instead for letters, instead in written.items() if letters}

    def _instead(self, letters: str, of: Sequence[Hidden]) -> str:
        keys = {each.key for each in of}
        shared = keys.pop() if len(keys) == 1 else key(PER, letters)
        return self.personal.written(shared, tagged=any(each.tagged for each in of))

    @cached_property
    def _unspaced(self) -> Mapping[str, str]:
        """Names in scripts that know no capitals, which may stand within what looks like a longer word."""
        return {
            name: self.personal.written(each.key, tagged=each.tagged)
            for each in self.hidden
            for name in each.names
            if len(name) > 1 and name.lower() == name.upper() and any(c.isalpha() for c in name)
        }

    @cached_property
    def _as_written(self) -> frozenset[str]:
        return frozenset(name for each in self.hidden for name in each.names)

    def _begins_a_name(self, letters: str) -> bool:
        """Whether any name begins so. All its beginnings at hand would be the square of what a long name is."""
        at = bisect_left(self._in_order, letters)
        return at < len(self._in_order) and self._in_order[at].startswith(letters)

    @cached_property
    def _in_order(self) -> Sequence[str]:
        return sorted(self._written)


def _letters(name: str) -> str:
    """A name's letters and digits, folded, without the gaps between its words."""
    return "".join(plain(name))
