"""Words with tags to entities, whatever scheme a model was trained with.

BIO: `B-PER` begins, `I-PER` goes on. BILOU and BIOES: `L-` or `E-` ends, `U-` or `S-` stands alone. IO: `I-PER`, or
just `PER`. Models break their own schemes, so what goes on where nothing began begins (Tjong Kim Sang, 2002).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsreel.core.entities import Entity

__all__ = ["OUTSIDE", "TaggedWord", "entities"]

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


def entities(words: Sequence[TaggedWord]) -> list[Entity]:
    """The entities in a text's words, by place. Words that stand side by side and go on are one."""
    found: list[list[TaggedWord]] = []
    open_label = ""
    for word, place, label in _parsed(words):
        if label and label == open_label and place not in _BEGINS:
            found[-1].append(word)
        elif label:
            found.append([word])
        open_label = "" if place in _ENDS else label
    return [
        Entity(group[0].start, group[-1].end, _label(group[0].tag), sum(w.score for w in group) / len(group))
        for group in found
    ]


def _parsed(words: Sequence[TaggedWord]) -> Iterator[tuple[TaggedWord, str, str]]:
    for word in words:
        prefixed = _PREFIXED.fullmatch(word.tag)
        yield word, prefixed[1] if prefixed else "I", "" if word.tag == OUTSIDE else _label(word.tag)


def _label(tag: str) -> str:
    prefixed = _PREFIXED.fullmatch(tag)
    return prefixed[2] if prefixed else tag
