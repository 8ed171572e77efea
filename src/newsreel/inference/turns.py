"""Whose turn it is: rows of many callers in fair order, and which of them share a batch.

Start-time fair queueing (Goyal et al., 1996) over texts: a text's rows have their turns one after the other, as far
apart as the text is long, so a hundred pages stand behind the queries that come meanwhile and are never passed for
ever. Rows of one width go together, as many as the token budget holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from newsreel.inference.computation import Computation

__all__ = ["SECONDS_A_TOKEN", "Row", "Turns"]

SECONDS_A_TOKEN = 2e-4
"""How far a token puts its text back. A few times what a core needs to read one, so that a text that is a minute's
work waits for what is short; after as long as that it goes before whatever has come since."""


@dataclass(frozen=True, slots=True)
class Row:
    """One part of a text."""

    of: Computation
    number: int


class Turns:
    """Rows that wait. For one thread."""

    def __init__(self) -> None:
        """Empty."""
        self._waiting: dict[tuple[int, int], list[tuple[float, int, Row]]] = {}
        self._order = count()

    def __len__(self) -> int:
        """Rows, those of abandoned texts included."""
        return sum(map(len, self._waiting.values()))

    def add(self, computation: Computation) -> None:
        """A text that was cut into parts."""
        turn, model = computation.turn, computation.model
        for number, part in enumerate(computation.parts):
            width = model.width(part)
            turn += width * SECONDS_A_TOKEN
            rows = self._waiting.setdefault((id(model), width), [])
            heappush(rows, (turn, next(self._order), Row(computation, number)))

    def next_batch(self, max_tokens: int) -> list[Row]:
        """The row whose turn it is and those of its width behind it; none where nothing waits."""
        while self._waiting:
            key = min(self._waiting, key=lambda waiting: self._waiting[waiting][0])
            rows = list(self._taken(key, max(1, max_tokens // key[1])))
            if rows:
                return rows
        return []

    def _taken(self, key: tuple[int, int], most: int) -> Iterator[Row]:
        rows, taken = self._waiting[key], 0
        while rows and taken < most:
            row = heappop(rows)[2]
            if not row.of.abandoned():
                taken += 1
                yield row
        if not rows:
            del self._waiting[key]
