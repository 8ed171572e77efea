"""What the sessions of all runtimes share: inputs are checked, and each batch has a runner to itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np
import numpy.typing as npt

from newsreel.core.errors import NewsreelError, UsageError
from newsreel.models.runtime.sessions.seam import Arrays, Output

__all__ = ["Input", "Runner", "StreamSession", "first_line", "last_line"]

Runner = Callable[[Arrays], npt.NDArray[np.float32]]
"""Runs one batch at a time; what it returns is the caller's."""


@dataclass(frozen=True, slots=True)
class Input:
    """What a graph says of an input. None where it leaves a type or a length open."""

    dtype: np.dtype[np.generic] | None = None
    shape: tuple[int | None, ...] | None = None
    required: bool = True

    def takes(self, array: npt.NDArray[np.generic]) -> bool:
        """Whether this array may be given."""
        if self.dtype is not None and array.dtype != self.dtype:
            return False
        if self.shape is None:
            return True
        fits = (wanted in (None, found) for wanted, found in zip(self.shape, array.shape, strict=False))
        return array.ndim == len(self.shape) and all(fits)

    def __str__(self) -> str:
        lengths = "any shape" if self.shape is None else f"[{', '.join(str(n or 'any') for n in self.shape)}]"
        return f"{self.dtype or 'any type'} {lengths}"


class StreamSession:
    """A session made of one runner for each stream; see `sessions.seam.Session`."""

    @staticmethod
    def cause(error: Exception) -> str:
        """Which line of a runtime's error says what went wrong."""
        return first_line(error)

    def __init__(self, name: str, inputs: Mapping[str, Input], runners: Sequence[Runner]) -> None:
        """`name` is the graph's, for errors."""
        self._name = name
        self._wanted = dict(inputs)
        self._idle: SimpleQueue[Runner] = SimpleQueue()
        for runner in runners:
            self._idle.put(runner)
        self._workers = ThreadPoolExecutor(len(runners), "newsreel-stream") if len(runners) > 1 else None

    @property
    def inputs(self) -> tuple[str, ...]:
        """See `sessions.seam.Session`."""
        return tuple(self._wanted)

    def run(self, inputs: Arrays) -> Output:
        """See `sessions.seam.Session`."""
        batch = self._checked(inputs)
        runner = self._idle.get()
        try:
            return runner(batch)
        except NewsreelError:
            raise
        except Exception as error:
            given = ", ".join(f"{name} {list(array.shape)}" for name, array in batch.items())
            raise UsageError(f"the graph {self._name} cannot run {given}: {self.cause(error)}") from error
        finally:
            self._idle.put(runner)

    def run_all(self, batches: Sequence[Arrays]) -> list[Output]:
        """See `sessions.seam.Session`."""
        if self._workers is None or len(batches) < 2:
            return [self.run(batch) for batch in batches]
        return list(self._workers.map(self.run, batches))

    def _checked(self, inputs: Arrays) -> dict[str, npt.NDArray[np.generic]]:
        batch = {}
        for name, wanted in self._wanted.items():
            if name not in inputs:
                if not wanted.required:
                    continue
                given = ", ".join(inputs) or "nothing"
                raise UsageError(f"the graph {self._name} reads {name}, which is not given: there is {given}")
            array = inputs[name]
            if not wanted.takes(array):
                found = Input(array.dtype, array.shape)
                raise UsageError(f"the graph {self._name} reads {name} as {wanted}, it is given as {found}")
            batch[name] = array
        return batch


def first_line(error: Exception) -> str:
    """What an error says, without the rest: runtimes like to print their graphs."""
    return _lines(error)[0]


def last_line(error: Exception) -> str:
    """What an error says that first tells where in the runtime it comes from."""
    return _lines(error)[-1]


def _lines(error: Exception) -> list[str]:
    return [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
