"""Labelled text: what training and evaluation read, whatever file it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from newsreel.core.errors import SourceError
from newsreel.models.entities.tags import TaggedWord, entities

__all__ = ["LABELS", "Labelled", "labelled_words", "lowered", "parse_marked", "read_corpus", "read_marked"]

LABELS = ("PER", "ORG", "LOC", "MISC")
"""PERSON, ORGANISATION, LOCATION and everything else that has a name."""

_MARKED = re.compile(r"\[([^\[\]]+)\]\(([A-Z]+)\)")
_HALF_MARKED = "]("


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and the names in it."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    """Start and end, half-open, in characters, and one of LABELS; by place, without overlap."""
    document: str
    """What it is a part of: no document is on two sides of a split."""
    unmarked: frozenset[str] = frozenset()
    """Labels that its annotators did not look for: what is none of the others may be one of these."""


def labelled_words(
    words: Sequence[str], tags: Sequence[str], labels: Mapping[str, str], document: str, unmarked: frozenset[str]
) -> Labelled:
    """A sentence of words, with a space between any two, and tags of whatever scheme. `labels` maps theirs to ours.

    A label that maps to nothing is left out. Raises KeyError for a label that is not mapped.
    """
    tagged, start = [], 0
    for word, tag in zip(words, tags, strict=True):
        tagged.append(TaggedWord(start, start + len(word), tag, 1.0))
        start += len(word) + 1
    found = [(entity.start, entity.end, labels[entity.label]) for entity in entities(tagged)]
    return Labelled(" ".join(words), tuple(span for span in found if span[2]), document, unmarked)


def lowered(text: Labelled) -> Labelled:
    """The same in lower case, its names where they were.

    A character whose lower case takes more than one (İ) stays as it is.
    """
    lower = text.text.lower()
    if len(lower) != len(text.text):
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text.text)
    return replace(text, text=lower)


def parse_marked(line: str, document: str) -> Labelled:
    """A line such as `[merkel](PER) visits [paris](LOC)`. Raises ValueError for a mark or label that is none."""
    text, spans, read = "", [], 0
    for mark in _MARKED.finditer(line):
        if mark[2] not in LABELS:
            raise ValueError(f"'{mark[2]}' is no label: they are {', '.join(LABELS)}")
        text += line[read : mark.start()]
        spans.append((len(text), len(text) + len(mark[1]), mark[2]))
        text += mark[1]
        read = mark.end()
    text += line[read:]
    if _HALF_MARKED in text:
        raise ValueError(f"'{text}' holds half a mark: write [name](LABEL), without brackets in the name")
    return Labelled(text, tuple(spans), document)


def read_marked(path: Path) -> Iterator[Labelled]:
    """The lines of a file, but for empty ones and those that begin with #. Raises SourceError."""
    for number, line in enumerate(read_corpus(path).split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            yield parse_marked(line.strip(), f"{path.parent.name}/{path.stem}:{number}")
        except ValueError as error:
            raise SourceError(f"{path}, line {number}: {error}") from error


def read_corpus(path: Path) -> str:
    """A file's text. Raises SourceError."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read ({error}): fetch the corpus anew") from error
