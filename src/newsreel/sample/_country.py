"""The drawn scenes of the sample archive: hills, fields and the sky above them."""

from __future__ import annotations

import math

from PIL import Image

from newsreel.sample._canvas import Canvas

__all__ = ["derailment", "launch", "orchard", "wildfire"]


def wildfire() -> Image.Image:
    """A burning ridge at night, two firefighters before it."""
    w: float
    x: float
    y: float
    c = Canvas(1200, 800, 4)
    c.gradient(0, 560, [(22, 12, 22), (70, 24, 26), (156, 52, 26), (238, 120, 40)])
    for x, y, w in ((300, 180, 640), (820, 120, 760), (560, 300, 560)):
        c.cloud(x, y, w, (96, 36, 18), 46, 0.15)
    far = c.profile(430, 150)
    c.ridge(far, (84, 28, 24))
    near = c.profile(540, 190)
    for x in range(0, 1200, 14):
        y = float(near[x])
        height = float(c.random.gamma(3, 13)) * (0.5 + 0.9 * math.exp(-(((x - 760) / 330) ** 2)))
        c.glow(x, y - height * 0.4, 16 + height * 0.55, (255, 96, 12), 0.34)
        for scale, colour in ((1.0, (255, 120, 20)), (0.66, (255, 186, 48)), (0.34, (255, 240, 170))):
            lean = float(c.random.uniform(-8, 8))
            w = 11 * scale
            c.polygon(
                [
                    (x - w, y + 8),
                    (x - w * 0.6, y - height * scale * 0.4),
                    (x + lean, y - height * scale),
                    (x + w * 0.7, y - height * scale * 0.3),
                    (x + w, y + 8),
                ],
                colour,
            )
    c.ridge(near, (34, 14, 16))
    for _ in range(120):
        x = float(c.random.uniform(0, 1190))
        foot, tall = float(near[int(x)]) + float(c.random.uniform(20, 70)), float(c.random.uniform(26, 64))
        for level in range(3):
            w = tall * (0.12 + 0.07 * level)
            top = foot - tall + level * tall * 0.26
            c.polygon([(x - w, top + tall * 0.38), (x, top), (x + w, top + tall * 0.38)], (26, 11, 14))
    c.ridge(c.profile(690, 60), (14, 7, 10))
    for x, h in ((330, 150), (414, 138)):
        c.person(x, 732, h, (10, 6, 8))
        c.oval(x, 732 - h + 8, 17, 9, (206, 148, 28))
        c.box(x - 22, 732 - h * 0.62, 44, 6, (236, 208, 96))
    c.stroke([(424, 650), (470, 664), (520, 720), (640, 760), (900, 790)], (120, 56, 28), 5)
    for _ in range(150):
        x, y = float(c.random.uniform(0, 1200)), float(c.random.uniform(60, 640))
        c.glow(x, y, float(c.random.uniform(1, 2.4)), (255, 170, 60), 0.95)
    return c.finish()


