"""The scenes of the station film: a platform without trains under its clock, and the line that is closed."""

from __future__ import annotations

import math

from PIL import Image

from newsreel.sample._canvas import Canvas
from newsreel.sample._pen import Pen

__all__ = ["closed_line", "lamp", "platform", "waiting"]

_CLOCK = (640.0, 170.0)


def platform() -> Image.Image:
    """A country station on a bright morning: empty rails, a canopy with flower baskets, a clock on its post."""
    c = Canvas(960, 540, 41)
    c.gradient(0, 300, [(108, 166, 212), (178, 208, 224), (238, 234, 212)])
    c.ridge(c.profile(262, 60), (142, 162, 158))
    c.ridge(c.profile(290, 30), (112, 138, 104))
    for _ in range(34):
        x = float(c.random.uniform(0, 960))
        c.stroke([(x, 310), (x, 280)], (84, 76, 62), 2)
        c.oval(x, 274, 13, 22, (86, 116, 76))
    c.polygon([(0, 312), (960, 300), (960, 420), (0, 470)], (132, 122, 108))
    for i in range(44):
        x = i * 24 - 30
        c.polygon([(x, 350 - i * 0.4), (x + 9, 350 - i * 0.4), (x - 14, 416 - i), (x - 26, 416 - i)], (92, 76, 64))
    for y, end in ((362, 334), (402, 352)):
        c.stroke([(0, y + 5), (960, end + 4)], (70, 64, 62), 5)
        c.stroke([(0, y), (960, end)], (206, 210, 214), 3)
    c.polygon([(0, 440), (960, 376), (960, 396), (0, 466)], (232, 226, 206))
    c.polygon([(0, 452), (960, 384), (960, 540), (0, 540)], (188, 174, 154))
    c.polygon([(0, 470), (960, 398), (960, 404), (0, 480)], (240, 206, 84))
    c.polygon([(0, 60), (430, 108), (430, 128), (0, 96)], (38, 84, 84))
    c.polygon([(0, 20), (440, 98), (430, 112), (0, 62)], (52, 106, 102))
    for x, top, foot in ((60, 92, 512), (220, 106, 476), (372, 120, 446)):
        c.box(x - 7, top, 14, foot - top, (34, 76, 78))
        c.polygon([(x - 44, top + 8), (x + 44, top + 12), (x + 7, top + 52), (x - 7, top + 52)], (34, 76, 78))
        c.stroke([(x + 60, top + 6), (x + 60, top + 66)], (60, 70, 70), 1.5)
        for _ in range(26):
            dx, dy = float(c.random.normal(0, 14)), float(c.random.normal(0, 7))
            bloom = [(204, 62, 84), (236, 150, 60), (240, 226, 214)][int(c.random.integers(3))]
            c.oval(x + 60 + dx, top + 62 + dy, 4, 4, bloom)
        c.oval(x + 60, top + 74, 17, 8, (104, 78, 58))
    c.polygon([(96, 446), (300, 424), (300, 434), (96, 458)], (140, 88, 54))
    for x, y in ((112, 456), (284, 434)):
        c.box(x, y, 7, 40, (52, 56, 60))
    c.box(_CLOCK[0] - 7, _CLOCK[1], 14, 280, (34, 60, 66))
    c.oval(*_CLOCK, 68, 68, (30, 52, 58))
    c.oval(*_CLOCK, 61, 61, (246, 244, 234))
    for hour in range(12):
        angle, inner = hour * math.pi / 6, 44 if hour % 3 == 0 else 50
        ends = [(_CLOCK[0] + r * math.sin(angle), _CLOCK[1] - r * math.cos(angle)) for r in (inner, 56)]
        c.stroke(ends, (30, 34, 40), 5 if hour % 3 == 0 else 3)
    c.box(800, 214, 120, 62, (28, 62, 104))
    c.box(806, 220, 108, 50, (236, 238, 236))
    c.box(816, 230, 88, 9, (28, 62, 104))
    c.box(816, 248, 60, 7, (150, 158, 168))
    for x in (812, 902):
        c.box(x, 276, 7, 132, (52, 60, 68))
    return c.finish(grain=0)


