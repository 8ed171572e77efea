"""Corpora with a word and its tag on each line, and an empty line behind each sentence (CoNLL-2003's shape)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsreel.core.errors import SourceError

__all__ = ["TaggedSentence", "read_columns"]

_DOCUMENT = "-DOCSTART-"


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """Words and their tags."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    document: int
    """How many documents the file has begun before it; each sentence is its own where the file names none."""


def read_columns(path: Path, word: int, tag: int) -> Iterator[TaggedSentence]:
    """The sentences of a file whose columns (tabs, else spaces) `word` and `tag` hold these. Raises SourceError.

    Lines of comment are those that begin with `# `. A word may be a `#` by itself.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read ({error}): fetch the corpus anew") from error
    marked = _DOCUMENT in text
    document, words, tags = 0, list[str](), list[str]()
    for number, line in enumerate([*text.split("\n"), ""], 1):
        fields = line.rstrip("\r").split("\t") if "\t" in line else line.split()
        if line.startswith("# ") and len(fields) != 2:
            continue
        if not line.strip() or fields[0] == _DOCUMENT:
            if words:
                yield TaggedSentence(tuple(words), tuple(tags), document)
                document += not marked
            words, tags = [], []
            document += bool(fields) and fields[0] == _DOCUMENT
            continue
        try:
            words.append(fields[word].strip())
            tags.append(fields[tag].strip())
        except IndexError:
            raise SourceError(f"{path}, line {number}: has {len(fields)} columns, a word and a tag are wanted") from None
