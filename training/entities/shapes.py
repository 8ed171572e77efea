"""The same text written otherwise: spacing, case, misspellings, without punctuation. Spans move with their letters."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from newsreel.evaluate.entities.labelled import Labelled

__all__ = ["bare", "capitals", "headline", "lower", "misspelt", "spaced_as_written"]

_BEFORE = re.compile(r" (?=[,.;:!?%)\]’”]|'s\b|n't\b|'re\b|'ve\b|'ll\b)")
_AFTER = re.compile(r"(?<=[(\[$£€#“‘]) ")
_QUOTE = re.compile(r"(?<!\S)\"(?!\S)")
_MARK = re.compile(r"[^\w\s'’&+./@#-]|(?<!\w)[.'’&+/-]|[.'’/-](?!\w)")
_SMALL = frozenset(tomllib.loads((Path(__file__).parent / "forms.toml").read_text(encoding="utf-8"))["small"].split())
_NEAR = {
    letter: (row + row[-2])[place + 1]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for place, letter in enumerate(row)
}
"""Each letter and its neighbour on the keyboard."""


def spaced_as_written(text: Labelled) -> Labelled:
    """Without the spaces that cutting a text into words put before commas and behind brackets."""
    gone = {found.start() for pattern in (_BEFORE, _AFTER) for found in pattern.finditer(text.text)}
    for number, found in enumerate(_QUOTE.finditer(text.text)):
        gone.add(found.end() if number % 2 == 0 else found.start() - 1)
    return _without(text, gone)


def bare(text: Labelled) -> Labelled:
    """Without punctuation, but for what is within words."""
    gone = {place for found in _MARK.finditer(text.text) for place in range(*found.span())}
    kept = [place for place in range(len(text.text)) if place not in gone]
    double = {b for a, b in pairwise(kept) if text.text[a] == text.text[b] == " "}
    return _without(text, gone | double)


def lower(text: Labelled) -> Labelled:
    """In lower case, letter by letter."""
    return replace(text, text="".join(_single(c, c.lower()) for c in text.text))


def capitals(text: Labelled) -> Labelled:
    """In capitals, letter by letter."""
    return replace(text, text="".join(_single(c, c.upper()) for c in text.text))


def headline(text: Labelled) -> Labelled:
    """With a capital for every word but small ones, as English headlines have it."""

    def cased(found: re.Match[str]) -> str:
        word = found[0]
        small = found.start() and word.lower() in _SMALL
        return word if small else _single(word[0], word[0].upper()) + word[1:]

    return replace(text, text=re.sub(r"\S+", cased, text.text))


def misspelt(text: Labelled, chance: random.Random) -> Labelled:
    """One word of four letters or more typed wrongly: two letters swapped, one left out, doubled, or its neighbour."""
    words = [found.span() for found in re.finditer(r"[^\W\d_]{4,}", text.text)]
    if not words:
        return text
    start, end = chance.choice(words)
    place = chance.randrange(start + 1, end - 1)
    a, b = text.text[place : place + 2]
    near = _NEAR.get(a.lower(), a)
    slips: list[Callable[[], tuple[int, str]]] = [
        lambda: (2, b + a),
        lambda: (1, ""),
        lambda: (1, a + a),
        lambda: (1, near),
    ]
    taken, put = chance.choice(slips)()
    return _replaced(text, place, place + taken, put)


def _replaced(text: Labelled, start: int, end: int, put: str) -> Labelled:
    """With another piece within one word; a span that holds it grows or shrinks."""
    grown = len(put) - (end - start)
    spans = tuple((s + grown * (s > start), e + grown * (e > start), label) for s, e, label in text.spans)
    return replace(text, text=text.text[:start] + put + text.text[end:], spans=spans)


def _without(text: Labelled, gone: set[int]) -> Labelled:
    """Without the letters at these places; a span of which nothing is left goes too."""
    before, kept = [0], []
    for place, letter in enumerate(text.text):
        if place not in gone:
            kept.append(letter)
        before.append(len(kept))
    shorter = "".join(kept)
    spans = [(before[s], before[e], label) for s, e, label in text.spans]
    trimmed = []
    for s, e, label in spans:
        name = shorter[s:e]
        s, e = s + len(name) - len(name.lstrip()), e - (len(name) - len(name.rstrip()))
        if s < e:
            trimmed.append((s, e, label))
    offset = len(shorter) - len(shorter.lstrip())
    moved = tuple((s - offset, e - offset, label) for s, e, label in trimmed)
    return replace(text, text=shorter.strip(), spans=moved)


def _single(letter: str, changed: str) -> str:
    return changed if len(changed) == 1 else letter
