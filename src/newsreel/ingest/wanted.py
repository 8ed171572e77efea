"""Whether anybody waits for what is being read: work that no time limit ends asks now and then.

An interpreter that ends waits for the threads of its pools: one that hashes a file of many gigabytes would hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from newsreel.core.errors import UnreadableError

__all__ = ["asking", "refuse_unwanted"]

_IS_WANTED: ContextVar[Callable[[], bool]] = ContextVar("is_wanted", default=lambda: True)


@contextmanager
def asking(is_wanted: Callable[[], bool]) -> Iterator[None]:
    """What this thread reads meanwhile ends soon after `is_wanted` says no."""
    before = _IS_WANTED.set(is_wanted)
    try:
        yield
    finally:
        _IS_WANTED.reset(before)


def refuse_unwanted() -> None:
    """Raises UnreadableError where nobody waits any more."""
    if not _IS_WANTED.get()():
        raise UnreadableError("reading it was interrupted: run the same command again")
