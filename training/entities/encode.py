"""Labelled text as the network reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer

from newsreel.evaluate.entities.labelled import LABELS, Labelled
from newsreel.models.entities.case import case_types

__all__ = ["IGNORED", "TAGS", "UNMARKED_MISC", "Row", "encode"]

TAGS = ("O", *(f"{place}-{label}" for label in LABELS for place in "BI"))

IGNORED = -100
"""Of a token that has no tag of its own: a word's later pieces, and special ones."""

UNMARKED_MISC = -2
"""Of a word that is none of PER, ORG and LOC in a text whose annotators did not look for MISC: it may be one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text."""

    ids: list[int]
    types: list[int]
    tags: list[int]


def encode(tokenizer: Tokenizer, texts: Sequence[Labelled]) -> list[Row]:
    """As many rows as texts; what is longer than the tokenizer allows is cut."""
    encodings = tokenizer.encode_batch([text.text for text in texts])
    return [_row(text, encoding) for text, encoding in zip(texts, encodings, strict=True)]


def _row(text: Labelled, encoding: Encoding) -> Row:
    kinds = {place: (start, label) for start, end, label in text.spans for place in range(start, end)}
    outside = UNMARKED_MISC if "MISC" in text.unmarked else 0
    tags, before = [], None
    for word, (start, _) in zip(encoding.word_ids, encoding.offsets, strict=True):
        if word is None or word == before:
            tags.append(IGNORED)
            continue
        found = kinds.get(start)
        if found is None:
            tags.append(outside)
        else:
            first = before is None or _span_of_word(encoding, before, kinds) != found
            tags.append(TAGS.index(("B-" if first else "I-") + found[1]))
        before = word
    return Row(encoding.ids, case_types(text.text, encoding.offsets), tags)


def _span_of_word(encoding: Encoding, word: int, kinds: dict[int, tuple[int, str]]) -> tuple[int, str] | None:
    return kinds.get(encoding.word_to_chars(word)[0])
