"""A small painter's box: skies, ridges, water, lights and crowds, drawn twice as large and then scaled down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

__all__ = ["Canvas", "Colour"]

Colour = tuple[int, int, int]
Point = tuple[float, float]
_SCALE = 2


def _image(pixels: NDArray[np.floating]) -> Image.Image:
    return Image.fromarray(np.clip(pixels, 0, 255, out=pixels).astype(np.uint8))


class Canvas:
    """A picture in the making. Coordinates are pixels of the finished one; every random choice comes from one seed."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self.width, self.height = width, height
        self.random = np.random.default_rng(seed)
        self._image = Image.new("RGB", (width * _SCALE, height * _SCALE))
        self._draw = ImageDraw.Draw(self._image)

    def gradient(self, top: float, bottom: float, colours: Sequence[Colour]) -> None:
        """Fills the band from `top` to `bottom` with colours running into each other."""
        first, last = int(top * _SCALE), int(bottom * _SCALE)
        at = np.linspace(0, len(colours) - 1, last - first)
        bands = [np.interp(at, range(len(colours)), [c[i] for c in colours]) for i in range(3)]
        column = np.stack(bands, axis=1).astype(np.uint8)[:, None, :]
        self._image.paste(Image.fromarray(column.repeat(self._image.width, axis=1)), (0, first))

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """A filled shape."""
        self._draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour)

    def box(self, left: float, top: float, width: float, height: float, colour: Colour) -> None:
        """A filled upright rectangle."""
        self.polygon([(left, top), (left + width, top), (left + width, top + height), (left, top + height)], colour)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """A filled ellipse around a point."""
        self._draw.ellipse([(x - rx) * _SCALE, (y - ry) * _SCALE, (x + rx) * _SCALE, (y + ry) * _SCALE], fill=colour)

    def stroke(self, points: Sequence[Point], colour: Colour, width: float = 2) -> None:
        """A line through the points."""
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._draw.line(scaled, fill=colour, width=max(1, round(width * _SCALE)), joint="curve")

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """Adds light that falls off around a point."""
        reach = radius * 2.4
        box = [max(0, int((v - reach) * _SCALE)) for v in (x, y)]
        ends = [min(int((v + reach) * _SCALE), limit) for v, limit in zip((x, y), self._image.size, strict=True)]
        if box[0] >= ends[0] or box[1] >= ends[1]:
            return
        across, down = (
            np.exp(-((np.arange(a, b, dtype=np.float32) / _SCALE - v) ** 2) / radius**2)
            for a, b, v in zip(box, ends, (x, y), strict=True)
        )
        light = strength * np.outer(down, across)
        part = self._image.crop((box[0], box[1], ends[0], ends[1]))
        lit = light[..., None] * np.array(colour, dtype=np.float32)
        lit += np.asarray(part)
        self._image.paste(_image(lit), (box[0], box[1]))

    def stars(self, count: int, bottom: float) -> None:
        """Points of light above a height."""
        for _ in range(count):
            x, y = float(self.random.uniform(0, self.width)), float(self.random.uniform(0, bottom))
            self.glow(x, y, 1.1, (255, 255, 255), 0.75)

    def profile(self, base: float, swing: float, roughness: float = 0.55) -> NDArray[np.float64]:
        """The height of a ridge at every pixel: random hills, each octave finer and lower than the last."""
        line = np.zeros(self.width + 1)
        for octave in range(1, 8):
            knots = self.random.uniform(-1, 1, 2**octave + 1)
            line += np.interp(np.linspace(0, 2**octave, self.width + 1), range(2**octave + 1), knots) * (
                swing * roughness**octave
            )
        return base + line

    def ridge(self, heights: NDArray[np.float64], colour: Colour) -> None:
        """Fills everything below a profile."""
        top = [(float(x), float(y)) for x, y in enumerate(heights)]
        self.polygon([*top, (self.width, self.height), (0, self.height)], colour)

    def cloud(self, x: float, y: float, width: float, colour: Colour, puffs: int = 40, strength: float = 0.25) -> None:
        """A bank of soft puffs, wider than high."""
        for _ in range(puffs):
            dx, dy = self.random.normal(0, width / 3), self.random.normal(0, width / 12)
            self.glow(x + dx, y + dy, float(self.random.uniform(0.05, 0.16)) * width, colour, strength)

    def veil(self, top: float, bottom: float, colour: Colour, at_top: float, at_bottom: float) -> None:
        """Mist: a colour laid over a band, its share running from one value to the other."""
        first, last = int(top * _SCALE), int(bottom * _SCALE)
        share = np.linspace(at_top, at_bottom, last - first, dtype=np.float32)[:, None, None]
        band = np.asarray(self._image.crop((0, first, self._image.width, last)), dtype=np.float32)
        self._image.paste(_image(band * (1 - share) + np.array(colour, dtype=np.float32) * share), (0, first))

    def water(self, level: float, tint: Colour, share: float = 0.45, ripple: float = 10.0) -> None:
        """Mirrors what stands above a level into the water below it, broken by ripples that grow towards the viewer."""
        shore = int(level * _SCALE)
        rows = np.arange(self._image.height - shore)
        depth = rows / max(1, len(rows))
        source = np.clip(shore - 1 - (rows * 0.9).astype(int), 0, shore - 1)
        wave = np.sin(rows / (2 + 14 * depth)) * ripple * _SCALE * depth + self.random.normal(0, 1 + 5 * depth)
        columns = np.arange(self._image.width)
        above = np.asarray(self._image)[source[:, None], np.clip(columns + wave.astype(int)[:, None], 0, columns[-1])]
        mirrored = above.astype(np.float32) * (1 - share) + np.array(tint, dtype=np.float32) * share
        self._image.paste(_image(mirrored), (0, shore))

    def person(self, x: float, foot: float, height: float, colour: Colour) -> None:
        """Someone standing, from afar."""
        head = height * 0.085
        self.oval(x, foot - height + head, head * 0.85, head, colour)
        shoulder, hip = height * 0.15, height * 0.1
        self.polygon(
            [
                (x - shoulder, foot - height * 0.78),
                (x + shoulder, foot - height * 0.78),
                (x + hip, foot - height * 0.42),
                (x + hip * 0.9, foot),
                (x - hip * 0.9, foot),
                (x - hip, foot - height * 0.42),
            ],
            colour,
        )

    def heads(self, y: float, size: float, colour: Colour, spacing: float = 1.9) -> None:
        """A row of a crowd, seen from behind: heads over shoulders in coats of one family of colours."""
        self.box(0, y + size * 2, self.width, self.height, colour)
        x = float(self.random.uniform(-size, 0))
        while x < self.width + size:
            up = float(self.random.normal(0, size * 0.22))
            scale = float(self.random.uniform(0.85, 1.12))
            self.oval(x, y + up, size * 0.5 * scale, size * 0.62 * scale, colour)
            tint = self.random.uniform(0.7, 1.3, 3)
            coat = (int(colour[0] * tint[0]), int(colour[1] * tint[1]), int(colour[2] * tint[2]))
            self.oval(x, y + up + size * 1.75, size * 1.05 * scale, size * 1.15 * scale, coat)
            x += size * spacing * float(self.random.uniform(0.85, 1.2))

    def windows(self, left: float, top: float, columns: int, rows: int, step: Point, colour: Colour) -> None:
        """Lit windows in a grid, some of them dark."""
        for column in range(columns):
            for row in range(rows):
                if self.random.random() < 0.6:
                    self.box(left + column * step[0], top + row * step[1], step[0] * 0.42, step[1] * 0.5, colour)

    def soften(self, radius: float) -> None:
        """Puts everything so far out of focus."""
        self._image = self._image.filter(ImageFilter.GaussianBlur(radius * _SCALE))
        self._draw = ImageDraw.Draw(self._image)

    def finish(self, *, grain: float = 2.5, vignette: float = 0.28) -> Image.Image:
        """The finished picture: scaled down, a little darker in the corners, with a film's grain."""
        small = self._image.resize((self.width, self.height), Image.Resampling.LANCZOS)
        pixels = np.asarray(small, dtype=np.float32)
        ys, xs = np.mgrid[-1 : 1 : self.height * 1j, -1 : 1 : self.width * 1j]
        pixels = pixels * (1 - vignette * np.clip((xs**2 + ys**2) / 2, 0, 1))[..., None]
        if grain:
            pixels = pixels + self.random.normal(0, grain, (self.height, self.width, 1))
        return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
