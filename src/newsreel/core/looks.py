"""How alike two pictures look, by perceptual hashes: pHash (Zauner, 2010, Implementation and benchmarking)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["ALIKE_BITS", "alike", "groups", "look"]

ALIKE_BITS = 10
"""Near-identical pictures differ in at most so many of 64 bits."""

_SIDE, _KEPT = 32, 8


def look(grey: npt.NDArray[np.uint8]) -> int:
    """The hash of a grey picture, `[height, width]`, as a signed 64-bit integer.

    The signs, against their median, of the 8 x 8 lowest frequencies of the picture squeezed to 32 x 32.
    """
    frequencies = _COSINES @ _squeezed(grey) @ _COSINES.T
    low = frequencies[:_KEPT, :_KEPT].ravel()
    bits = low > np.median(low)
    return int(np.packbits(bits).view(">i8")[0])


def alike(one: int, other: int) -> bool:
    """Whether two pictures with these hashes look nearly the same."""
    return ((one ^ other) & 0xFFFF_FFFF_FFFF_FFFF).bit_count() <= ALIKE_BITS


def groups(looks: Sequence[int | None]) -> list[int]:
    """For each picture the place of the first that it looks like, or its own; None looks like no other."""
    first: list[int] = []
    for place, one in enumerate(looks):
        before = (n for n in range(place) if first[n] == n and looks[n] is not None and one is not None)
        first.append(next((n for n in before if alike(looks[n] or 0, one or 0)), place))
    return first


def _squeezed(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """`[32, 32]`: the means of as many tiles."""
    rows, columns = (np.linspace(0, side, _SIDE + 1).astype(int) for side in grey.shape)
    tall = np.add.reduceat(grey.astype(np.float32), np.minimum(rows[:-1], grey.shape[0] - 1), axis=0)
    tiles: npt.NDArray[np.float32] = np.add.reduceat(tall, np.minimum(columns[:-1], grey.shape[1] - 1), axis=1)
    area = np.maximum(np.diff(rows), 1)[:, None] * np.maximum(np.diff(columns), 1)[None, :]
    squeezed: npt.NDArray[np.float32] = tiles / area
    return squeezed


def _cosines() -> npt.NDArray[np.float32]:
    """The discrete cosine transform (type II) of 32 values, as a matrix."""
    steps = np.arange(_SIDE)
    made: npt.NDArray[np.float32] = np.cos(np.pi / _SIDE * np.outer(steps, steps + 0.5)).astype(np.float32)
    return made


_COSINES = _cosines()
