"""Which words of a passage a query matched."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["highlights"]

_WORD = re.compile(r"[^\W_]+")


def highlights(
    text: str, query_terms: frozenset[str], terms: Callable[[str], list[str]]
) -> tuple[tuple[int, int], ...]:
    """Half-open character ranges of the words whose terms are among the query's, neighbours joined.

    `terms` is the index's own analyser, so that what is marked is what BM25 matched.
    """
    ranges: list[tuple[int, int]] = []
    for word in _WORD.finditer(text):
        if query_terms.isdisjoint(terms(word.group())):
            continue
        start, end = word.span()
        if ranges and text[ranges[-1][1] : start] == " ":
            start = ranges.pop()[0]
        ranges.append((start, end))
    return tuple(ranges)
