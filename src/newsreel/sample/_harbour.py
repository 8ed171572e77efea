"""The scenes of the harbour film: the chart of an estuary, tugs at work, sands at low water."""

from __future__ import annotations

import math

from PIL import Image

from newsreel.sample._canvas import Canvas, Colour
from newsreel.sample._pen import Pen

__all__ = ["chart", "running_ebb", "sands", "tugs", "tugs_at_work", "waders"]


def chart() -> Image.Image:
    """A nautical chart: the river's mouth, the bank with its depth lines, buoys, and a compass rose."""
    x: float
    y: float
    c = Canvas(960, 540, 22)
    c.gradient(0, 540, [(216, 230, 232), (206, 224, 230)])
    for x in range(60, 960, 120):
        c.stroke([(x, 0), (x, 540)], (184, 204, 212), 1)
    for y in range(40, 540, 120):
        c.stroke([(0, y), (960, y)], (184, 204, 212), 1)
    for grow, tint in ((66, (190, 216, 228)), (38, (170, 204, 222)), (14, (206, 214, 178))):
        c.polygon(_bank(grow), tint)
        c.stroke([*_bank(grow), _bank(grow)[0]], (120, 158, 178), 1.5)
    c.polygon(_bank(-6), (228, 210, 150))
    for i in range(70):
        x, y = 500 + float(c.random.normal(0, 62)), 300 + float(c.random.normal(0, 16))
        c.oval(x, y, 1.3, 1.3, (176, 152, 96) if i % 2 else (198, 176, 116))
    north = [(float(x), 92 + 26 * math.sin(x / 90) - (x / 62) ** 2) for x in range(0, 631, 10)]
    south = [(float(x), 470 - 20 * math.sin(x / 76 + 1) + x * 0.02) for x in range(0, 961, 10)]
    for shore, corners in ((north, [(0, -20)]), (south, [(960, 540), (0, 540)])):
        c.polygon([*shore, *corners], (240, 222, 164))
        c.stroke(shore, (128, 106, 66), 2.5)
    for x, y in ((70, 52), (130, 44), (112, 74), (190, 56), (96, 512), (160, 504), (236, 516)):
        c.box(x, y, 22, 13, (186, 150, 104))
    for i in range(30):
        x, y = 120 + i * 29, 168 + 8 * math.sin(i * 1.9)
        c.stroke([(x, y), (x + 4, y + 7), (x + 8, y)], (126, 150, 166), 1.2)
    for x, y, colour in (
        (330, 206, (196, 54, 48)),
        (560, 198, (196, 54, 48)),
        (350, 408, (52, 122, 82)),
        (640, 392, (52, 122, 82)),
    ):
        c.polygon([(x - 9, y), (x + 9, y), (x, y - 24)], colour)
        c.oval(x, y + 3, 4, 4, (60, 60, 66))
    c.oval(838, 130, 74, 74, (176, 150, 176))
    c.oval(838, 130, 70, 70, (214, 228, 232))
    for i in range(16):
        angle, reach = i * math.pi / 8, 64 if i % 4 == 0 else 42
        tip = (838 + reach * math.sin(angle), 130 - reach * math.cos(angle))
        base = [(838 + 9 * math.sin(angle + turn), 130 - 9 * math.cos(angle + turn)) for turn in (-1.5, 1.5)]
        c.polygon([tip, *base], (152, 92, 140) if i % 4 == 0 else (190, 160, 190))
    c.polygon([(470, 276), (560, 268), (588, 279), (562, 292), (472, 288)], (40, 56, 78))
    c.box(552, 272, 13, 14, (236, 236, 230))
    return c.finish(grain=0, vignette=0.2)


def _bank(grow: float) -> list[tuple[float, float]]:
    turns = [i / 40 * 2 * math.pi for i in range(40)]
    return [
        (
            500 + (190 + grow * 1.5) * math.cos(a) * (1 + 0.08 * math.sin(3 * a)),
            300 + (46 + grow * 0.8) * math.sin(a) * (1 + 0.16 * math.cos(2 * a + 0.5)),
        )
        for a in turns
    ]


def running_ebb(pen: Pen, seconds: float) -> None:
    """Arrows that stream out of the river and bend around the bank; behind it they turn in a circle."""
    for lane in range(5):
        for i in range(8):
            along = (i / 8 + seconds * 0.085 + lane * 0.031) % 1
            here, there = (_flow(lane, share) for share in (along, along + 0.028))
            _arrow(pen, here, there, (34, 104, 168))
    for i in range(5):
        angle = 2 * math.pi * i / 5 - 1.5 * seconds
        here, there = ((706 + 50 * math.cos(a), 302 + 27 * math.sin(a)) for a in (angle, angle - 0.5))
        _arrow(pen, here, there, (190, 70, 52))


