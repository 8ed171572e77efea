"""What the shot model reads and gives, and its card."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["CONTEXT", "DEFAULT", "FRAME", "STRIDE", "WINDOW", "Frames", "Probabilities", "default_card"]

DEFAULT = "TransNetV2"

FRAME = (27, 48, 3)
"""A frame as the model sees it: rows, columns, RGB. The whole picture is squeezed into it, whatever its aspect."""

WINDOW, CONTEXT, STRIDE = 100, 25, 50
"""Frames the model sees at once; of those, how many on each side are context only; how many are kept, the middle."""

Frames = npt.NDArray[np.uint8]
"""`[..., 27, 48, 3]`"""

Probabilities = npt.NDArray[np.float32]
"""`[..., 2]`, of each frame: that a shot ends with it (the single head), that it is in a transition (the many-hot)."""


def default_card() -> dict[str, Any]:
    """The shipped card of the default shot model."""
    return tomllib.loads(resources.files(__package__).joinpath("card.toml").read_text(encoding="utf-8"))
