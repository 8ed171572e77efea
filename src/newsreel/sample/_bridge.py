"""The scenes of the film about a bridge: by day and in the evening, and people who cross it."""

from __future__ import annotations

import math

from PIL import Image

from newsreel.sample._canvas import Canvas, Colour
from newsreel.sample._pen import Pen

__all__ = ["bridge_by_day", "bridge_in_the_evening", "crossing", "deck", "flowing"]


_DAY: dict[str, Colour] = {
    "stone": (186, 168, 140),
    "dark": (136, 120, 100),
    "hill": (128, 152, 132),
    "town": (196, 152, 118),
    "far": (164, 182, 172),
}


_EVENING: dict[str, Colour] = {
    "stone": (96, 80, 96),
    "dark": (58, 50, 70),
    "hill": (66, 62, 92),
    "town": (84, 68, 88),
    "far": (190, 124, 126),
}


def bridge_by_day() -> Image.Image:
    """The river back in its bed under a stone bridge, a brown line on the piers, scaffolding at one of them."""
    c = Canvas(960, 540, 31)
    c.gradient(0, 270, [(112, 168, 214), (176, 208, 226), (232, 232, 214)])
    for x, y, w in ((220, 70, 380), (660, 96, 420)):
        c.cloud(x, y, w, (60, 56, 50), 18, 0.17)
    _town(c, _DAY, lit=(92, 104, 116))
    c.gradient(346, 540, [(150, 168, 160), (112, 130, 116), (86, 104, 92)])
    _arches(c, _DAY)
    for i in range(5):
        c.box(71 + i * 192, 322, 50, 9, (122, 96, 68))
    for x in (442, 480, 518):
        c.stroke([(x, 214), (x, 356)], (210, 176, 96), 3)
    for y in (238, 276, 314):
        c.stroke([(434, y), (526, y)], (196, 160, 84), 4)
    for x, coat in ((460, (230, 112, 40)), (500, (52, 86, 140))):
        c.person(x, 276, 36, coat)
        c.oval(x, 242, 5, 4, (246, 212, 70))
    _banks(c, (120, 142, 84), (146, 122, 92))
    return c.finish(grain=0)


def bridge_in_the_evening() -> Image.Image:
    """The same bridge with its lamps lit again."""
    c = Canvas(960, 540, 31)
    c.gradient(0, 270, [(30, 36, 84), (84, 70, 124), (206, 118, 118), (250, 180, 116)])
    c.cloud(300, 100, 420, (96, 48, 60), 18, 0.17)
    c.glow(700, 258, 170, (255, 176, 96), 0.6)
    _town(c, _EVENING, lit=(255, 212, 130))
    c.gradient(346, 540, [(150, 104, 116), (76, 62, 92), (40, 38, 64)])
    _arches(c, _EVENING)
    for i in range(7):
        x = 52 + i * 142
        c.stroke([(x, 212), (x, 172)], (40, 34, 48), 3)
        c.glow(x, 168, 17, (255, 220, 150), 0.95)
    for i in range(16):
        c.person(40 + i * 58 + float(c.random.uniform(-16, 16)), 214, 27, (36, 30, 46))
    c.water(352, (60, 50, 80), 0.42, 4)
    _banks(c, (40, 42, 54), (48, 42, 56))
    return c.finish(grain=0)


