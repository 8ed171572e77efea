"""Text cut into runs that are marked or not. A template escapes each run; no markup is ever made here."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

__all__ = [
    "Marker",
    "Paragraph",
    "Piece",
    "PlacedName",
    "Run",
    "Span",
    "excerpt",
    "paragraphs",
    "pieces",
    "runs",
    "without_repeated_speakers",
]

_JOINED = "\u00a0"
"""A space that does not break."""
_GAP = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?:[.!?][\"'”’)]*|\n)\s+(?=\S)")
_SPEAKER = re.compile(r"[^:.!?]{1,60}: ")
_LEAD = 70
"""How many characters before the first marked word an excerpt shows, where no sentence begins nearby."""
_FAR = 140
"""How far before it a sentence may begin to be shown from there."""

Run = tuple[str, bool]
"""Some text, and whether it is marked."""

Span = tuple[int, int]
"""A half-open range of characters."""

Marker = Callable[[str], Sequence[Span]]
"""What of a text is to be marked."""


PlacedName = tuple[int, int, str]
"""A name in a text: a half-open range of characters, and the key of what it stands for."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A name, or what stands between names."""

    runs: list[Run]
    key: str | None = None
    """Of what the name stands for."""
    again: bool = False
    """Whether the text named it before."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a body."""

    pieces: list[Piece]
    in_passage: bool
    first: bool
    """Where the passage begins: what a link scrolls to."""


def runs(text: str, marks: Iterable[Span], start: int = 0, end: int | None = None) -> list[Run]:
    """`text[start:end]`, cut where marks begin and end. Marks may overlap, or lie outside."""
    end = len(text) if end is None else end
    pieces: list[Run] = []
    at = start
    for begin, stop in sorted(marks):
        begin, stop = max(begin, at), min(stop, end)
        if begin < stop:
            pieces += [(text[at:begin], False), (text[begin:stop], True)]
            at = stop
    pieces.append((text[at:end], False))
    return [piece for piece in pieces if piece[0]]


def excerpt(text: str, marks: Sequence[Span], room: int) -> list[Run]:
    """About `room` characters of the text where most marks are, cut between words."""
    if len(text) <= room:
        return runs(text, marks)
    start = _densest(text, marks, room)
    end = len(text) if start + room >= len(text) else _between_words(text, start + room)
    end = start + len(text[start:end].rstrip())
    before: list[Run] = [(f"…{_JOINED}", False)] if start else []
    after: list[Run] = [(f"{_JOINED}…", False)] if end < len(text) else []
    return before + runs(text, marks, start, end) + after


def without_repeated_speakers(text: str, marks: Sequence[Span]) -> tuple[str, list[Span]]:
    """What is said in a shot, a speaker named once until another line begins otherwise; the marks move with it."""
    kept, moved, at, left_out, speaker = "", [], 0, 0, ""
    for line in text.split("\n"):
        named = _SPEAKER.match(line)
        said = at + (len(speaker) if named and named[0] == speaker else 0)
        left_out += said - at
        at += len(line) + 1
        moved += [(max(b, said) - left_out, min(e, at) - left_out) for b, e in marks if b < at and said < e]
        kept += text[said:at]
        speaker = named[0] if named else ""
    return kept, moved


def pieces(text: str, marks: Sequence[Span], names: Iterable[PlacedName]) -> list[Piece]:
    """The text, cut where names begin and end. Marks may overlap them."""
    return _pieces(text, marks, sorted(names), (0, len(text)), set())


def paragraphs(body: str, passage: Span, marks: Sequence[Span], names: Iterable[PlacedName] = ()) -> list[Paragraph]:
    """The body's paragraphs. `passage`, `marks` and `names` are ranges of the body."""
    shown: list[Paragraph] = []
    named, seen = sorted(names), set[str]()
    for start, end in _spans(body):
        inside = start < passage[1] and passage[0] < end
        first = inside and not any(paragraph.in_passage for paragraph in shown)
        shown.append(Paragraph(_pieces(body, marks, named, (start, end), seen), inside, first))
    return shown


def _pieces(text: str, marks: Sequence[Span], names: Sequence[PlacedName], within: Span, seen: set[str]) -> list[Piece]:
    """`seen` are the keys that were named before; those named here are added."""
    cut: list[Piece] = []
    at, last = within
    for begin, stop, key in names[bisect_left(names, within[0], key=lambda name: name[0]) :]:
        if begin >= last:
            break
        if at <= begin < stop <= last:
            cut += [Piece(runs(text, marks, at, begin)), Piece(runs(text, marks, begin, stop), key, key in seen)]
            seen.add(key)
            at = stop
    cut.append(Piece(runs(text, marks, at, last)))
    return [piece for piece in cut if piece.runs]


def _spans(body: str) -> Iterable[Span]:
    start = 0
    for gap in (*_GAP.finditer(body), None):
        end = len(body) if gap is None else gap.start()
        if body[start:end].strip():
            yield start, end
        start = end if gap is None else gap.end()


def _densest(text: str, marks: Sequence[Span], room: int) -> int:
    """Where to begin so that most marks are shown; the earliest of equals."""
    if not marks:
        return 0
    starts = [begin for begin, _ in sorted(marks)]
    best = max(starts, key=lambda begin: (sum(begin <= other < begin + room - _FAR for other in starts), -begin))
    return min(_beginning(text, best), _between_words(text, len(text) - room))


def _beginning(text: str, mark: int) -> int:
    """Where to begin so as to show this mark: where a sentence does, if that is near."""
    if mark <= _FAR:
        return 0
    sentences = [gap.end() for gap in _SENTENCE.finditer(text, mark - _FAR, mark)]
    return sentences[0] if sentences else _between_words(text, mark - _LEAD)


def _between_words(text: str, at: int) -> int:
    """The nearest word's beginning at or before a position; the position itself within a very long word."""
    if at <= 0:
        return 0
    space = max(text.rfind(gap, max(0, at - 40), at) for gap in (" ", "\n"))
    return at if space < 0 else space + 1
