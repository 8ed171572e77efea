"""Answers remembered: the same as the model's, within their room, and counted."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from newsreel import telemetry
from newsreel.core.entities import Entity
from newsreel.core.errors import UsageError
from newsreel.core.protocols import OverLength
from newsreel.models.entities import CachedEntityModel


class Capitals:
    """Words with a capital are names; notes what it was asked."""

    fingerprint = "capitals"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def entities(self, texts: Sequence[str], over_length: OverLength = "split") -> list[list[Entity]]:
        self.asked += texts
        if over_length == "error":
            raise UsageError("too long")
        return [[Entity(*word.span(), "PER", 0.5) for word in re.finditer("[A-Z][a-z]+", text)] for text in texts]


def counted() -> dict[str, float]:
    found = re.findall(r'newsreel_answers_total\{memory="(\w+)",task="entities"\} (\S+)', telemetry.metrics().decode())
    return {memory: float(number) for memory, number in found}


def test_what_was_asked_before_is_not_asked_again() -> None:
    before = counted()
    model = Capitals()
    cached = CachedEntityModel(model)
    texts = ["Merkel", "flood", "Merkel", "Macron in Paris"]
    assert cached.entities(texts) == Capitals().entities(texts)
    assert cached.entities(["flood", "Paris", "Merkel"]) == Capitals().entities(["flood", "Paris", "Merkel"])
    assert model.asked == ["Merkel", "flood", "Macron in Paris", "Paris"]
    assert {name: number - before.get(name, 0) for name, number in counted().items()} == {"known": 3, "new": 4}
    assert cached.fingerprint == "capitals"
    assert cached.entities([]) == []


def test_an_answer_is_the_callers_own() -> None:
    cached = CachedEntityModel(Capitals())
    cached.entities(["Merkel"])[0].clear()
    assert cached.entities(["Merkel"])[0]


def test_what_failed_is_not_remembered_and_how_a_text_is_read_matters() -> None:
    cached = CachedEntityModel(Capitals())
    cached.entities(["Merkel"])
    for _ in range(2):
        with pytest.raises(UsageError):
            cached.entities(["Merkel"], "error")


def test_memory_is_bounded_and_what_was_asked_longest_ago_goes_first() -> None:
    model = Capitals()
    cached = CachedEntityModel(model, max_bytes=1 << 20)
    tracemalloc.start()
    for number in range(5_000):
        cached.entities(["often asked", f"Minister {number}"])
    taken = tracemalloc.get_traced_memory()[0] - sum(map(len, model.asked))
    tracemalloc.stop()
    assert taken < 2 << 20
    model.asked.clear()
    cached.entities(["often asked", "Minister 4999", "Minister 0"])
    assert model.asked == ["Minister 0"]


def test_what_would_fill_the_room_is_not_kept() -> None:
    model = Capitals()
    cached = CachedEntityModel(model, max_bytes=100_000)
    for _ in range(2):
        cached.entities(["Merkel " * 1_000])
    cached.entities(["flood"])
    assert model.asked == ["Merkel " * 1_000] * 2 + ["flood"]


def test_many_threads_may_ask() -> None:
    cached = CachedEntityModel(Capitals(), max_bytes=20_000)
    texts = [f"Minister {number % 50}" for number in range(2_000)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: cached.entities([text])[0], texts))
    assert found == Capitals().entities(texts)