def waiting(pen: Pen, seconds: float) -> None:
    """The clock's second hand ticks, clouds drift, a pigeon pecks."""
    for x, y, pace in ((590, 50, 6), (700, 34, 9), (850, 56, 11)):
        pen.haze(x + pace * seconds, y, 84, 17, (250, 248, 240), 0.45)
        pen.haze(x + 46 + pace * seconds, y - 9, 46, 15, (252, 250, 244), 0.35)
    _hand(pen, (7 + 12 / 60) / 12, 32, 6)
    _hand(pen, (12 + seconds / 60) / 60, 48, 4)
    tick = math.floor(seconds) + min(1.0, (seconds % 1) * 8)
    _hand(pen, (20 + tick) / 60, 52, 2, hue=(196, 44, 40))
    pen.oval(*_CLOCK, 5, 5, (196, 44, 40))
    walk = 520 + 22 * math.sin(0.42 * seconds)
    peck = max(0.0, math.sin(3.1 * seconds)) ** 2
    for leg in (-4, 3):
        pen.stroke([(walk + leg, 474), (walk + leg, 486)], (190, 90, 70), 1.8)
    pen.polygon([(walk - 30, 464), (walk - 6, 458), (walk - 4, 474)], (92, 100, 116))
    pen.oval(walk, 468, 17, 10, (112, 120, 136))
    pen.oval(walk + 15, 456 + 20 * peck, 6.5, 6.5, (70, 96, 100))
    pen.polygon(
        [(walk + 20, 454 + 20 * peck), (walk + 29, 459 + 21 * peck), (walk + 20, 460 + 20 * peck)], (60, 54, 50)
    )


def _hand(pen: Pen, turn: float, reach: float, width: float, hue: tuple[int, int, int] = (30, 34, 40)) -> None:
    across, up = math.sin(2 * math.pi * turn), -math.cos(2 * math.pi * turn)
    tail, tip = ((_CLOCK[0] + r * across, _CLOCK[1] + r * up) for r in (-12, reach))
    pen.stroke([tail, tip], hue, width)


def closed_line() -> Image.Image:
    """Rails that end at a red-and-white barrier with a lamp, sleepers taken up behind it."""
    x: float
    y: float
    c = Canvas(960, 540, 42)
    c.gradient(0, 270, [(150, 176, 196), (204, 212, 210), (240, 230, 204)])
    c.cloud(300, 90, 460, (40, 38, 34), 18, 0.17)
    c.ridge(c.profile(240, 70), (134, 152, 148))
    c.ridge(c.profile(266, 34), (104, 126, 92))
    c.gradient(276, 540, [(126, 138, 88), (104, 118, 72), (86, 98, 60)])
    c.polygon([(452, 276), (508, 276), (830, 540), (130, 540)], (150, 140, 126))
    for i in range(22):
        y = 280 + 1.22**i * 3.2
        if y > 540 or 5 < i < 10:
            continue
        half = (y - 262) * 0.86
        c.polygon(
            [
                (480 - half, y),
                (480 + half, y),
                (480 + half * 1.04, y + half * 0.1),
                (480 - half * 1.04, y + half * 0.1),
            ],
            (98, 80, 66),
        )
    for side in (-1, 1):
        c.polygon(
            [(480 + side * 12, 276), (480 + side * 15, 276), (480 + side * 196, 540), (480 + side * 178, 540)],
            (116, 120, 128),
        )
    for x in (120, 230, 330, 640, 730, 850):
        c.stroke([(x, 300), (x, 120)], (92, 82, 74), 6)
        c.stroke([(x - 22, 140), (x + 22, 140)], (92, 82, 74), 4)
    for _ in range(420):
        x, y = (float(v) for v in c.random.uniform((0, 300), (960, 540)))
        if abs(x - 480) > (y - 250) * 1.35:
            c.stroke([(x, y), (x + 3, y - 11)], (78, 94, 52) if c.random.random() < 0.5 else (142, 146, 86), 1.6)
    for x in (330, 622):
        c.polygon([(x - 8, 330), (x + 8, 330), (x + 18, 474), (x - 18, 474)], (72, 68, 66))
    for i in range(10):
        c.polygon(
            [(290 + i * 38, 344), (328 + i * 38, 344), (316 + i * 38, 384), (278 + i * 38, 384)],
            (206, 52, 46) if i % 2 else (244, 240, 230),
        )
    c.oval(480, 326, 19, 19, (60, 56, 56))
    c.oval(480, 326, 14, 14, (150, 40, 36))
    return c.finish(grain=0)


def lamp(pen: Pen, seconds: float) -> None:
    """The barrier's lamp swells and fades."""
    share = 0.5 + 0.5 * math.sin(3.4 * seconds)
    pen.haze(480, 326, 34, 34, (255, 90, 70), 0.2 + 0.5 * share)
    pen.oval(480, 326, 11, 11, (255, int(90 + 90 * share), int(80 + 80 * share)))
