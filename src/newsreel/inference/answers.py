"""What a task is asked through: what is known is remembered, what is being made is waited for, the rest is begun."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from time import perf_counter
from typing import Any, Generic, TypeVar

from newsreel import telemetry, traces
from newsreel.core.errors import TextError
from newsreel.core.protocols import OverLength
from newsreel.inference.computation import Computation
from newsreel.inference.engine import Engine
from newsreel.inference.load import about_tokens
from newsreel.inference.memory import Key, Memory
from newsreel.inference.redis_memory import RedisMemory
from newsreel.inference.turns import SECONDS_A_TOKEN
from newsreel.models.runtime.reading import ReadingModel
from newsreel.models.runtime.tokens import Input
from newsreel.traces import Asked

__all__ = ["Answers"]

Made = TypeVar("Made")


class Answers(Generic[Made]):
    """One model's answers. Thread-safe.

    An input that is asked for again while it is being worked on is worked on once. Answers are shared between callers:
    whoever gets one must not change it.
    """

    def __init__(
        self, task: str, model: ReadingModel[Made], engine: Engine, memory: Memory, second: RedisMemory | None = None
    ) -> None:
        """`task`: what metrics call it. The memory may be that of other tasks, too, and the second of others' as well.

        What the second knows is taken over into the first.
        """
        self.model = model
        self._task = task
        self._engine = engine
        self._memory = memory
        self._second = second
        self._being_made: dict[Key, Computation] = {}
        self._lock = threading.Lock()

    async def ask(self, inputs: Sequence[Input], over_length: OverLength) -> list[Made]:
        """The answer to each, in order.

        A caller who is cancelled takes back what nobody else waits for. Raises UsageError, OverloadedError,
        DrainingError, and whatever the model fails with.
        """
        with traces.asked(self._task) as trace:
            if self._second is not None and (unknown := self._unknown(inputs, over_length)):
                self._learn(await self._second.recall(unknown))
            begun = self.begin(inputs, over_length, trace)
            waits = [each for each in begun if isinstance(each, Future)]
            try:
                await asyncio.gather(*map(asyncio.wrap_future, waits))
                return [each.result() if isinstance(each, Future) else each for each in begun]
            except TextError as error:
                _give_up(begun)
                raise _numbered(begun, error) from None
            except BaseException:
                _give_up(begun)
                raise

    def ask_and_wait(self, inputs: Sequence[Input], over_length: OverLength) -> list[Made]:
        """The same, for a caller in a thread of its own."""
        with traces.asked(self._task) as trace:
            if self._second is not None and (unknown := self._unknown(inputs, over_length)):
                self._learn(self._second.recall_and_wait(unknown))
            begun = self.begin(inputs, over_length, trace)
            try:
                return [each.result() if isinstance(each, Future) else each for each in begun]
            except TextError as error:
                _give_up(begun)
                raise _numbered(begun, error) from None
            except BaseException:
                _give_up(begun)
                raise

    def begin(self, inputs: Sequence[Input], over_length: OverLength, trace: Asked | None = None) -> list[Any]:
        """For each input its answer, where it is known, or the future of it; nothing of it waits. Raises BusyError.

        `trace`: who wants to know when it was done.
        """
        begun: list[Any] = []
        new: list[Computation] = []
        turn, known = perf_counter(), 0
        for given in inputs:
            key = self._key(given, over_length)
            found = self._memory.recall(key)
            if found is None:
                found = self._join(key, given, over_length, turn, new, trace)
            else:
                known += 1
            begun.append(found)
            if new:
                turn = new[-1].turn + new[-1].tokens * SECONDS_A_TOKEN
        telemetry.remembered(self._task, known, len(inputs) - known)
        if new:
            self._submit(new)
        return begun

    def _key(self, given: Input, over_length: OverLength) -> Key:
        return self._task, self.model.fingerprint, over_length, given

    def _unknown(self, inputs: Sequence[Input], over_length: OverLength) -> list[Key]:
        keys = dict.fromkeys(self._key(given, over_length) for given in inputs)
        return [key for key in keys if key not in self._being_made and self._memory.recall(key) is None]

    def _learn(self, known: Mapping[Key, Any]) -> None:
        for key, answer in known.items():
            self._memory.keep(key, answer)

    def _join(
        self,
        key: Key,
        given: Input,
        over_length: OverLength,
        turn: float,
        new: list[Computation],
        trace: Asked | None,
    ) -> Future[Any]:
        with self._lock:
            there = self._being_made.get(key)
            future = there.join(trace) if there else None
            if future is not None:
                return future
            made = Computation(
                self._task,
                self.model,
                given,
                over_length,
                turn=turn,
                tokens=self._about_tokens(given, over_length),
                told=lambda computation, answer: self._ended(key, computation, answer),
                trace=trace,
            )
            self._being_made[key] = made
        new.append(made)
        return made.first

    def _submit(self, new: Sequence[Computation]) -> None:
        try:
            self._engine.submit(new)
        except BaseException as error:
            for computation in new:  # others may have joined them meanwhile
                computation.fail(error)
            raise

    def _ended(self, key: Key, computation: Computation, answer: object | None) -> None:
        if answer is not None:
            self._memory.keep(key, answer)
            if self._second is not None:
                self._second.keep(key, answer)
        with self._lock:
            if self._being_made.get(key) is computation:
                del self._being_made[key]
        self._engine.ended(computation)

    def _about_tokens(self, given: Input, over_length: OverLength) -> int:
        about = about_tokens(given)
        return about if over_length == "split" else min(about, self.model.max_tokens)


def _give_up(begun: Sequence[Any]) -> None:
    for each in begun:
        if isinstance(each, Future):
            each.cancel()


def _numbered(begun: Sequence[Any], error: TextError) -> TextError:
    """An error of a text that was read by itself, with its place among those that were asked for together."""
    failed = [isinstance(each, Future) and _failed_with(each, error) for each in begun]
    return TextError(failed.index(True), error.what)


def _failed_with(future: Future[Any], error: Exception) -> bool:
    return future.done() and not future.cancelled() and future.exception() is error
