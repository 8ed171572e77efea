"""Where a word begins and ends for the eye: tokenizers count otherwise, each in its own way.

Some take the space before a word for part of it, and what cannot be seen (line ends, marks of direction, NUL). Some
drop the accent of a last letter that is written as a character of its own, or make a word of it.
"""

from __future__ import annotations

from unicodedata import category

__all__ = ["seen"]

_FIRST_MARK = "\u0300"


def seen(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of `[start, end)` that is seen, with the marks on its last letter; nothing, `(end, end)`, if none is.

    Of ranges that do not overlap, what is made does not either.
    """
    while end < len(text) and _is_mark(text[end]):
        end += 1
    while start < end and (_is_mark(text[start]) or _is_unseen(text[start])):
        start += 1
    while start < end and _is_unseen(text[end - 1]):
        end -= 1
    return start, end


def _is_mark(character: str) -> bool:
    return character >= _FIRST_MARK and category(character).startswith("M")


def _is_unseen(character: str) -> bool:
    return not character.isalnum() and (character.isspace() or category(character) in ("Cc", "Cf"))