def launch() -> Image.Image:
    """A rocket rising before dawn over a cape; upright."""
    c = Canvas(800, 1200, 6)
    c.gradient(0, 980, [(10, 14, 38), (28, 34, 78), (86, 70, 120), (214, 128, 110), (252, 196, 140)])
    c.stars(260, 560)
    c.ridge(c.profile(960, 40), (70, 52, 84))
    c.gradient(985, 1200, [(150, 100, 104), (70, 58, 84), (30, 30, 52)])
    for i in range(60):
        y = 360 + i * 10.5
        c.glow(400 + math.sin(i / 6) * (i * 0.12), y, 9 + i * 0.5, (255, 190 - i, 120 - i), 0.5)
    for _ in range(150):
        spread = float(c.random.uniform(0, 1))
        x = 400 + float(c.random.normal(0, 40 + 190 * spread))
        c.glow(
            x, 925 + 46 * spread + float(c.random.normal(0, 12)), float(c.random.uniform(18, 46)), (150, 112, 96), 0.2
        )
    c.glow(400, 345, 110, (255, 170, 90), 0.75)
    c.polygon([(390, 318), (410, 318), (405, 420), (400, 470), (395, 420)], (255, 244, 210))
    c.box(388, 178, 24, 134, (240, 240, 236))
    c.polygon([(388, 180), (400, 132), (412, 180)], (214, 216, 218))
    c.box(388, 214, 24, 7, (38, 70, 120))
    c.box(376, 236, 11, 76, (222, 222, 220))
    c.box(413, 236, 11, 76, (222, 222, 220))
    c.polygon([(376, 238), (381, 218), (387, 238)], (196, 84, 50))
    c.polygon([(413, 238), (419, 218), (424, 238)], (196, 84, 50))
    c.box(180, 700, 16, 290, (36, 30, 52))
    for i in range(14):
        c.stroke([(180, 706 + i * 20), (196, 722 + i * 20)], (84, 66, 92), 2)
    c.box(196, 760, 60, 7, (36, 30, 52))
    c.glow(188, 700, 12, (255, 70, 60), 1.0)
    for x in (90, 610, 690):
        c.box(x, 930, 46, 60, (36, 30, 52))
        c.oval(x + 23, 930, 23, 12, (36, 30, 52))
    c.water(992, (44, 40, 66), 0.35, 6)
    c.heads(1120, 22, (12, 12, 24), 2.2)
    c.heads(1170, 30, (7, 7, 16), 2.1)
    return c.finish()


def derailment() -> Image.Image:
    """A regional train off its track on an embankment, carriages askew, crews in orange."""
    x: float
    y: float
    c = Canvas(1200, 800, 8)
    c.gradient(0, 430, [(150, 170, 186), (196, 206, 208), (228, 226, 212)])
    for x, y, w in ((260, 90, 560), (900, 140, 620)):
        c.cloud(x, y, w, (40, 38, 36), 30, 0.15)
    c.ridge(c.profile(350, 60), (150, 164, 158))
    c.ridge(c.profile(410, 40), (112, 132, 108))
    for _ in range(60):
        x = float(c.random.uniform(0, 1200))
        c.stroke([(x, 440), (x, 380)], (84, 80, 70), 2)
        c.oval(x, 384, 14, 26, (92, 108, 82))
    c.polygon([(0, 470), (1200, 430), (1200, 800), (0, 800)], (110, 116, 74))
    c.polygon([(0, 560), (1200, 500), (1200, 590), (0, 690)], (140, 130, 118))
    for i in range(46):
        c.stroke([(i * 27 - 10, 578 - i * 1.4), (i * 27 + 12, 640 - i * 2.2)], (92, 76, 64), 6)
    for lift in (0, 38):
        c.stroke(
            [(0, 588 + lift), (430, 562 + lift * 0.9), (700, 552 + lift), (1200, 515 + lift * 0.7)], (70, 70, 74), 4
        )
    for i, (x, y, tilt) in enumerate(((1010, 470, -3), (742, 488, 3), (486, 540, -13), (196, 566, 11))):
        _carriage(c, x, y, tilt, first=i == 3)
    for _ in range(700):
        x, y = (float(v) for v in c.random.uniform((0, 690), (1200, 800)))
        c.stroke(
            [(x, y), (x + float(c.random.uniform(-5, 5)), y - 16)],
            (92, 108, 60) if c.random.random() < 0.5 else (136, 138, 84),
            2,
        )
    for x, y, h in ((360, 716, 104), (408, 722, 98), (640, 700, 92), (884, 664, 84), (934, 668, 80), (700, 702, 90)):
        c.person(x, y, h, (40, 44, 56))
        c.polygon(
            [
                (x - h * 0.15, y - h * 0.8),
                (x + h * 0.15, y - h * 0.8),
                (x + h * 0.11, y - h * 0.4),
                (x - h * 0.11, y - h * 0.4),
            ],
            (238, 112, 34),
        )
        c.box(x - h * 0.12, y - h * 0.6, h * 0.24, 4, (240, 236, 190))
        c.oval(x, y - h * 0.94, h * 0.09, h * 0.07, (240, 210, 60))
    c.veil(300, 520, (232, 228, 214), 0.3, 0.0)
    return c.finish()


