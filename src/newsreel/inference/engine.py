"""The one thread that runs graphs, and one aside for what is long."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from newsreel import telemetry
from newsreel.core.errors import DrainingError
from newsreel.inference.computation import Computation
from newsreel.inference.load import Load
from newsreel.inference.turns import Row, Turns
from newsreel.models.runtime.reading import MAX_BATCH_TOKENS

__all__ = ["Engine"]

LONG_TOKENS = 512
"""Longer texts are tokenised and finished aside: either takes longer than a batch, and short ones would wait for it."""

_AT_ONCE = 64
"""Texts that are tokenised between two batches, at most."""


class Engine:
    """Carries out what is asked of all models, a batch at a time. Thread-safe.

    A batch holds what waits when the one before it is done: nothing is held back in the hope of company, so a lone
    text never waits for others. Texts take turns as `Turns` says, whichever model they are for.
    """

    def __init__(self, load: Load, max_batch_tokens: int = MAX_BATCH_TOKENS) -> None:
        """Start the thread."""
        self._load = load
        self._max_batch_tokens = max_batch_tokens
        self._asked: deque[Computation] = deque()
        self._ready: deque[Computation] = deque()
        """Cut into parts, aside."""
        self._open = 0
        """Texts that have not ended."""
        self._turns = Turns()
        self._woken = threading.Condition()
        self._closing = False
        self._aside = ThreadPoolExecutor(1, "newsreel-aside")
        self._thread = threading.Thread(target=self._work, name="newsreel-engine", daemon=True)
        self._thread.start()

    def submit(self, computations: Sequence[Computation]) -> None:
        """Carry these out. Raises OverloadedError, DrainingError; none of them was begun then."""
        with self._woken:
            if self._closing:
                raise DrainingError
            self._load.admit([each.tokens for each in computations])
            for computation in computations:
                computation.admitted = True
            self._open += len(computations)
            self._asked.extend(computations)
            self._woken.notify()

    def ended(self, computation: Computation) -> None:
        """To be told of each that has ended, however it did."""
        if not computation.admitted:
            return
        self._load.left(computation.tokens)
        with self._woken:
            self._open -= 1
            self._woken.notify()

    def close(self) -> None:
        """Take no more, and return when everything that was asked has been answered."""
        with self._woken:
            self._closing = True
            self._woken.notify()
        self._thread.join()
        self._aside.shutdown()

    def _work(self) -> None:
        while True:
            with self._woken:
                while not (self._asked or self._ready or self._turns):
                    if self._closing and not self._open:
                        return
                    self._woken.wait()
                asked = [self._asked.popleft() for _ in range(min(len(self._asked), _AT_ONCE))]
                ready = [self._ready.popleft() for _ in range(len(self._ready))]
            for computation in asked:
                self._take(computation)
            for computation in ready:
                self._turns.add(computation)
            batch = self._turns.next_batch(self._max_batch_tokens)
            if batch:
                self._run(batch)

    def _take(self, computation: Computation) -> None:
        if computation.abandoned():
            return
        if _is_long(computation):
            self._aside.submit(self._prepare_aside, computation)
        elif self._cut(computation):
            self._turns.add(computation)

    def _prepare_aside(self, computation: Computation) -> None:
        if not computation.abandoned() and self._cut(computation):
            with self._woken:
                self._ready.append(computation)
                self._woken.notify()

    def _cut(self, computation: Computation) -> bool:
        """Whether it has parts now, and has not failed."""
        model, began = computation.model, perf_counter()
        try:
            computation.cut(model.tokenise([computation.given], computation.over_length))
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait are told, and the engine goes on
            computation.fail(error)
            return False
        computation.note("tokenise", began, perf_counter())
        return True

    def _run(self, batch: Sequence[Row]) -> None:
        model, parts = batch[0].of.model, [row.of.parts[row.number] for row in batch]
        began = perf_counter()
        for row in batch:
            if row.number == 0:
                telemetry.waited(row.of.task, began - row.of.asked_at)
        try:
            outputs = model.infer(parts)
        except Exception as error:  # noqa: BLE001  # as above
            self._run_alone(batch, error)
            return
        ended = perf_counter()
        tokens, width = sum(len(part.ids) for part in parts), model.width(parts[0])
        self._load.ran(tokens, ended - began)
        telemetry.batch(batch[0].of.task, rows=len(batch), tokens=tokens, padded=width * len(batch))
        for row, output in zip(batch, outputs, strict=True):
            row.of.note("infer", began, ended)
            if row.of.read(row.number, output):
                self._finish(row.of)

    def _run_alone(self, batch: Sequence[Row], error: Exception) -> None:
        """A batch failed: whichever of its rows it was, the others are to be answered."""
        if len(batch) == 1:
            batch[0].of.fail(error)
            return
        for row in batch:
            self._run([row])

    def _finish(self, computation: Computation) -> None:
        if _is_long(computation):
            self._aside.submit(computation.finish)
        else:
            computation.finish()


def _is_long(computation: Computation) -> bool:
    return computation.tokens > LONG_TOKENS
