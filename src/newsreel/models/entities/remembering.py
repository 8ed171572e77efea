"""Answers to what is asked often: a search box is asked the same few words again and again."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Sequence

from newsreel import telemetry
from newsreel.core.entities import Entity
from newsreel.core.protocols import EntityModel, OverLength

__all__ = ["MAX_BYTES", "CachedEntityModel"]

MAX_BYTES = 16 << 20
"""Of memory: some 40,000 queries with an entity or two."""

_ROW, _ENTITY = 300, 250
"""Bytes that an answer takes beside its text, and each entity of it. Measured."""

Answer = tuple[Entity, ...]


class CachedEntityModel:
    """An entity model with its latest answers in memory; see `core.protocols.EntityModel`.

    It is one model's, so its answers are as good as that model's fingerprint. What is asked longest ago is forgotten
    first; an answer that would take a sixteenth of the room by itself is not kept. Thread-safe.
    """

    def __init__(self, model: EntityModel, max_bytes: int = MAX_BYTES) -> None:
        """Stand before a model."""
        self._model = model
        self._max_bytes = max_bytes
        self._bytes = 0
        self._answers: OrderedDict[tuple[str, OverLength], Answer] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """See `core.protocols.EntityModel`."""
        return self._model.fingerprint

    def entities(self, texts: Sequence[str], over_length: OverLength = "split") -> list[list[Entity]]:
        """See `core.protocols.EntityModel`."""
        asked = list(dict.fromkeys(texts))
        known = self._recall(asked, over_length)
        new = [text for text in asked if text not in known]
        telemetry.remembered("entities", len(texts) - len(new), len(new))
        if new:
            made = [tuple(found) for found in self._model.entities(new, over_length)]
            known |= zip(new, made, strict=True)
            self._keep(new, made, over_length)
        return [list(known[text]) for text in texts]

    def _recall(self, texts: Sequence[str], over_length: OverLength) -> dict[str, Answer]:
        with self._lock:
            known = {text: self._answers[text, over_length] for text in texts if (text, over_length) in self._answers}
            for text in known:
                self._answers.move_to_end((text, over_length))
        return known

    def _keep(self, texts: Sequence[str], answers: Sequence[Answer], over_length: OverLength) -> None:
        with self._lock:
            for text, answer in zip(texts, answers, strict=True):
                size = _size(text, answer)
                if (text, over_length) in self._answers or size > self._max_bytes // 16:
                    continue
                self._answers[text, over_length] = answer
                self._bytes += size
            while self._bytes > self._max_bytes:
                (text, _), answer = self._answers.popitem(last=False)
                self._bytes -= _size(text, answer)


def _size(text: str, answer: Answer) -> int:
    return _ROW + sys.getsizeof(text) + _ENTITY * len(answer)
