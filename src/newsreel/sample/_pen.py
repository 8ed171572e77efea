"""Draws what moves: small smooth-edged marks on one frame, at places between pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from newsreel.sample._canvas import Colour, Point
from newsreel.sample._planes import Planes, components

__all__ = ["Pen"]

_FINER = 4
_Drawing = Callable[[ImageDraw.ImageDraw, list[Point]], None]


class Pen:
    """Marks on a frame, in place. Coordinates are the scene's, of which the frame shows a part.

    Each mark is drawn four times as large on a patch of its own, then scaled down.
    """

    def __init__(self, frame: Planes, box: tuple[float, float, float, float]) -> None:
        """`box` is what the frame shows of the scene: left, top, right and bottom."""
        self._frame, self._left, self._top = frame, box[0], box[1]
        self._width, self._height = frame.luma.size
        self._scale = self._width / (box[2] - box[0])

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
        left, top, width, height = _even(x - 2 * rx, y - 2 * ry, x + 2 * rx, y + 2 * ry)
        across = np.exp(-(((np.arange(width) + left - x) / rx) ** 2))
        down = np.exp(-(((np.arange(height) + top - y) / ry) ** 2))
        mask = Image.fromarray((255 * share * np.outer(down, across)).astype(np.uint8))
        self._paste(left, top, mask, mask.reduce(2), colour)

    def ripple(self, top: float, bottom: float, seconds: float, reach: float = 3.0) -> None:
        """Lets water move: rows of a band sway sideways, those nearer to the viewer further and slower."""
        edges = (round(self._at((0, y))[1]) for y in (top, bottom))
        first, last = (min(max(0, edge), self._height) // 2 * 2 for edge in edges)
        rows = np.arange(first, last) / self._scale + self._top - top
        depth = 0.15 + 0.85 * rows / (bottom - top)
        sway = reach * self._scale * depth * np.sin(rows / (1.5 + 5 * depth) - 2.6 * seconds)
        _shift(self._frame.luma, first, sway)
        for plane in (self._frame.blue, self._frame.red):
            _shift(plane, first // 2, sway[::2] / 2)

    def _at(self, point: Point) -> Point:
        return (point[0] - self._left) * self._scale, (point[1] - self._top) * self._scale

    def _ink(self, points: Sequence[Point], margin: float, colour: Colour, drawn: _Drawing) -> None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, top, width, height = _even(min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin)
        if left > self._width or top > self._height or left + width < 0 or top + height < 0:
            return
        mask = Image.new("L", (width * _FINER, height * _FINER))
        drawn(ImageDraw.Draw(mask), [((x - left) * _FINER, (y - top) * _FINER) for x, y in points])
        self._paste(left, top, mask.reduce(_FINER), mask.reduce(2 * _FINER), colour)

    def _paste(self, left: int, top: int, mask: Image.Image, half: Image.Image, colour: Colour) -> None:
        luma, blue, red = components(colour)
        self._frame.luma.paste(luma, (left, top), mask)
        self._frame.blue.paste(blue, (left // 2, top // 2), half)
        self._frame.red.paste(red, (left // 2, top // 2), half)


def _even(left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int]:
    """Left, top, width and height of the patch that holds all this, so that it lies on whole pixels of colour."""
    first, upper = (math.floor(v / 2) * 2 for v in (left, top))
    return first, upper, math.ceil((right + 1 - first) / 2) * 2, math.ceil((bottom + 1 - upper) / 2) * 2


def _shift(plane: Image.Image, top: int, sway: NDArray[np.float64]) -> None:
    """Moves each row from `top` on sideways, by whole pixels."""
    band = np.asarray(plane.crop((0, top, plane.width, top + len(sway))))
    columns = np.arange(plane.width) + np.rint(sway).astype(int)[:, None]
    moved = np.take_along_axis(band, np.clip(columns, 0, plane.width - 1), axis=1)
    plane.paste(Image.fromarray(moved), (0, top))