def _town(c: Canvas, tone: dict[str, Colour], lit: Colour) -> None:
    c.ridge(c.profile(176, 60), tone["hill"])
    x = -14.0
    while x < 960:
        width, height = float(c.random.uniform(38, 62)), float(c.random.uniform(34, 66))
        shade = float(c.random.uniform(0.82, 1.1))
        r, g, b = (min(255, int(v * shade)) for v in tone["town"])
        c.box(x, 236 - height, width, height + 12, (r, g, b))
        c.polygon(
            [(x - 3, 236 - height), (x + width / 2, 216 - height), (x + width + 3, 236 - height)],
            (r * 2 // 3, g // 2, b // 2),
        )
        c.windows(x + 7, 242 - height, int(width // 16), 2, (15, 20), lit)
        x += width + float(c.random.uniform(-3, 8))
    c.box(746, 112, 26, 120, tone["dark"])
    c.polygon([(741, 114), (759, 46), (777, 114)], tone["dark"])
    c.oval(759, 136, 8, 9, (240, 230, 200))


def _arches(c: Canvas, tone: dict[str, Colour]) -> None:
    c.box(0, 214, 960, 132, tone["stone"])
    c.box(0, 208, 960, 9, tone["dark"])
    for x in range(6, 960, 30):
        for row in range(8):
            c.stroke([(x + row % 2 * 15, 222 + row * 15), (x + row % 2 * 15, 230 + row * 15)], tone["dark"], 1)
    for i in range(6):
        x = i * 192
        for grow, colour in ((9, tone["dark"]), (0, tone["hill"])):
            c.polygon(_arch(x, 72 + grow, 78 + grow), colour)
        c.polygon(_arch(x, 72, 34), tone["far"])
    for i in range(5):
        x = 96 + i * 192
        c.polygon([(x - 26, 352), (x - 24, 306), (x, 286), (x + 24, 306), (x + 26, 352)], tone["stone"])
        c.polygon([(x, 286), (x + 24, 306), (x + 26, 352), (x + 4, 352)], tone["dark"])


def _arch(x: float, half: float, rise: float) -> list[tuple[float, float]]:
    turns = (i / 20 * math.pi for i in range(21))
    return [(x - half * math.cos(a), 348 - rise * math.sin(a)) for a in turns]


def _banks(c: Canvas, grass: Colour, mud: Colour) -> None:
    c.polygon([(0, 470), (210, 492), (330, 540), (0, 540)], mud)
    c.polygon([(0, 488), (150, 506), (240, 540), (0, 540)], grass)
    c.polygon([(960, 450), (800, 480), (690, 540), (960, 540)], mud)
    c.polygon([(960, 472), (860, 494), (780, 540), (960, 540)], grass)


def flowing(pen: Pen, seconds: float) -> None:
    """The river under the arches."""
    pen.ripple(356, 540, seconds, 2.6)


def deck() -> Image.Image:
    """Along the bridge's roadway: parapets that run together, lamps, the far bank's gate."""
    x: float
    c = Canvas(960, 540, 33)
    c.gradient(0, 280, [(120, 174, 216), (196, 216, 222), (240, 232, 206)])
    c.cloud(640, 80, 420, (52, 48, 42), 18, 0.17)
    c.ridge(c.profile(258, 34), (132, 154, 138))
    for x, w, h, tint in (
        (330, 74, 74, (190, 148, 116)),
        (410, 60, 92, (206, 172, 132)),
        (522, 66, 84, (176, 128, 106)),
        (590, 80, 66, (198, 156, 120)),
    ):
        c.box(x, 282 - h, w, h, tint)
        c.polygon([(x - 4, 282 - h), (x + w / 2, 256 - h), (x + w + 4, 282 - h)], (140, 76, 62))
        c.windows(x + 10, 292 - h, int(w // 20), 2, (20, 24), (84, 98, 110))
    c.box(456, 164, 66, 120, (170, 150, 124))
    c.polygon([(450, 166), (489, 118), (528, 166)], (112, 84, 74))
    c.polygon(
        [(468, 284)]
        + [(489 - 21 * math.cos(a / 10 * math.pi), 240 - 22 * math.sin(a / 10 * math.pi)) for a in range(11)]
        + [(510, 284)],
        (92, 88, 88),
    )
    c.polygon([(430, 282), (548, 282), (960, 470), (960, 540), (0, 540), (0, 470)], (176, 164, 146))
    for i in range(12):
        y = 288 + 1.46**i * 3.4
        c.stroke([(489 - (y - 256) * 2.1, y), (489 + (y - 256) * 2.1, y)], (150, 138, 120), 1.4)
    for side in (-1, 1):
        near, far = 489 + side * 520, 489 + side * 58
        c.polygon([(far, 260), (near, 372), (near, 510), (far, 286)], (196, 180, 152) if side < 0 else (158, 142, 118))
        c.polygon([(far, 256), (near, 356), (near, 376), (far, 262)], (222, 208, 180))
    for depth in (5, 3.2, 2.1, 1.4):
        for side in (-1, 1):
            x, foot = 489 + side * 560 / depth, 258 + 130 / depth
            c.stroke([(x, foot), (x, foot - 260 / depth)], (60, 70, 76), 12 / depth)
            c.oval(x, foot - 268 / depth, 17 / depth, 22 / depth, (244, 236, 208))
    return c.finish(grain=0)


_WALKERS: tuple[tuple[float, float, Colour], ...] = (
    (-70, 0.10, (150, 60, 58)),
    (36, 0.26, (44, 84, 122)),
    (-22, 0.40, (70, 104, 76)),
    (66, 0.52, (196, 142, 58)),
    (-96, 0.64, (92, 68, 112)),
    (14, 0.80, (60, 62, 74)),
)


def crossing(pen: Pen, seconds: float) -> None:
    """People who come across the bridge towards the camera."""
    for lane, start, coat in _WALKERS:
        near = 0.16 + 0.84 * (start + 0.045 * seconds) ** 1.8
        x, foot, tall = 489 + lane * near * 3.4, 282 + 232 * near, 190 * near + 14
        _walker(pen, x, foot, tall, coat, 5.4 * seconds + 9 * start)


def _walker(pen: Pen, x: float, foot: float, h: float, coat: Colour, stride: float) -> None:
    step, bob = h * 0.07 * math.sin(stride), h * 0.012 * abs(math.cos(stride))
    pen.oval(x, foot, h * 0.2, h * 0.035, (148, 136, 118))
    for leg in (-1, 1):
        lift = max(0.0, leg * step) * 0.5
        pen.stroke([(x + leg * h * 0.055, foot - h * 0.46), (x + leg * h * 0.06, foot - lift)], (48, 50, 62), h * 0.085)
        arm = leg * step * 0.7
        pen.stroke([(x + leg * h * 0.13, foot - h * 0.76), (x + leg * h * 0.18, foot - h * 0.46 + arm)], coat, h * 0.06)
    top = foot - h * 0.82 - bob
    pen.polygon(
        [(x - h * 0.13, top), (x + h * 0.13, top), (x + h * 0.14, foot - h * 0.4), (x - h * 0.14, foot - h * 0.4)], coat
    )
    pen.oval(x, top - h * 0.075, h * 0.065, h * 0.08, (212, 164, 134))
    pen.oval(x, top - h * 0.11, h * 0.068, h * 0.055, (56, 42, 36))