def _flow(lane: int, along: float) -> tuple[float, float]:
    x = 20 + 920 * along
    bend = math.exp(-(((x - 500) / 230) ** 2))
    return x, (150 if lane < 3 else 330) + (lane % 3) * 24 + (60 if lane < 3 else 14) * (
        -bend if lane < 3 else bend
    ) + 50


def _arrow(pen: Pen, here: tuple[float, float], there: tuple[float, float], colour: Colour) -> None:
    dx, dy = there[0] - here[0], there[1] - here[1]
    reach = math.hypot(dx, dy)
    ux, uy = dx / reach, dy / reach
    tip = (there[0] + 8 * ux, there[1] + 8 * uy)
    pen.stroke([here, there], colour, 3.4)
    pen.polygon([tip, (there[0] - 6 * uy, there[1] + 6 * ux), (there[0] + 6 * uy, there[1] - 6 * ux)], colour)


def tugs() -> Image.Image:
    """The ship's stern against the first light, two tugs on their lines, a third alongside."""
    c = Canvas(960, 540, 23)
    c.gradient(0, 330, [(26, 36, 66), (72, 76, 112), (190, 122, 108), (248, 186, 122)])
    c.cloud(300, 90, 460, (70, 42, 50), 18, 0.16)
    c.cloud(760, 150, 420, (96, 54, 46), 18, 0.16)
    c.glow(140, 322, 130, (92, 52, 18), 0.8)
    c.ridge(c.profile(318, 18), (72, 62, 84))
    c.gradient(328, 540, [(120, 96, 104), (60, 66, 88), (34, 44, 64)])
    boxes: list[Colour] = [(128, 50, 44), (34, 66, 96), (150, 108, 48), (46, 84, 70), (120, 114, 108)]
    for column in range(7):
        for row in range(int(c.random.integers(3, 6))):
            c.box(590 + column * 54, 184 - row * 30, 51, 28, boxes[int(c.random.integers(len(boxes)))])
    c.polygon([(560, 206), (960, 196), (960, 388), (600, 388), (572, 330)], (28, 38, 56))
    c.polygon([(580, 346), (960, 344), (960, 388), (600, 388)], (104, 40, 36))
    c.stroke([(562, 232), (960, 222)], (190, 184, 176), 3)
    c.box(610, 60, 66, 146, (190, 180, 174))
    for row in range(5):
        for column in range(3):
            c.box(617 + column * 20, 72 + row * 24, 13, 9, (255, 224, 150))
    c.box(630, 30, 26, 32, (140, 50, 40))
    for x, y, size in ((150, 402, 1.0), (330, 356, 0.74), (470, 448, 1.25)):
        _tug(c, x, y, size)
    c.water(392, (44, 48, 66), 0.5, 5)
    for x, y, size in ((150, 402, 1.0), (330, 356, 0.74), (470, 448, 1.25)):
        _tug(c, x, y, size)
    return c.finish(grain=0)


def _tug(c: Canvas, x: float, y: float, s: float) -> None:
    c.polygon(
        [
            (x - 92 * s, y - 26 * s),
            (x - 78 * s, y + 16 * s),
            (x + 74 * s, y + 16 * s),
            (x + 84 * s, y - 10 * s),
            (x + 10 * s, y - 6 * s),
        ],
        (150, 56, 38),
    )
    c.polygon(
        [(x - 84 * s, y + 6 * s), (x - 78 * s, y + 18 * s), (x + 74 * s, y + 18 * s), (x + 78 * s, y + 8 * s)],
        (30, 32, 40),
    )
    c.box(x - 46 * s, y - 58 * s, 58 * s, 48 * s, (226, 216, 200))
    c.box(x - 40 * s, y - 50 * s, 46 * s, 13 * s, (255, 222, 150))
    c.box(x - 30 * s, y - 82 * s, 30 * s, 25 * s, (208, 198, 184))
    c.box(x + 16 * s, y - 44 * s, 13 * s, 36 * s, (36, 38, 46))
    c.stroke([(x - 14 * s, y - 82 * s), (x - 14 * s, y - 116 * s)], (60, 58, 62), 2 * s)
    c.glow(x - 14 * s, y - 116 * s, 8 * s, (255, 236, 180), 1.0)


def tugs_at_work(pen: Pen, seconds: float) -> None:
    """Smoke, wash, and the towing lines that stretch and slacken."""
    pen.ripple(410, 540, seconds, 2.4)
    for x, y, s, fast in ((150, 402, 1.0, (572, 262)), (330, 356, 0.74, (574, 300)), (470, 448, 1.25, (604, 372))):
        sag = 9 + 5 * math.sin(1.9 * seconds + x)
        middle = ((x + 60 * s + fast[0]) / 2, (y - 12 * s + fast[1]) / 2 + sag)
        pen.stroke([(x + 60 * s, y - 12 * s), middle, fast], (36, 34, 40), 2)
        for puff in range(4):
            age = (puff / 4 + 0.45 * seconds) % 1
            pen.haze(
                x + 22 * s + 60 * age,
                y - 50 * s - 74 * age,
                (8 + 20 * age) * s,
                (7 + 15 * age) * s,
                (58, 54, 62),
                0.42 * (1 - age),
            )
        for wash in range(3):
            age = (wash / 3 + 0.7 * seconds) % 1
            pen.haze(x - (90 + 46 * age) * s, y + 16 * s, (10 + 16 * age) * s, 4 * s, (226, 214, 210), 0.5 * (1 - age))


