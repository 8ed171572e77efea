"""How an editor joins two shots: the frames in which both can be seen, or neither whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from newsreel.evaluate.shots.films import CUT, Pixels

__all__ = ["KINDS", "Join", "drawn"]

Floats = npt.NDArray[np.float32]

_LONGEST_HOLD = 6
_FADES = ("fade through black", "fade through white")


@dataclass(frozen=True, slots=True)
class Join:
    """How one shot becomes the next."""

    kind: str
    variant: str
    """Of a wipe or push, how; else empty."""
    frames: int
    """In which the shots are mixed; 0 of a cut."""
    hold: int = 0
    """Of a fade: how many of these are black or white and nothing else."""

    @property
    def old_frames(self) -> int:
        """How many frames it takes from the end of the old shot."""
        return (self.frames - self.hold) // 2 if self.kind in _FADES else self.frames

    @property
    def new_frames(self) -> int:
        """How many it takes from the beginning of the new one."""
        return self.frames - self.hold - self.old_frames if self.kind in _FADES else self.frames

    def mixed(self, old: Pixels, new: Pixels) -> Pixels:
        """`[frames, height, width, 3]` of `old_frames` and `new_frames` pictures."""
        if self.kind == CUT:
            return old
        if self.kind in _FADES:
            return self._faded(old, new)
        shares = _shares(self.frames).tolist()
        mix = _MIXES[self.kind]
        return np.stack([mix(a, b, share, self.variant) for a, b, share in zip(old, new, shares, strict=True)])

    def _faded(self, old: Pixels, new: Pixels) -> Pixels:
        level = np.float32(255 if self.kind.endswith("white") else 0)
        out, back = 1 - _shares(len(old)), _shares(len(new))
        held = np.full((self.hold, *old.shape[1:]), level, np.float32)
        parts = [_towards(level, old, out), held, _towards(level, new, back)]
        return np.concatenate(parts).round().astype(np.uint8)


def drawn(kind: str, chance: np.random.Generator) -> Join:
    """A join of this kind, of a length that editors use."""
    shortest, longest, variants = KINDS[kind]
    hold = int(chance.integers(0, _LONGEST_HOLD + 1)) if kind in _FADES else 0
    return Join(kind, str(chance.choice(variants)), int(chance.integers(shortest, longest + 1)), hold)


def _shares(frames: int) -> Floats:
    """Of the new picture in each mixed frame: none is 0, none is 1."""
    return np.linspace(0, 1, frames + 2, dtype=np.float32)[1:-1]


def _towards(level: np.float32, pictures: Pixels, shares: Floats) -> Floats:
    """What is left of the pictures is `shares`."""
    faded: Floats = level + (pictures.astype(np.float32) - level) * shares[:, None, None, None]
    return faded


def _dissolve(old: Pixels, new: Pixels, share: float, _: str) -> Pixels:
    return (old * np.float32(1 - share) + new * np.float32(share)).round().astype(np.uint8)


def _wipe(old: Pixels, new: Pixels, share: float, variant: str) -> Pixels:
    """The new picture is where the variant's map of the picture, 0 to 1, is below the share."""
    rows, columns = (np.linspace(0, 1, side, dtype=np.float32) for side in old.shape[:2])
    when = _WIPES[variant](*np.meshgrid(rows, columns, indexing="ij"))
    return np.where((when < share)[..., None], new, old)


def _push(old: Pixels, new: Pixels, share: float, variant: str) -> Pixels:
    """The new picture pushes the old one out: to the left, or up."""
    axis = 1 if variant == "left" else 0
    gone = max(1, round(share * old.shape[axis]))
    both = np.concatenate([old, new], axis=axis)
    return np.take(both, range(gone, gone + old.shape[axis]), axis=axis)


_MIXES: Mapping[str, Callable[[Pixels, Pixels, float, str], Pixels]] = {
    "dissolve": _dissolve,
    "wipe": _wipe,
    "push": _push,
}
_WIPES: Mapping[str, Callable[[Any, Any], Any]] = {
    "right": lambda _, column: column,
    "left": lambda _, column: 1 - column,
    "down": lambda row, _: row,
    "up": lambda row, _: 1 - row,
    "diagonal": lambda row, column: (row + column) / 2,
    "iris": lambda row, column: np.hypot(row - 0.5, column - 0.5) / np.float32(0.708),
    "clock": lambda row, column: np.arctan2(column - 0.5, row - 0.5) / np.float32(2 * np.pi) + 0.5,
    "blinds": lambda _, column: column * 6 % 1,
}

KINDS: Mapping[str, tuple[int, int, tuple[str, ...]]] = {
    CUT: (0, 0, ("",)),
    "dissolve": (6, 30, ("",)),
    "fade through black": (14, 40, ("",)),
    "fade through white": (12, 24, ("",)),
    "wipe": (8, 30, tuple(_WIPES)),
    "push": (8, 20, ("left", "up")),
}
"""By kind the fewest and the most mixed frames, and its variants."""
