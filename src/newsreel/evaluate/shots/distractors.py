"""What happens within a shot and looks like its end: to the camera, in the light, in front, over the picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from PIL import Image

from newsreel.evaluate.shots.films import Pixels

__all__ = ["HEIGHT", "KINDS", "SLOW_MOTION", "WIDTH", "apply", "framed", "slowed"]

WIDTH, HEIGHT = 160, 90
"""Of the pictures that are made."""

SLOW_MOTION = "slow motion"
_SLOWER = 3
_NARROW = 0.6
"""The side of the part of the picture that a panning camera sees."""

Floats = npt.NDArray[np.float64]
Span = tuple[int, int]


def slowed(frames: int, span: Span) -> npt.NDArray[np.int64]:
    """For each frame the one of the take it shows, where in the span each is shown three times."""
    steps = np.ones(frames)
    steps[slice(*span)] = 1 / _SLOWER
    shown: npt.NDArray[np.int64] = np.floor(np.cumsum(steps) - steps[0] + 1e-6).astype(np.int64)
    return shown


def framed(pictures: Pixels, kind: str, span: Span, chance: np.random.Generator) -> Pixels:
    """The pictures, `[n, HEIGHT, WIDTH, 3]`, as the camera's move in the span shows them."""
    boxes = _MOVES.get(kind, _still)(len(pictures), span, chance)
    return np.stack([_cropped(picture, box) for picture, box in zip(pictures, boxes, strict=True)])


def apply(pictures: Pixels, kind: str, span: Span, stranger: Pixels, chance: np.random.Generator) -> Pixels:
    """What comes before or over the pictures in the span; `stranger` is a picture of something else."""
    if kind not in _OVERLAYS:
        return pictures
    shown = pictures.astype(np.float32)
    _OVERLAYS[kind](shown[slice(*span)], stranger.astype(np.float32), chance)
    return shown.clip(0, 255).round().astype(np.uint8)


def _cropped(picture: Pixels, box: Floats) -> Pixels:
    """The part of it in the box: left, top, right and bottom as shares of the picture."""
    height, width, _ = picture.shape
    left, top, right, bottom = (box.clip(0, 1) * (width, height, width, height)).tolist()
    image = Image.fromarray(picture).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR, (left, top, right, bottom))
    return np.asarray(image)


def _boxes(centre_x: Floats, centre_y: Floats, side: Floats) -> Floats:
    return np.stack([centre_x - side / 2, centre_y - side / 2, centre_x + side / 2, centre_y + side / 2], axis=1)


def _ramp(frames: int, span: Span) -> Floats:
    """0 before the span, 1 behind it, and in it a gentle start and stop."""
    along = np.clip((np.arange(frames) - span[0] + 1) / (span[1] - span[0] + 1), 0, 1)
    gentle: Floats = along * along * (3 - 2 * along)
    return gentle


def _still(frames: int, _span: Span, _chance: np.random.Generator) -> Floats:
    return np.tile(np.array([0.0, 0.0, 1.0, 1.0]), (frames, 1))


def _pan(frames: int, span: Span, chance: np.random.Generator) -> Floats:
    """From one side of the picture to the other, up or down a little."""
    ends = np.array([_NARROW / 2, 1 - _NARROW / 2])[:: int(chance.choice([-1, 1]))]
    x = ends[0] + (ends[1] - ends[0]) * _ramp(frames, span)
    y = 0.5 + chance.uniform(-0.15, 0.15) * _ramp(frames, span)
    return _boxes(x, y, np.full(frames, _NARROW))


def _shake(frames: int, span: Span, chance: np.random.Generator) -> Floats:
    jolts = chance.normal(0, 0.035, (frames, 2))
    jolts[1:] += 0.5 * jolts[:-1]
    within = ((np.arange(frames) >= span[0]) & (np.arange(frames) < span[1]))[:, None]
    x, y = 0.5 + (jolts * within).clip(-0.1, 0.1).T
    return _boxes(x, y, np.full(frames, 0.8))