def sands() -> Image.Image:
    """The bank laid bare at low water, with the ship's furrow in it; she is small on the horizon."""
    x: float
    y: float
    c = Canvas(960, 540, 24)
    c.gradient(0, 250, [(136, 178, 206), (196, 214, 214), (250, 226, 176)])
    c.glow(720, 214, 84, (60, 46, 16), 0.9)
    c.oval(720, 206, 19, 19, (255, 248, 220))
    for x, y, w in ((200, 80, 420), (560, 50, 340)):
        c.cloud(x, y, w, (48, 40, 34), 16, 0.16)
    c.ridge(c.profile(244, 12), (150, 166, 176))
    c.gradient(248, 330, [(186, 200, 196), (146, 176, 182)])
    c.polygon([(392, 236), (398, 252), (498, 252), (504, 232)], (52, 66, 86))
    for column in range(6):
        c.box(404 + column * 14, 222, 12, 12, [(170, 74, 56), (58, 98, 128), (196, 152, 76)][column % 3])
    c.box(484, 212, 11, 22, (232, 228, 218))
    for x in (344, 364):
        c.polygon([(x - 11, 246), (x - 8, 252), (x + 8, 252), (x + 9, 245)], (150, 60, 44))
        c.box(x - 4, 239, 7, 7, (230, 224, 212))
    c.polygon([(0, 344), (220, 310), (560, 302), (960, 322), (960, 540), (0, 540)], (214, 188, 140))
    c.veil(300, 540, (150, 116, 78), 0.0, 0.45)
    for _ in range(150):
        y = float(c.random.uniform(322, 540))
        x, span = float(c.random.uniform(-30, 960)), (y - 270) * 0.4
        tone = (184, 154, 108) if c.random.random() < 0.6 else (232, 210, 164)
        c.stroke([(x, y), (x + span / 3, y - 2), (x + span, y + 1)], tone, 1 + (y - 320) / 110)
    c.polygon([(430, 306), (520, 304), (760, 420), (820, 540), (380, 540), (470, 400)], (158, 128, 90))
    c.polygon([(448, 308), (506, 306), (690, 430), (730, 540), (470, 540), (520, 410)], (142, 166, 172))
    c.polygon([(466, 309), (494, 308), (620, 440), (640, 540), (560, 540), (560, 430)], (186, 200, 196))
    c.polygon([(60, 430), (190, 414), (330, 424), (250, 446), (120, 450)], (166, 190, 192))
    return c.finish(grain=0)


def waders(pen: Pen, seconds: float) -> None:
    """Birds that walk and peck at the water's edge, and gulls above."""
    for i in range(7):
        x = 120 + i * 42 + 9 * math.sin(0.5 * seconds + 1.7 * i) + 7 * seconds
        y, peck = 398 + 13 * math.sin(2.4 * i), max(0.0, math.sin(2.2 * seconds + 2.1 * i))
        pen.stroke([(x - 2, y), (x - 2, y + 13)], (70, 58, 50), 1.4)
        pen.stroke([(x + 3, y), (x + 3, y + 13)], (70, 58, 50), 1.4)
        pen.oval(x, y, 9, 5.5, (86, 76, 70))
        head = (x + 10 + 2 * peck, y - 8 + 12 * peck)
        pen.oval(*head, 4, 3.6, (62, 54, 50))
        pen.stroke([head, (head[0] + 9, head[1] + 3 + 4 * peck)], (196, 96, 46), 1.8)
    _gulls(pen, seconds)


def _gulls(pen: Pen, seconds: float) -> None:
    """Three gulls that cross the sky."""
    for i, (x, y, size) in enumerate(((120, 118, 15), (196, 88, 11), (300, 140, 13))):
        at, lift = x + (26 + 5 * i) * seconds, size * 0.6 * math.sin(5.2 * seconds + 2 * i)
        up = y + 9 * math.sin(0.8 * seconds + i)
        wings = [
            (at - size, up - lift),
            (at - size * 0.4, up - size * 0.25),
            (at, up),
            (at + size * 0.4, up - size * 0.25),
            (at + size, up - lift),
        ]
        pen.stroke(wings, (238, 240, 240) if i % 2 else (84, 90, 100), 2.4)
