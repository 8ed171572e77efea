"""How alike two pictures look, by perceptual hashes: pHash (Zauner, 2010, Implementation and benchmarking)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["ALIKE_BITS", "alike", "groups", "likes", "look"]

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
    hashes = np.zeros(len(looks), np.int64)  # of those that were the first, and where they stand
    places = np.zeros(len(looks), np.int64)
    known = 0
    for place, one in enumerate(looks):
        near = np.flatnonzero(np.bitwise_count(_bits(hashes[:known], one or 0)) <= ALIKE_BITS)
        if one is not None and near.size:
            first.append(int(places[near[0]]))
            continue
        first.append(place)
        if one is not None:
            hashes[known], places[known], known = one, place, known + 1
    return first


def likes(looks: Sequence[int | None]) -> list[int | None]:
    """For each picture the place of the first that it looks like, None where there is none before it."""
    return [None if first == place else first for place, first in enumerate(groups(looks))]


def _bits(hashes: npt.NDArray[np.int64], one: int) -> npt.NDArray[np.uint64]:
    """In which bits each differs from this one; unsigned, since `bitwise_count` counts those of the absolute value."""
    return (hashes ^ np.int64(one)).view(np.uint64)


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
