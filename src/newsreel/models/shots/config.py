"""What the shot model reads and gives, and its card."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "ARCHIVE",
    "BLOCK",
    "CONTEXT",
    "DEFAULT",
    "FRAME",
    "MAX_WINDOW",
    "REFERENCE",
    "STRIDE",
    "Frames",
    "Probabilities",
    "Windows",
    "default_card",
]

DEFAULT = "TransNetV2"

FRAME = (27, 48, 3)
"""A frame as the model sees it: rows, columns, RGB. The whole picture is squeezed into it, whatever its aspect."""

BLOCK, CONTEXT = 50, 25
"""The reference scores so many frames at once, each time with so many before and behind them as context."""

MAX_WINDOW = 1024
"""No window is longer: forty seconds at 25 fps, and the memory of a graph grows with it."""


@dataclass(frozen=True, slots=True)
class Windows:
    """How a film is laid out for the model. Raises ValueError for what it cannot be given."""

    kept: int
    """Frames that a window scores; the next window scores those that follow."""
    before: int = CONTEXT
    """Frames in front of them, and behind, that are context only."""
    after: int = CONTEXT

    def __post_init__(self) -> None:
        if self.kept < 1 or self.before < 0 or self.after < 0 or self.length > MAX_WINDOW:
            raise ValueError(f"{self} is empty or longer than {MAX_WINDOW} frames")

    @property
    def length(self) -> int:
        """Frames of a window in all."""
        return self.before + self.kept + self.after


REFERENCE = Windows(BLOCK)
"""As the authors' procedure has them: half of every computation is context."""

ARCHIVE = Windows(5 * BLOCK)
"""A sixth is."""

STRIDE = ARCHIVE.kept
"""A film is taken up again at a multiple of this."""

Frames = npt.NDArray[np.uint8]
"""`[..., 27, 48, 3]`"""

Probabilities = npt.NDArray[np.float32]
"""`[..., 2]`, of each frame: that a shot ends with it (the single head), that it is in a transition (the many-hot)."""


def default_card() -> dict[str, Any]:
    """The shipped card of the default shot model."""
    return tomllib.loads(resources.files(__package__).joinpath("card.toml").read_text(encoding="utf-8"))
