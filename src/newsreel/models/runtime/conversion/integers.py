"""Floats as 8-bit integers: scales, zero points, rounding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsreel.models.runtime.conversion.calibration import Range

__all__ = ["Scaled", "activation_scale", "by_block", "by_channel", "evened", "symmetric_scale"]

Floats = npt.NDArray[np.float32]

WIDEST, REDUCED = 127, 63
"""The largest weight, symmetric. Without VNNI, x86 sums two products of bytes in 16 bits: 2 x 255 x 63 still fits."""

USUAL_SHARE = 0.9
"""This part of an activation's channels is usual; those that reach further are scaled down to the widest of them."""

UNEVEN = 1.25
"""Where the widest channel is less than this many times as wide as the usual ones, evening them is left out."""

_LEAST_SCALE = 1e-9


@dataclass(frozen=True, slots=True)
class Scaled:
    """A matrix as int8, and the float32 scales that give it back."""

    values: npt.NDArray[np.int8]
    scales: Floats


def activation_scale(seen: Range) -> tuple[np.float32, np.uint8]:
    """Scale and zero point of an activation as uint8, one for the whole tensor; 0 is exact."""
    low, high = min(float(seen.low.min()), 0.0), max(float(seen.high.max()), 0.0)
    scale = np.float32(max((high - low) / 255, _LEAST_SCALE))
    return scale, np.uint8(np.clip(round(-low / float(scale)), 0, 255))


def symmetric_scale(seen: Range) -> tuple[np.float32, np.uint8 | np.int8]:
    """Scale and zero point, which is 0, of an activation as uint8 where it is never negative, else as int8.

    What convolutions read: OpenVINO runs those with another zero point at half the speed, or in floats.
    """
    low, high = float(seen.low.min()), float(seen.high.max())
    if low >= 0:
        return np.float32(max(high / 255, _LEAST_SCALE)), np.uint8(0)
    return np.float32(max(-low, high) / WIDEST), np.int8(0)


def evened(seen: Range) -> Floats | None:
    """What to divide each channel by so that a few wide ones do not take the 256 steps from all the others.

    None where they are as wide as the others. The weights take the scales up: in floats the product is the same.
    """
    reach = np.maximum(np.abs(seen.low), np.abs(seen.high))
    usual = float(np.quantile(reach, USUAL_SHARE))
    if usual <= 0 or float(reach.max()) <= UNEVEN * usual:
        return None
    scales: Floats = np.maximum(1.0, reach / usual).astype(np.float32)
    return scales


def by_channel(weight: Floats, axis: int, largest: int = WIDEST) -> Scaled:
    """Symmetric int8, a scale for each place on `axis`."""
    others = tuple(n for n in range(weight.ndim) if n != axis)
    scales = _scales(np.abs(weight).max(axis=others, keepdims=True), largest)
    return Scaled(_rounded(weight / scales, largest), scales.reshape(-1))


def by_block(weight: Floats, block: int) -> Scaled:
    """Symmetric int8 of `[inputs, outputs]`, a scale for each `block` of inputs of an output: `[blocks, outputs]`."""
    inputs, outputs = weight.shape
    blocks = weight.reshape(inputs // block, block, outputs)
    scales = _scales(np.abs(blocks).max(axis=1, keepdims=True), WIDEST)
    return Scaled(_rounded(blocks / scales, WIDEST).reshape(inputs, outputs), scales[:, 0])


def _scales(greatest: Floats, largest: int) -> Floats:
    scales: Floats = np.maximum(greatest / largest, _LEAST_SCALE).astype(np.float32)
    return scales


def _rounded(values: Floats, largest: int) -> npt.NDArray[np.int8]:
    rounded: npt.NDArray[np.int8] = np.clip(np.round(values), -largest, largest).astype(np.int8)
    return rounded
