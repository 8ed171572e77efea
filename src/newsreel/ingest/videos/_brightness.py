"""Pictures of high dynamic range as an ordinary screen shows them. Undone, they would be grey and pale."""

from __future__ import annotations

from functools import cache

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorTrc
from numpy.typing import NDArray

__all__ = ["is_of_high_range", "of_ordinary_range"]

_WHITE_NITS = 203
"""A sheet of paper in such a film (ITU-R BT.2408), and white on an ordinary screen."""
_HLG_PEAK_NITS, _HLG_GAMMA = 1000, 1.2
_KNEE = 0.8
"""Up to this share of white the light is kept; what is brighter, however much, shares the rest."""
_TO_BT709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32)
"""From BT.2020's primaries, in linear light (ITU-R BT.2087)."""


def is_of_high_range(frame: VideoFrame) -> bool:
    """Whether its light is coded by PQ (HDR10, Dolby Vision) or HLG (broadcast)."""
    return frame.color_trc in (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)


def of_ordinary_range(coded: NDArray[np.uint16], curve: int) -> NDArray[np.uint8]:
    """RGB [h, w, 3] as it is coded, in 16 bits, to RGB in 8 as sRGB has it. `curve` is the frame's `color_trc`."""
    light = np.clip(_light(curve)[coded] @ _TO_BT709.T, 0, None)
    above = np.maximum(light - _KNEE, 0) / (1 - _KNEE)
    light = np.minimum(light, _KNEE) + (1 - _KNEE) * (1 - np.exp(-above))
    return np.rint(255 * _srgb(light)).astype(np.uint8)


@cache
def _light(curve: int) -> NDArray[np.float32]:
    """For each of the 65,536 codes the light on the screen, white being 1."""
    code = np.arange(1 << 16) / 65_535
    nits = _pq_nits(code) if curve == ColorTrc.SMPTE2084 else _hlg_nits(code)
    return (nits / _WHITE_NITS).astype(np.float32)


def _pq_nits(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """SMPTE ST 2084."""
    root = code ** (32 / 2523)
    return np.asarray(10_000 * (np.maximum(root - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * root)) ** (8192 / 1305))


def _hlg_nits(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """ITU-R BT.2100, a channel by itself."""
    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    return np.asarray(_HLG_PEAK_NITS * scene**_HLG_GAMMA)


def _srgb(light: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055)
