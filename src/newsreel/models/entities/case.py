"""What a lower-casing tokenizer does not say of a token: its capitals, and whether a space stands before it.

all-MiniLM-L6-v2 and other uncased models lower-case what they read, so "May" and "may" are one word to them. In edited
text that is evidence thrown away, and in a search box there is none. BERT adds to each token the embedding of its
"token type", which tells the first of two texts from the second and is 0 throughout where there is one; a model that
was trained so (`case_as_token_type` on its card) reads there which of eight kinds a token is.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["CASE_TYPES", "case_types"]

CASE_TYPES = 8
"""Four ways to be written (no capital first, a capital first, capitals only, capitals within), after a space or not."""

_GLUED = 4


def case_types(text: str, offsets: Sequence[tuple[int, int]]) -> list[int]:
    """The kind of each token, from where it lies in its text; 0 for those that are not of the text."""
    return [_kind(text[start:end]) + _GLUED * (start > 0 and not text[start - 1].isspace()) for start, end in offsets]


def _kind(token: str) -> int:
    if token.islower() or not token:
        return 0
    if len(token) > 1 and token.isupper():
        return 2
    if token[0].isupper():
        return 1
    return 3 * any(character.isupper() for character in token)
