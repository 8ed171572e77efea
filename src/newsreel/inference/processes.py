"""What waits in processes that serve beside each other, so that one bound holds over all of them."""

from __future__ import annotations

from collections.abc import MutableSequence

__all__ = ["Slot"]


class Slot:
    """Tokens that wait in all of them; see `load.Waiting`.

    Each writes to a slot of its own alone, so none of them needs a lock. Two that look at the same instant may let in a
    request each where only one would fit: the bound is exceeded by that and no more.
    """

    def __init__(self, slots: MutableSequence[int], own: int) -> None:
        """`slots`: in shared memory, one for each process. Whoever starts a process sees to it that its slot is 0."""
        self._slots = slots
        self._own = own

    def add(self, tokens: int) -> None:
        """See `load.Waiting`."""
        self._slots[self._own] += tokens

    def total(self) -> int:
        """See `load.Waiting`."""
        return sum(self._slots)
