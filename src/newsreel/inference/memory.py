"""Answers to what is asked often: a search box is asked the same few words again and again."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

import numpy as np

__all__ = ["Memory"]

_ROW, _PART = 500, 250
"""Bytes that an answer takes beside its text and its numbers, and each entity of it. Measured."""

_SHARE = 16
"""An answer that takes more than this part of the room is not kept."""

Key = tuple[Hashable, ...]
"""A task, a fingerprint, what is done with long texts, and the text or two."""


class Memory:
    """The latest answers, within so many bytes. Thread-safe. What is asked longest ago is forgotten first."""

    def __init__(self, max_bytes: int) -> None:
        """Empty; of 0 bytes it stays so."""
        self._max_bytes = max_bytes
        self._bytes = 0
        self._answers: OrderedDict[Key, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """What is kept takes about so many."""
        return self._bytes

    def recall(self, key: Key) -> Any | None:
        """The answer; None where it is not known. It is shared: whoever gets it must not change it."""
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                return None
            self._answers.move_to_end(key)
            return found[0]

    def keep(self, key: Key, answer: Any) -> None:
        """Remember an answer, if there is room for one of its size."""
        if isinstance(answer, np.ndarray):
            answer = answer.copy()  # it may be a row of a batch, all of which it would keep
        size = _size(key, answer)
        if size > self._max_bytes // _SHARE:
            return
        with self._lock:
            if key in self._answers:
                return
            self._answers[key] = answer, size
            self._bytes += size
            while self._bytes > self._max_bytes:
                _, (_, freed) = self._answers.popitem(last=False)
                self._bytes -= freed


def _size(key: Key, answer: Any) -> int:
    texts = sum(sys.getsizeof(part) for part in _flat(key))
    if isinstance(answer, np.ndarray):
        return _ROW + texts + answer.nbytes
    return _ROW + texts + (_PART * len(answer) if isinstance(answer, list) else 0)


def _flat(key: Key) -> list[Any]:
    return [each for part in key for each in (part if isinstance(part, tuple) else (part,))]
