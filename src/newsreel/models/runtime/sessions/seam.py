"""The seam between a model and what runs its graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Arrays", "Execution", "Session"]

Arrays = Mapping[str, npt.NDArray[Any]]
"""A graph's inputs by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Where and how wide a graph runs."""

    threads: int = 0
    """Threads in all; 0 is one a core."""

    streams: int = 1
    """Batches at once, which share the threads evenly. One has the lowest latency, several the most throughput."""

    device: Literal["cpu", "cuda"] = "cpu"


class Session(Protocol):
    """A graph, opened once. Thread-safe."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what it reads; others that are given are left aside."""
        ...

    def run(self, inputs: Arrays) -> npt.NDArray[np.float32]:
        """The graph's output for one batch: an array of its own, which later runs do not change."""
        ...

    def run_all(self, batches: Sequence[Arrays]) -> list[npt.NDArray[np.float32]]:
        """The output of each batch, in their order; as many at once as there are streams."""
        ...
