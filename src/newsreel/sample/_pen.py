"""Draws what moves: small smooth-edged marks on one frame, at places between pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw

from newsreel.sample._canvas import Colour, Point

__all__ = ["Pen"]

_FINER = 4
_Drawing = Callable[[ImageDraw.ImageDraw, list[Point]], None]


class Pen:
    """Marks on a frame, in place. Coordinates are the scene's, of which the frame shows a part.

    Each mark is drawn four times as large on a patch of its own, then scaled down.
    """

    def __init__(self, frame: Image.Image, box: tuple[float, float, float, float]) -> None:
        """`box` is what the frame shows of the scene: left, top, right and bottom."""
        self._frame, self._left, self._top = frame, box[0], box[1]
        self._scale = frame.width / (box[2] - box[0])

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """A filled shape."""
        placed = [self._at(point) for point in points]
        self._ink(placed, 1, colour, lambda draw, inside: draw.polygon(inside, fill=255))

    def stroke(self, points: Sequence[Point], colour: Colour, width: float = 2) -> None:
        """A line through the points."""
        placed, thick = [self._at(point) for point in points], width * self._scale
        wide = max(1, round(thick * _FINER))
        self._ink(placed, thick, colour, lambda draw, inside: draw.line(inside, fill=255, width=wide, joint="curve"))

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """A filled ellipse around a point."""
        placed = [self._at((x - rx, y - ry)), self._at((x + rx, y + ry))]
        self._ink(placed, 1, colour, lambda draw, inside: draw.ellipse(inside, fill=255))

    def haze(self, x: float, y: float, rx: float, ry: float, colour: Colour, share: float) -> None:
        """A soft cloud of a colour around a point: smoke, light, a puff of spray; at its middle `share` of it."""
        (x, y), rx, ry = self._at((x, y)), rx * self._scale, ry * self._scale
        left, top = math.floor(x - 2 * rx), math.floor(y - 2 * ry)
        across = np.exp(-(((np.arange(math.ceil(4 * rx)) + left - x) / rx) ** 2))
        down = np.exp(-(((np.arange(math.ceil(4 * ry)) + top - y) / ry) ** 2))
        mask = Image.fromarray((255 * share * np.outer(down, across)).astype(np.uint8))
        self._frame.paste(colour, (left, top), mask)

    def ripple(self, top: float, bottom: float, seconds: float, reach: float = 3.0) -> None:
        """Lets water move: rows of a band sway sideways, those nearer to the viewer further and slower."""
        first, last = (round(self._at((0, y))[1]) for y in (top, bottom))
        first, last = max(0, first), min(last, self._frame.height)
        band = np.asarray(self._frame.crop((0, first, self._frame.width, last)).convert("RGBA"))
        pixels = band.view(np.uint32)[..., 0]
        rows = np.arange(first, last) / self._scale + self._top - top
        depth = 0.15 + 0.85 * rows / (bottom - top)
        sway = reach * self._scale * depth * np.sin(rows / (1.5 + 5 * depth) - 2.6 * seconds)
        columns = np.arange(pixels.shape[1]) + np.rint(sway).astype(int)[:, None]
        moved = np.take_along_axis(pixels, np.clip(columns, 0, pixels.shape[1] - 1), axis=1)
        self._frame.paste(Image.fromarray(moved.view(np.uint8).reshape(band.shape)), (0, first))

    def _at(self, point: Point) -> Point:
        return (point[0] - self._left) * self._scale, (point[1] - self._top) * self._scale

    def _ink(self, points: Sequence[Point], margin: float, colour: Colour, drawn: _Drawing) -> None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, top = math.floor(min(xs) - margin), math.floor(min(ys) - margin)
        width, height = math.ceil(max(xs) + margin) - left + 1, math.ceil(max(ys) + margin) - top + 1
        if left > self._frame.width or top > self._frame.height or left + width < 0 or top + height < 0:
            return
        mask = Image.new("L", (width * _FINER, height * _FINER))
        drawn(ImageDraw.Draw(mask), [((x - left) * _FINER, (y - top) * _FINER) for x, y in points])
        self._frame.paste(colour, (left, top), mask.reduce(_FINER))
