"""The seam between a model and what runs its graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from newsreel.core.errors import UsageError
from newsreel.models.runtime import cpu

__all__ = ["Arrays", "Execution", "Output", "Session"]

Arrays = Mapping[str, npt.NDArray[Any]]
"""A graph's inputs by name."""

Output = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Where and how wide a graph runs. Raises UsageError for what cannot be."""

    threads: int = 0
    """Threads in all; 0 is one a core."""

    streams: int = 1
    """Batches at once, which share the threads evenly. One has the lowest latency, several the most throughput."""

    device: Literal["cpu", "cuda"] = "cpu"

    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    """What floats are computed in. Integers of a quantised graph stay integers; the output is always float32."""

    def __post_init__(self) -> None:
        if self.threads < 0:
            raise UsageError(f"{self.threads} threads: give a number of them, or 0 for one a core")
        if self.streams < 1:
            raise UsageError(f"{self.streams} streams: at least one is needed")
        if self.threads and self.streams > self.threads:
            raise UsageError(f"{self.streams} streams cannot share {self.threads} threads: each needs one of its own")

    @property
    def threads_a_stream(self) -> int:
        """How many threads one batch is computed by."""
        return max(1, (self.threads or cpu.describe().cores) // self.streams)


class Session(Protocol):
    """A graph, opened once. Thread-safe: where more batches come at once than there are streams, they wait."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what it reads; others that are given are left aside."""
        ...

    def run(self, inputs: Arrays) -> Output:
        """The graph's output for one batch: an array of its own, which later runs do not change.

        Raises UsageError where an input is missing, or is of a type or a shape that the graph does not read.
        """
        ...

    def run_all(self, batches: Sequence[Arrays]) -> list[Output]:
        """The output of each batch, in their order; as many at once as there are streams. Raises as `run`."""
        ...
