"""The seam between what is done and what runs it (design decision 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import pyarrow as pa

__all__ = ["Engine", "OpenStage", "Stage"]

OpenStage = Callable[[pa.Table], Iterator[pa.Table]]


class Stage(Protocol):
    """A picklable description of work. Media travel by reference; a row that fails carries its cause on."""

    @property
    def name(self) -> str:
        """For progress and metrics."""
        ...

    def open(self) -> OpenStage:
        """Load what the work needs, once in the worker that does it."""
        ...


class Engine(Protocol):
    """What runs stages."""

    def run(self, stage: Stage, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """The stage's tables, in the order of its inputs. `tables` is drawn from in the caller's thread."""
        ...

    def run_mixed(self, stage: Stage, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """The same as they are made: an input's own in order, those of several inputs mixed.

        None waits for another's that takes long, and no input is drawn before there is a worker for it.
        """
        ...
