"""One model for several feeds, in turns."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np
import numpy.typing as npt

from newsreel.core.protocols import ShotModel

__all__ = ["InTurns"]


class InTurns:
    """A shot model that scores one window at a time, with all its threads: who has waited longest is next."""

    def __init__(self, model: ShotModel) -> None:
        """Share this one."""
        self._model = model
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()

    @property
    def fingerprint(self) -> str:
        """See `core.protocols.ShotModel`."""
        return self._model.fingerprint

    def probabilities(self, windows: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """See `core.protocols.ShotModel`."""
        turn = object()
        with self._changed:
            self._waiting.append(turn)
            self._changed.wait_for(lambda: self._waiting[0] is turn)
        try:
            return self._model.probabilities(windows)
        finally:
            with self._changed:
                self._waiting.popleft()
                self._changed.notify_all()
