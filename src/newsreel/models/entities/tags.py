"""Words with tags to entities, whatever scheme a model was trained with.

BIO: `B-PER` begins, `I-PER` goes on. BILOU and BIOES: `L-` or `E-` ends, `U-` or `S-` stands alone. IO: `I-PER`, or
just `PER`. Models break their own schemes, so what goes on where nothing began begins (Tjong Kim Sang, 2002).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from newsreel.core.entities import Entity

__all__ = ["OUTSIDE", "TaggedWord", "entities", "goes_on"]

OUTSIDE = "O"

_PREFIXED = re.compile(r"([BILUES])-(.+)")
_BEGINS, _ENDS = frozenset("BUS"), frozenset("LEUS")


@dataclass(frozen=True, slots=True)
class TaggedWord:
    """A word of a text: half-open, in characters."""

    start: int
    end: int
    tag: str
    score: float
    """Probability of its tag."""
    ends: float = 1.0
    """Probability that its entity does not go on in the next word."""


def entities(words: Sequence[TaggedWord]) -> list[Entity]:
    """The entities in a text's words, by place; see `goes_on`.

    An entity's score is the least of its words' times the probability that it ends where it does.
    """
    found: list[list[TaggedWord]] = []
    before = OUTSIDE
    for word in words:
        if goes_on(before, word.tag):
            found[-1].append(word)
        elif word.tag != OUTSIDE:
            found.append([word])
        before = word.tag
    return [
        Entity(group[0].start, group[-1].end, _parsed(group[0].tag)[1], min(w.score for w in group) * group[-1].ends)
        for group in found
    ]


@lru_cache(maxsize=4096)
def goes_on(before: str, tag: str) -> bool:
    """Whether a word with this tag is of the same entity as the word before it, which has the tag `before`."""
    if OUTSIDE in (before, tag):
        return False
    (place_before, label_before), (place, label) = _parsed(before), _parsed(tag)
    return label == label_before and place not in _BEGINS and place_before not in _ENDS


def _parsed(tag: str) -> tuple[str, str]:
    prefixed = _PREFIXED.fullmatch(tag)
    return (prefixed[1], prefixed[2]) if prefixed else ("I", tag)
