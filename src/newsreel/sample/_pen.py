"""Draws what moves: small smooth-edged marks on one frame, at places between pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from newsreel.sample._canvas import Colour, Point

__all__ = ["Pen"]

_FINER = 4


class Pen:
    """Marks on a picture, in place. Each is drawn four times as large on a patch of its own, then scaled down."""

    def __init__(self, picture: Image.Image) -> None:
        self._picture = picture

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """A filled shape."""
        left, top, mask = self._patch(points, 1)
        ImageDraw.Draw(mask).polygon([((x - left) * _FINER, (y - top) * _FINER) for x, y in points], fill=255)
        self._ink(left, top, mask, colour)

    def stroke(self, points: Sequence[Point], colour: Colour, width: float = 2) -> None:
        """A line through the points."""
        left, top, mask = self._patch(points, width)
        scaled = [((x - left) * _FINER, (y - top) * _FINER) for x, y in points]
        ImageDraw.Draw(mask).line(scaled, fill=255, width=max(1, round(width * _FINER)), joint="curve")
        self._ink(left, top, mask, colour)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """A filled ellipse around a point."""
        left, top, mask = self._patch([(x - rx, y - ry), (x + rx, y + ry)], 1)
        box = [(x - rx - left) * _FINER, (y - ry - top) * _FINER, (x + rx - left) * _FINER, (y + ry - top) * _FINER]
        ImageDraw.Draw(mask).ellipse(box, fill=255)
        self._ink(left, top, mask, colour)

    def haze(self, x: float, y: float, rx: float, ry: float, colour: Colour, share: float) -> None:
        """A soft cloud of a colour around a point: smoke, light, a puff of spray; at its middle `share` of it."""
        left, top = math.floor(x - 2 * rx), math.floor(y - 2 * ry)
        across = np.exp(-(((np.arange(math.ceil(4 * rx)) + left - x) / rx) ** 2))
        down = np.exp(-(((np.arange(math.ceil(4 * ry)) + top - y) / ry) ** 2))
        mask = Image.fromarray((255 * share * np.outer(down, across)).astype(np.uint8))
        self._picture.paste(colour, (left, top), mask)

    def laid(self, layer: Image.Image, x: float, y: float) -> None:
        """Lays a picture with transparency, its corner at the nearest pixel."""
        self._picture.paste(layer, (round(x), round(y)), layer)

    def ripple(self, top: int, bottom: int, seconds: float, reach: float = 3.0) -> None:
        """Lets water move: rows of a band sway sideways, those nearer to the viewer further and slower."""
        band = np.asarray(self._picture.crop((0, top, self._picture.width, bottom)).convert("RGBA"))
        band = band.view(np.uint32)[..., 0]  # a pixel is one number
        depth = np.linspace(0.15, 1, len(band))
        sway = reach * depth * np.sin(np.arange(len(band)) / (1.5 + 5 * depth) - 2.6 * seconds)
        columns = np.arange(band.shape[1]) + np.rint(sway).astype(int)[:, None]
        moved = np.take_along_axis(band, np.clip(columns, 0, band.shape[1] - 1), axis=1)
        self._picture.paste(Image.fromarray(moved.view(np.uint8).reshape(*band.shape, 4)), (0, top))

    def _patch(self, points: Sequence[Point], margin: float) -> tuple[int, int, Image.Image]:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, top = math.floor(min(xs) - margin), math.floor(min(ys) - margin)
        size = (math.ceil(max(xs) + margin) - left + 1, math.ceil(max(ys) + margin) - top + 1)
        return left, top, Image.new("L", (size[0] * _FINER, size[1] * _FINER))

    def _ink(self, left: int, top: int, mask: Image.Image, colour: Colour) -> None:
        self._picture.paste(colour, (left, top), mask.reduce(_FINER))
