"""One text on its way through a model, and all who wait for what is made of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from time import perf_counter
from typing import Any

from newsreel.core.protocols import OverLength
from newsreel.models.runtime.reading import ReadingModel
from newsreel.models.runtime.sessions import Output
from newsreel.models.runtime.tokens import Input, Part
from newsreel.traces import Asked

__all__ = ["Computation"]


class Computation:
    """What is to be made of one input. Thread-safe: callers join it, one engine carries it out.

    A caller who gives up cancels the future that `join` gave; when all have, nothing more is done for it.
    """

    __slots__ = (
        "_ended",
        "_lock",
        "_told",
        "_traces",
        "_waiters",
        "admitted",
        "asked_at",
        "first",
        "given",
        "model",
        "over_length",
        "parts",
        "rows",
        "task",
        "tokens",
        "turn",
    )

    def __init__(
        self,
        task: str,
        model: ReadingModel[Any],
        given: Input,
        over_length: OverLength,
        *,
        turn: float,
        tokens: int,
        told: Callable[[Computation, object | None], None],
        trace: Asked | None = None,
    ) -> None:
        """`turn`: when it would be its turn, in seconds of `perf_counter`. `tokens`: about how long it is.

        `told` is called once when it has ended, with what was made of it or None, before any who wait. `trace` is that
        of the caller it was made for.
        """
        self.task, self.model, self.given, self.over_length = task, model, given, over_length
        self.turn, self.tokens, self.asked_at = turn, tokens, perf_counter()
        self.parts: list[Part] = []
        self.rows: dict[int, Output] = {}
        """By the number of their part."""
        self._told = told
        self._traces = [] if trace is None else [trace]
        self.admitted = False
        """Whether it counts in the load."""
        self.first: Future[Any] = Future()
        """Of the caller it was made for."""
        self._waiters = [self.first]
        self._lock = threading.Lock()
        self._ended = False

    def join(self, trace: Asked | None = None) -> Future[Any] | None:
        """One more who waits; None where it has ended, so that it must be asked for anew."""
        with self._lock:
            if self._ended:
                return None
            if trace is not None:
                self._traces.append(trace)
            future: Future[Any] = Future()
            self._waiters.append(future)
            return future

    def abandoned(self) -> bool:
        """Whether nobody waits any longer; it has ended then."""
        with self._lock:
            if self._ended:
                return True
            if not all(waiter.cancelled() for waiter in self._waiters):
                return False
            self._ended = True
        self._told(self, None)
        return True

    def cut(self, parts: list[Part]) -> None:
        """Into these parts, of which each becomes a row."""
        self.parts = parts

    def note(self, phase: str, began: float, ended: float) -> None:
        """Tell the traces of all who wait that it went through this phase: seconds of `perf_counter`."""
        for trace in self._traces:
            trace.note(phase, began, ended)

    def read(self, number: int, row: Output) -> bool:
        """Take a part's row; whether it was the last that was missing."""
        self.rows[number] = row
        return len(self.rows) == len(self.parts)

    def finish(self) -> None:
        """Make of the rows what they are for, and tell all who wait; of what goes wrong, too."""
        try:
            read = [(part, self.rows[number]) for number, part in enumerate(self.parts)]
            (made,) = self.model.finish([self.given], read)
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait are told
            self.fail(error)
            return
        self._end(made, lambda waiter: waiter.set_result(made))

    def fail(self, error: BaseException) -> None:
        """Tell all who wait what went wrong."""
        self._end(None, lambda waiter: waiter.set_exception(error))

    def _end(self, made: object | None, tell: Callable[[Future[Any]], None]) -> None:
        with self._lock:
            if self._ended:
                return
            self._ended = True
        self._told(self, made)
        for waiter in self._waiters:
            if waiter.set_running_or_notify_cancel():
                tell(waiter)