def _carriage(c: Canvas, x: float, y: float, tilt: float, *, first: bool) -> None:
    cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))

    def turned(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x + px * cos - py * sin, y + px * sin + py * cos) for px, py in points]

    nose = -160 if first else -128
    c.polygon(turned((-134, 66), (132, 66), (150, 84), (-150, 84)), (88, 80, 68))
    c.polygon(turned((nose, 50), (-128, -46), (128, -46), (128, 62), (nose, 62)), (224, 226, 222))
    c.polygon(turned((-128, -46), (128, -46), (120, -58), (-118, -58)), (120, 126, 132))
    c.polygon(turned((nose, 40), (128, 40), (128, 62), (nose, 62)), (24, 92, 128))
    c.polygon(turned((nose + 8, 26), (128, 26), (128, 32), (nose + 8, 32)), (232, 176, 48))
    for i in range(7):
        left = -110 + i * 33
        c.polygon(turned((left, -28), (left + 26, -28), (left + 26, 8), (left, 8)), (50, 66, 80))
        c.polygon(turned((left, -28), (left + 14, -28), (left, -8)), (112, 134, 148))
    for wheel in (-96, -64, 64, 96):
        ((cx, cy),) = turned((wheel, 68))
        c.oval(cx, cy, 12, 12, (48, 46, 48))


def orchard() -> Image.Image:
    """Blossoming trees in rows at first light, frost candles burning between them."""
    c = Canvas(1200, 800, 9)
    c.gradient(0, 420, [(52, 70, 122), (120, 124, 168), (220, 168, 172), (252, 214, 180)])
    c.glow(600, 410, 230, (255, 190, 120), 0.6)
    c.ridge(c.profile(372, 50), (108, 108, 146))
    c.ridge(c.profile(402, 26), (84, 88, 118))
    c.gradient(416, 800, [(150, 158, 168), (124, 142, 140), (86, 108, 96)])
    for row in range(12):
        y = 426 + 30 * 1.27**row * 0.55
        for side in (-1, 1):
            for lane in (1, 2, 3):
                x = 600 + side * lane * (y - 396) * 0.92
                if -200 < x < 1400:
                    _tree(c, x, y, (y - 388) * 0.86)
        for gap in (-0.45, 0.45):
            x, size = 600 + gap * (y - 396), (y - 396) * 0.05
            c.box(x - size, y - size * 1.6, size * 2, size * 1.8, (70, 64, 62))
            c.glow(x, y - size * 2.6, size * 4.4, (255, 140, 40), 0.55)
            c.polygon(
                [(x - size * 0.8, y - size * 1.6), (x, y - size * 4.6), (x + size * 0.8, y - size * 1.6)],
                (255, 226, 130),
            )
    c.person(600, 560, 92, (38, 40, 54))
    c.polygon([(586, 488), (614, 488), (611, 524), (589, 524)], (62, 92, 140))
    c.veil(390, 620, (226, 214, 220), 0.42, 0.0)
    return c.finish()


def _tree(c: Canvas, x: float, y: float, size: float) -> None:
    c.stroke([(x, y), (x + size * 0.02, y - size * 0.5)], (72, 60, 62), max(1.5, size * 0.06))
    for _ in range(26):
        dx, dy = float(c.random.normal(0, size * 0.21)), float(c.random.normal(0, size * 0.15))
        r = size * float(c.random.uniform(0.05, 0.13))
        shade = float(c.random.uniform(0.82, 1.0)) - 0.12 * (dy > 0)
        c.oval(x + dx, y - size * 0.68 + dy, r, r * 0.85, (int(250 * shade), int(224 * shade), int(228 * shade)))
