"""A model whose batches run when a test says so, and an engine around it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from newsreel.core.errors import TextError
from newsreel.core.protocols import OverLength
from newsreel.inference.answers import Answers
from newsreel.inference.engine import Engine
from newsreel.inference.load import Load
from newsreel.inference.memory import Memory
from newsreel.models.runtime.reading import ReadingModel
from newsreel.models.runtime.sessions import Output
from newsreel.models.runtime.tokens import Input, Part

MAX_TOKENS = 16


class SlowModel(ReadingModel[str]):
    """Makes upper case of texts, a word a token; notes the first words of each batch."""

    fingerprint = "slow"
    max_tokens = MAX_TOKENS

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.may_run = threading.Event()
        self.may_run.set()
        self.runs = threading.Semaphore(0)
        """Released as each batch begins."""

    def tokenise(self, inputs: Sequence[Input], over_length: OverLength) -> list[Part]:
        parts: list[Part] = []
        for number, text in enumerate(map(str, inputs)):
            words = text.split()
            if len(words) > MAX_TOKENS and over_length == "error":
                raise TextError(number, "is too long")
            cut = [words[at : at + MAX_TOKENS] for at in range(0, max(1, len(words)), MAX_TOKENS)]
            kept = cut if over_length == "split" else cut[:1]
            parts += [Part(number, [len(word) for word in each], " ".join(each)) for each in kept]  # type: ignore[arg-type]
        return parts

    def width(self, part: Part) -> int:
        return max(1, len(part.ids))

    def infer(self, parts: Sequence[Part]) -> list[Output]:
        self.runs.release()
        assert self.may_run.wait(10)
        texts = [str(part.encoding) for part in parts]
        self.batches.append([text.split()[0] for text in texts])
        if "poison" in " ".join(texts):
            raise RuntimeError("this row breaks the batch")
        return [np.full(1, len(text), np.float32) for text in texts]

    def finish(self, inputs: Sequence[Input], read: Iterable[tuple[Part, Output]]) -> list[str]:
        (given,), parts = inputs, list(read)
        assert [len(str(part.encoding)) for part, _ in parts] == [int(row[0]) for _, row in parts]  # each its own row
        return [str(given).upper()]

    @contextmanager
    def held(self) -> Iterator[None]:
        """No batch ends meanwhile."""
        self.may_run.clear()
        try:
            yield
        finally:
            self.may_run.set()


class Bench:
    """All of it, and callers in threads."""

    def __init__(self, *, queue_tokens: int = 10_000, memory_bytes: int = 0) -> None:
        self.model = SlowModel()
        self.load = Load(queue_tokens)
        self.engine = Engine(self.load, max_batch_tokens=64)
        self.memory = Memory(memory_bytes)
        self.answers: Answers[str] = Answers("slow", self.model, self.engine, self.memory)
        self.callers = ThreadPoolExecutor(32)

    def ask(self, *texts: str, over_length: OverLength = "split") -> Future[list[str]]:
        """Ask in a thread of its own."""
        return self.callers.submit(self.answers.ask_and_wait, texts, over_length)

    def running(self) -> None:
        """Return once a batch has begun that had not when this was last called."""
        assert self.model.runs.acquire(timeout=10)

    def close(self) -> None:
        self.engine.close()
        self.callers.shutdown()
