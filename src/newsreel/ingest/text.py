"""Plain text as items carry it: NFC, no control characters, paragraphs separated by a blank line."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from itertools import islice, pairwise

__all__ = [
    "byline",
    "composed",
    "joined",
    "keywords",
    "language",
    "line",
    "paragraphs",
    "unescaped",
    "uri",
    "wrapped",
]

MAX_LINE = 1_000
MAX_KEYWORDS = 50
MAX_KEYWORD = 200
MAX_PARTS = 20

_NEWLINES = dict.fromkeys((0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), "\n")
# Invisible: soft hyphen, zero-width space, word joiner, BOM, and the controls that reorder what is displayed.
_INVISIBLE = (0xAD, 0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS = (
    *(c for c in range(0x20) if c not in (0x09, 0x0A, 0x0B, 0x0C, 0x0D)),
    *range(0x7F, 0x85),
    *range(0x86, 0xA0),
)
_TABLE: dict[int, str | None] = {**_NEWLINES, **dict.fromkeys(_INVISIBLE), **dict.fromkeys(_CONTROLS)}
# Half of a surrogate pair: JSON can carry it, UTF-8 cannot.
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONG_LINE = 100
_MOST_MARKS = 30
"""As Unicode's stream-safe text has it: accents in a row are sorted, in quadratic time."""
_HEAP_OF_SIGNS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MOST_MARKS + 1},}}")


def _clean(text: str) -> str:
    text = _SURROGATE.sub("\ufffd", text.replace("\r\n", "\n"))
    return composed(text.translate(_TABLE))


def composed(text: str) -> str:
    """NFC. Of a heap of accents on one letter, 30 are kept."""
    return unicodedata.normalize("NFC", _HEAP_OF_SIGNS.sub(_with_few_marks, text))


def _with_few_marks(heap: re.Match[str]) -> str:
    signs = heap[0]
    return signs[:_MOST_MARKS] + "".join(sign for sign in signs[_MOST_MARKS:] if not unicodedata.combining(sign))


def unescaped(text: str) -> str:
    """HTML's character references resolved; none of them, where one is a number of thousands of digits."""
    try:
        return html.unescape(text)
    except ValueError:
        return text


def line(text: str, limit: int = MAX_LINE) -> str:
    """One line: white space collapsed, cut at a word with an ellipsis beyond `limit` characters."""
    collapsed = " ".join(_clean(text).split())
    if len(collapsed) <= limit:
        return collapsed
    return collapsed[: limit - 1].rsplit(" ", 1)[0] + "…"


def paragraphs(blocks: Iterable[str]) -> str:
    """A body of these paragraphs, each made one line; empty ones are left out."""
    lines = (" ".join(_clean(block).split()) for block in blocks)
    return "\n\n".join(one for one in lines if one)


def wrapped(text: str) -> list[str]:
    """The paragraphs of plain text, where a blank line separates them.

    Within a block without blank lines, wire copy also starts a paragraph by indenting it, and text from an editor
    has one paragraph on each (long) line.
    """
    blocks = re.split(r"\n\s*\n", _clean(text).strip("\n"))
    return [paragraph for block in blocks for paragraph in _within(block.split("\n"))]


def _within(lines: list[str]) -> list[str]:
    if any(len(one) > _LONG_LINE for one in lines):
        return lines
    starts = [i for i, one in enumerate(lines) if i == 0 or one[:1] == "\t" or one[:2] == "  "]
    return ["\n".join(lines[i:j]) for i, j in pairwise([*starts, len(lines)])]


def keywords(names: Iterable[str]) -> tuple[str, ...]:
    """The first 50 different names; case does not make a difference."""
    seen: dict[str, str] = {}
    for name in names:
        if clean := line(name, MAX_KEYWORD):
            seen.setdefault(clean.casefold(), clean)
            if len(seen) == MAX_KEYWORDS:
                break
    return tuple(seen.values())


def joined(parts: Iterable[str]) -> str:
    """Rights and the like as one line; a part that another one already says is left out."""
    lines = list(islice((clean for part in parts if (clean := line(part, 5 * MAX_LINE))), MAX_PARTS))
    kept: list[str] = []
    for i, one in enumerate(lines):
        others = kept + lines[i + 1 :]
        if not any(one.casefold() in other.casefold() for other in others):
            kept.append(one)
    return " · ".join(kept)


def uri(text: str) -> str:
    """A uri without white space and control characters."""
    return "".join(_SURROGATE.sub("", text).translate(_TABLE).split())


def byline(text: str) -> str:
    """Who wrote it, without the leading "By"."""
    return re.sub(r"^by(?:\s*:\s*|\s+)", "", line(text), flags=re.IGNORECASE)


def language(text: str) -> str:
    """A language tag (`en`, `pt-BR`), or nothing if it is not one."""
    tag = text.strip().replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}", tag) else ""
