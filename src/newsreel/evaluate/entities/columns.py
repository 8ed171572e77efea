"""Corpora with a word and its tag on each line, and an empty line behind each sentence (CoNLL-2003's shape)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsreel.core.errors import SourceError
from newsreel.evaluate.entities.labelled import read_corpus

__all__ = ["TaggedSentence", "read_columns"]

_BEGINS_DOCUMENT = ("-DOCSTART-", "# newdoc")
_COMMENT = "# "


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """Words and their tags."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    document: int
    """Which of the file's, from 1; each sentence is one by itself where the file names none."""


def read_columns(path: Path, word: int, tag: int) -> Iterator[TaggedSentence]:
    """The sentences of a file whose columns (tabs, else spaces) `word` and `tag` hold these. Raises SourceError.

    Between tabs, lines that begin with `# ` are comments; between spaces there are none, for `#` is a word.
    """
    text = read_corpus(path)
    separator = "\t" if "\t" in text else None
    lines = [*text.split("\n"), ""]
    named = any(line.startswith(_BEGINS_DOCUMENT) for line in lines)
    document, filled = 1, False  # what is before the first mark is a document too
    words, tags = list[str](), list[str]()
    for number, line in enumerate(lines, 1):
        begins = line.startswith(_BEGINS_DOCUMENT)
        if words and (begins or not line.strip()):
            yield TaggedSentence(tuple(words), tuple(tags), document)
            words, tags, filled = [], [], True
        if filled and (begins or not named):
            document, filled = document + 1, False
        if begins or not line.strip() or (separator and line.startswith(_COMMENT)):
            continue
        fields = line.split(separator)
        if len(fields) <= max(word, tag):
            wanted = max(word, tag) + 1
            raise SourceError(f"{path}, line {number}: has {len(fields)} columns where {wanted} are wanted")
        words.append(fields[word].strip())
        tags.append(fields[tag].strip())