def _zoom(frames: int, span: Span, chance: np.random.Generator) -> Floats:
    ends = np.array([1, _NARROW])[:: int(chance.choice([-1, 1]))]
    side = ends[0] + (ends[1] - ends[0]) * _ramp(frames, span)
    middle = np.full(frames, 0.5)
    return _boxes(middle, middle, side)


def _flashes(shown: npt.NDArray[np.float32], _: npt.NDArray[np.float32], chance: np.random.Generator) -> None:
    """Photographers: a frame or two nearly white, and again."""
    at = 0
    while at < len(shown):
        for later, share in enumerate((chance.uniform(0.6, 0.95), chance.uniform(0, 0.5))):
            if at + later < len(shown):
                shown[at + later] += (255 - shown[at + later]) * np.float32(share)
        at += int(chance.integers(3, 12))


def _light(shown: npt.NDArray[np.float32], _: npt.NDArray[np.float32], chance: np.random.Generator) -> None:
    """A cloud, or the camera's iris: darker or brighter and back."""
    depth = chance.choice([-0.45, 0.5])
    shown *= (1 + depth * np.sin(np.linspace(0, np.pi, len(shown)))).astype(np.float32)[:, None, None, None]


def _object(shown: npt.NDArray[np.float32], stranger: npt.NDArray[np.float32], chance: np.random.Generator) -> None:
    """Somebody walks through the picture near the camera: two fifths of its width, across all of it."""
    width, half = int(WIDTH * chance.uniform(0.3, 0.5)), WIDTH // 2
    patch = stranger[:, half - width // 2 : half - width // 2 + width]
    rows, columns = np.mgrid[0:HEIGHT, 0:width]
    inside = ((columns / width - 0.5) * 2) ** 2 + ((rows / HEIGHT - 0.7) / 0.7) ** 2 < 1
    lefts = np.linspace(-width, WIDTH, len(shown) + 2)[1:-1][:: int(chance.choice([-1, 1]))].round().astype(int)
    for picture, left in zip(shown, lefts.tolist(), strict=True):
        seen = slice(max(left, 0), min(left + width, WIDTH))
        of_patch = slice(seen.start - left, seen.stop - left)
        picture[:, seen] = np.where(inside[:, of_patch, None], patch[:, of_patch], picture[:, seen])


def _lower_third(shown: npt.NDArray[np.float32], _: npt.NDArray[np.float32], chance: np.random.Generator) -> None:
    """A coloured band with a line of words comes up, stays and goes at once."""
    band = np.full((20, 120, 3), chance.uniform(0, 200, 3), np.float32)
    for left in range(6, 104, 14):
        band[7:13, left : left + int(chance.integers(5, 12))] = 235
    come = int(chance.integers(1, 8))
    for number, picture in enumerate(shown):
        share = np.float32(min(1.0, (number + 1) / come))
        picture[64:84, 8:128] += (band - picture[64:84, 8:128]) * share


def _logo(shown: npt.NDArray[np.float32], _: npt.NDArray[np.float32], chance: np.random.Generator) -> None:
    """A mark in a corner is there at once."""
    top, left = (int(chance.choice(places)) for places in ((4, HEIGHT - 26), (4, WIDTH - 34)))
    shown[:, top : top + 22, left : left + 30] = chance.uniform(0, 255, 3)
    shown[:, top + 6 : top + 16, left + 6 : left + 24] = chance.uniform(0, 255, 3)


_MOVES: Mapping[str, Callable[[int, Span, np.random.Generator], Floats]] = {
    "pan": _pan,
    "shake": _shake,
    "zoom": _zoom,
}
_OVERLAYS: Mapping[str, Callable[[npt.NDArray[np.float32], npt.NDArray[np.float32], np.random.Generator], None]] = {
    "flash": _flashes,
    "light": _light,
    "object": _object,
    "lower third": _lower_third,
    "logo": _logo,
}
KINDS: Mapping[str, Span] = {
    "pan": (6, 14),
    "shake": (10, 20),
    "zoom": (6, 16),
    SLOW_MOTION: (9, 18),
    "flash": (2, 16),
    "light": (6, 20),
    "object": (8, 20),
    "lower third": (12, 20),
    "logo": (10, 20),
}
"""By kind the fewest and the most frames that it takes."""
