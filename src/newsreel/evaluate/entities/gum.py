"""GUM (Zeldes, 2017): CoNLL-U with every mention of anything, of which the named ones are kept.

A mention is named when a token it is about (GUM's `minspan`) is a proper noun. Kept of it are the words from its first
capital to its first comma, without articles, possessive endings and a person's titles, as the other corpora have it.
Of mentions within each other the longest is kept that is one name and not a description with names in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsreel.core.errors import SourceError
from newsreel.evaluate.entities.labelled import Labelled, read_corpus

__all__ = ["read_gum"]

_FIELDS = 10
_PART = re.compile(r"\([^()]+\)?|[^()]+\)")
_TITLED = (
    "Mr Mr. Mrs Mrs. Ms Ms. Dr Dr. Prof Prof. Professor President Sir Lord Lady Senator Sen. Governor Gov. General "
    "Gen. Colonel Col. Captain Capt. Judge Justice Minister King Queen Prince Princess Pope Bishop Archbishop St."
)
_TITLES = frozenset(_TITLED.split())
_WITHIN = frozenset({"PROPN", "ADP", "DET", "CCONJ", "NUM", "SYM", "X"})
"""Parts of speech that a name may have within it in lower case; others only with a capital."""

_STOPS = frozenset({",", "(", "[", ";", ":"})


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    tag: str
    space: bool


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    kind: str
    named: bool


def read_gum(path: Path, labels: Mapping[str, str], unmarked: frozenset[str]) -> Iterator[Labelled]:
    """The sentences of a document. `labels` maps GUM's kinds to ours, or to nothing. Raises SourceError."""
    for block in read_corpus(path).split("\n\n"):
        rows = [line.split("\t") for line in block.split("\n") if line[:1].isdigit()]
        rows = [row for row in rows if row[0].isdigit()]  # without ranges and empty nodes
        if not rows:
            continue
        if any(len(row) != _FIELDS for row in rows):
            raise SourceError(f"{path}: a line of it has not ten columns, as CoNLL-U has")
        try:
            text, spans = _sentence(rows, labels)
        except KeyError as error:
            raise SourceError(f"{path}: its kind {error} is none that labels.toml has for gum") from error
        yield Labelled(text, spans, path.stem, unmarked)


def _sentence(rows: Sequence[Sequence[str]], labels: Mapping[str, str]) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    tokens = [_Token(row[1], row[3], "SpaceAfter=No" not in row[9]) for row in rows]
    starts, text = [], ""
    for token in tokens:
        starts.append(len(text))
        text += token.word + " " * token.space
    spans: list[tuple[int, int, str]] = []
    taken: set[int] = set()
    mentions = [_name(tokens, mention) for mention in _mentions(rows) if mention.named and labels[mention.kind]]
    for start, end, kind in sorted((m for m in mentions if m), key=lambda m: m[0] - m[1]):
        if not taken & set(range(start, end)):
            taken |= set(range(start, end))
            spans.append((starts[start], starts[end - 1] + len(tokens[end - 1].word), labels[kind]))
    return text.rstrip(), tuple(sorted(spans))


def _mentions(rows: Sequence[Sequence[str]]) -> Iterator[_Mention]:
    """From GUM's brackets: `(id-kind-state-salience-centering-minspan-link-identity` opens, `id)` closes.

    What opens in one sentence and closes in another is left out.
    """
    opened: list[tuple[int, list[str]]] = []
    for place, row in enumerate(rows):
        found = re.search(r"(?:^|\|)Entity=([^|]*)", row[9])
        for part in _PART.findall(found[1]) if found else ():
            if part.startswith("("):
                opened.append((place, part.strip("()").split("-")))
            if part.endswith(")"):
                number = part.strip("()").split("-")[0]
                mine = next((o for o in reversed(opened) if o[1][0] == number), None)
                if mine is not None:
                    opened.remove(mine)
                    yield _mention(rows, mine[0], place + 1, mine[1])


def _mention(rows: Sequence[Sequence[str]], start: int, end: int, fields: Sequence[str]) -> _Mention:
    heads = [int(head) for head in fields[5].split(",")] if len(fields) > 5 and fields[5][:1].isdigit() else [1]
    named = any(rows[start + head - 1][3] == "PROPN" for head in heads if start + head <= end)
    return _Mention(start, end, fields[1] if len(fields) > 1 else "", named)


def _name(tokens: Sequence[_Token], mention: _Mention) -> tuple[int, int, str] | None:
    """The name in a mention; None where it is a description rather than a name."""
    start, end = mention.start, mention.end
    while start < end and (
        tokens[start].tag in ("DET", "PRON", "PUNCT")
        or not (tokens[start].word[0].isupper() or tokens[start].word[0].isdigit() or tokens[start].tag == "PROPN")
        or (mention.kind == "person" and tokens[start].word in _TITLES)
    ):
        start += 1
    end = next((place for place in range(start, end) if tokens[place].word in _STOPS), end)
    while start < end and tokens[end - 1].tag in ("PART", "PUNCT"):
        end -= 1
    inside = tokens[start:end]
    if mention.kind == "person" and any(t.word == "of" for t in inside):
        return None
    if not inside or any(t.tag not in _WITHIN and not t.word[0].isupper() and t.word != "-" for t in inside):
        return None
    return start, end, mention.kind
