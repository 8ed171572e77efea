"""How much waits, and whether more may: a bound on tokens, which may hold over several processes."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Protocol

from newsreel.core.errors import OverloadedError

__all__ = ["CHARACTERS_A_TOKEN", "Load", "Local", "Waiting", "about_tokens"]

CHARACTERS_A_TOKEN = 4
"""Of English in word pieces: what is admitted is estimated, before anything is tokenised."""

SPECIAL_TOKENS = 2

_SMOOTHING = 0.1
"""How much the latest batch counts in the rate."""


def about_tokens(text: str | tuple[str, str]) -> int:
    """How long a text may be."""
    characters = len(text) if isinstance(text, str) else sum(map(len, text))
    return SPECIAL_TOKENS + characters // CHARACTERS_A_TOKEN


class Waiting(Protocol):
    """Tokens that wait, here and in the processes beside this one."""

    def add(self, tokens: int) -> None:
        """So many more here, or fewer. One thread at a time."""
        ...

    def total(self) -> int:
        """Everywhere."""
        ...


class Local:
    """Of this process alone; see `Waiting`."""

    def __init__(self) -> None:
        """Nothing."""
        self._tokens = 0

    def add(self, tokens: int) -> None:
        """See `Waiting`."""
        self._tokens += tokens

    def total(self) -> int:
        """See `Waiting`."""
        return self._tokens


class Load:
    """What may wait. Thread-safe."""

    def __init__(self, max_tokens: int, waiting: Waiting | None = None, processes: int = 1) -> None:
        """`max_tokens`: of all processes together, of which there are so many, each as fast as this one."""
        self._max_tokens = max_tokens
        self._waiting = waiting or Local()
        self._processes = processes
        self._rate = 10_000.0
        self._lock = threading.Lock()

    @property
    def tokens(self) -> int:
        """That wait."""
        return self._waiting.total()

    def admit(self, tokens: Sequence[int]) -> None:
        """Let texts of these lengths in, all or none. Raises OverloadedError.

        Where nothing waits anything may come in, however long: who refused it then would refuse it always.
        """
        asked = sum(tokens)
        with self._lock:
            waiting = self._waiting.total()
            if waiting and waiting + asked > self._max_tokens:
                raise OverloadedError(f"{waiting:,} tokens", self.wait_s(waiting))
            self._waiting.add(asked)

    def left(self, tokens: int) -> None:
        """A text of this length was read, or waits no longer."""
        with self._lock:
            self._waiting.add(-tokens)

    def ran(self, tokens: int, seconds: float) -> None:
        """A batch of so many tokens took so long."""
        if seconds > 0:
            self._rate += _SMOOTHING * (tokens / seconds - self._rate)

    def wait_s(self, tokens: int) -> int:
        """Whole seconds, one or more, until so many are read at the rate of late."""
        return max(1, math.ceil(tokens / (self._rate * self._processes)))
