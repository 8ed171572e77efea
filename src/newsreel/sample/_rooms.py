"""The drawn scenes of the sample archive: among people, where the light comes from lamps."""

from __future__ import annotations

import math

from PIL import Image

from newsreel.sample._canvas import Canvas, Colour

__all__ = ["count", "final", "market", "parliament", "protest"]


def parliament() -> Image.Image:
    """A chamber seen from the gallery: a lit rostrum, benches in half circles."""
    x: float
    y: float
    c = Canvas(1200, 800, 10)
    c.gradient(0, 800, [(44, 28, 22), (104, 66, 42), (82, 50, 34)])
    for i in range(9):
        x = 60 + i * 135
        c.box(x - 26, 40, 52, 300, (124, 82, 52))
        c.box(x - 15, 40, 30, 300, (148, 102, 66))
        c.box(x - 34, 26, 68, 18, (164, 118, 78))
    c.box(0, 0, 1200, 30, (64, 40, 28))
    c.box(490, 60, 220, 240, (14, 44, 56))
    c.box(500, 70, 200, 220, (22, 84, 98))
    c.oval(600, 176, 70, 70, (230, 196, 120))
    c.oval(600, 176, 60, 60, (22, 84, 98))
    for i in range(3):
        c.stroke(
            [(556 + k * 4, 158 + i * 20 + 7 * math.sin(k / 22 * 4 * math.pi)) for k in range(23)], (238, 210, 140), 6
        )
    for x in (330, 870):
        c.glow(x, 90, 90, (255, 214, 150), 0.75)
        c.oval(x, 90, 20, 14, (255, 246, 222))
    c.glow(600, 330, 230, (255, 210, 150), 0.5)
    c.polygon([(430, 330), (770, 330), (800, 420), (400, 420)], (104, 62, 36))
    c.polygon([(430, 330), (770, 330), (764, 318), (436, 318)], (170, 116, 70))
    c.person(600, 408, 130, (30, 32, 52))
    c.oval(600, 290, 9, 11, (222, 176, 146))
    c.polygon([(540, 372), (660, 372), (674, 452), (526, 452)], (132, 82, 48))
    c.polygon([(540, 372), (660, 372), (656, 362), (544, 362)], (196, 142, 90))
    suits: list[Colour] = [(34, 40, 62), (52, 46, 50), (28, 30, 38), (92, 38, 48), (62, 72, 88), (30, 66, 76)]
    skins: list[Colour] = [(206, 158, 128), (166, 116, 86), (120, 78, 56), (224, 182, 152)]
    for row in range(6):
        radius = 330 + row * 96
        for seat in range(17 + 2 * row):
            angle = math.pi * (0.06 + 0.88 * seat / (16 + 2 * row))
            x, y = 600 - radius * 1.12 * math.cos(angle), 310 + radius * 0.62 * math.sin(angle)
            size = 10 + row * 3.2
            if abs(x - 600) < 34 + row * 8 or y > 860:
                continue
            c.oval(x, y, size * 1.15, size * 1.1, suits[int(c.random.integers(len(suits)))])
            c.oval(
                x,
                y - size * 1.3,
                size * 0.62,
                size * 0.75,
                (44, 32, 26) if row > 2 else skins[int(c.random.integers(len(skins)))],
            )
        arc = [
            (600 - radius * 1.12 * math.cos(a), 322 + row * 5 + radius * 0.62 * math.sin(a))
            for a in (math.pi * (0.04 + 0.92 * i / 60) for i in range(61))
        ]
        c.stroke(arc, (112 - row * 8, 66 - row * 5, 40 - row * 3), 15 + row * 4)
        c.stroke([(x, y - 8 - row * 2) for x, y in arc], (168 - row * 14, 108 - row * 10, 66 - row * 6), 3)
    c.glow(600, 380, 300, (90, 66, 36), 0.55)
    return c.finish()


def final() -> Image.Image:
    """A floodlit stadium at night: a striker about to shoot, the stands behind."""
    c = Canvas(1200, 800, 11)
    c.gradient(0, 200, [(10, 14, 34), (24, 36, 70)])
    c.gradient(200, 470, [(28, 34, 56), (40, 44, 66)])
    shirts: list[Colour] = [(186, 40, 48), (214, 60, 58), (236, 232, 226), (46, 52, 84), (150, 34, 44), (80, 84, 110)]
    for row in range(26):
        for x in range(0, 1200, 11):
            jitter = [float(v) for v in c.random.uniform(-3, 3, 2)]
            colour = shirts[int(c.random.integers(len(shirts)))]
            dim = 0.42 + 0.02 * row
            c.oval(
                x + jitter[0] + row % 2 * 5,
                208 + row * 10 + jitter[1],
                4.2,
                5,
                (int(colour[0] * dim), int(colour[1] * dim), int(colour[2] * dim)),
            )
    c.soften(1.1)
    c.polygon([(0, 120), (1200, 120), (1200, 196), (0, 196)], (20, 24, 40))
    c.polygon([(0, 108), (1200, 108), (1200, 124), (0, 124)], (60, 70, 98))
    for x in (150, 450, 750, 1050):
        for i in range(5):
            c.glow(x - 44 + i * 22, 96, 13, (255, 255, 240), 1.0)
        c.glow(x, 96, 150, (130, 160, 210), 0.55)
        c.polygon([(x - 60, 104), (x + 60, 104), (x + 50, 112), (x - 50, 112)], (44, 52, 74))
    for i in range(12):
        c.box(i * 100, 468, 99, 34, (22, 56, 120) if i % 2 else (190, 38, 48))
    c.gradient(502, 800, [(44, 118, 58), (52, 140, 64), (34, 98, 46)])
    for i in range(7):
        if i % 2:
            c.polygon([(i * 172, 502), (i * 172 + 172, 502), (i * 260 - 60, 800), (i * 260 - 330, 800)], (48, 128, 60))
    c.stroke([(0, 620), (1200, 560)], (226, 236, 226), 4)
    for a, b in (((880, 560), (880, 360)), ((880, 360), (1170, 340)), ((1170, 340), (1170, 546))):
        c.stroke([a, b], (240, 242, 244), 8)
    for i in range(15):
        c.stroke([(884 + i * 20, 364 - i * 1.4), (908 + i * 17, 520)], (170, 178, 190), 1)
    for i in range(9):
        c.stroke([(884, 380 + i * 20), (1168, 362 + i * 20)], (170, 178, 190), 1)
    _player(c, 1010, 566, 120, (236, 206, 60), (40, 42, 50), reach=True)
    _player(c, 250, 610, 170, (34, 62, 130), (232, 232, 236))
    _player(c, 520, 690, 270, (200, 36, 46), (244, 244, 244), kick=True)
    c.oval(690, 662, 17, 17, (246, 246, 246))
    c.polygon([(690, 653), (698, 660), (695, 669), (685, 669), (682, 660)], (36, 38, 44))
    for x, y in ((520, 700), (250, 616), (1010, 570), (694, 684)):
        c.glow(x, y, 16, (-40, -50, -40), 0.7)
    c.glow(600, 120, 420, (60, 76, 100), 0.35)
    return c.finish()


def _player(
    c: Canvas,
    x: float,
    foot: float,
    h: float,
    shirt: Colour,
    shorts: Colour,
    *,
    kick: bool = False,
    reach: bool = False,
) -> None:
    skin: Colour = (150, 102, 74)
    w = h * 0.06
    hip, neck = foot - h * 0.48, foot - h * 0.84
    swing = h * 0.42 if kick else h * 0.1
    c.stroke([(x - w * 0.6, hip), (x - h * 0.06, foot - h * 0.24), (x - h * 0.1, foot)], skin, w)
    c.stroke([(x + w * 0.6, hip), (x + swing * 0.7, foot - h * 0.3), (x + swing * 1.1, foot - h * 0.08)], skin, w)
    c.stroke([(x + swing * 0.95, foot - h * 0.15), (x + swing * 1.12, foot - h * 0.07)], shirt, w * 1.1)
    c.stroke([(x - h * 0.085, foot - h * 0.12), (x - h * 0.1, foot)], shirt, w * 1.1)
    c.polygon(
        [
            (x - w * 1.7, hip - h * 0.06),
            (x + w * 1.7, hip - h * 0.06),
            (x + w * 2.6, hip + h * 0.1),
            (x, hip + h * 0.05),
            (x - w * 2, hip + h * 0.12),
        ],
        shorts,
    )
    arms = [(-0.3, 0.2), (0.28, 0.02)] if not reach else [(-0.3, -0.2), (0.3, -0.22)]
    for dx, dy in arms:
        c.stroke(
            [(x, neck + h * 0.05), (x + dx * h * 0.55, neck + dy * h * 0.5 + h * 0.06), (x + dx * h, neck + dy * h)],
            skin,
            w * 0.8,
        )
        c.stroke([(x, neck + h * 0.05), (x + dx * h * 0.5, neck + dy * h * 0.45 + h * 0.06)], shirt, w * 1.2)
    c.polygon([(x - w * 2, neck), (x + w * 2, neck), (x + w * 1.7, hip), (x - w * 1.7, hip)], shirt)
    c.oval(x + (h * 0.02 if kick else 0), neck - h * 0.075, h * 0.055, h * 0.068, skin)
    c.oval(x + (h * 0.015 if kick else 0), neck - h * 0.1, h * 0.056, h * 0.045, (34, 24, 20))


def count() -> Image.Image:
    """Counting tables under hanging lamps, ballot boxes and stacks of paper."""
    x: float
    c = Canvas(1200, 800, 12)
    c.gradient(0, 800, [(36, 54, 66), (66, 92, 102), (52, 70, 78)])
    for i in range(7):
        c.box(60 + i * 170, 70, 110, 150, (92, 128, 142))
        c.box(68 + i * 170, 78, 94, 134, (28, 44, 66))
        c.stroke([(115 + i * 170, 78), (115 + i * 170, 212)], (92, 128, 142), 4)
    c.box(0, 250, 1200, 8, (40, 58, 66))
    c.polygon([(0, 330), (1200, 330), (1200, 800), (0, 800)], (126, 104, 82))
    for x in (200, 600, 1000):
        c.stroke([(x, 0), (x, 118)], (24, 34, 40), 3)
        c.polygon([(x - 64, 150), (x - 26, 112), (x + 26, 112), (x + 64, 150)], (28, 62, 58))
        c.oval(x, 152, 46, 8, (255, 246, 214))
        c.glow(x, 190, 170, (150, 130, 90), 0.65)
    coats: list[Colour] = [(150, 58, 60), (44, 74, 112), (60, 96, 76), (188, 140, 62), (88, 68, 104), (66, 70, 80)]
    skins: list[Colour] = [(212, 166, 136), (170, 120, 90), (124, 82, 60), (230, 190, 160)]
    for row, (y, size, people) in enumerate(((380, 0.62, 11), (500, 0.85, 8), (660, 1.2, 6))):
        for i in range(people):
            x = (i + 0.5 + 0.2 * (row % 2)) * 1200 / people + float(c.random.uniform(-14, 14))
            coat = coats[int(c.random.integers(len(coats)))]
            skin = skins[int(c.random.integers(len(skins)))]
            hair: Colour = [(40, 30, 26), (92, 62, 40), (150, 140, 132), (28, 24, 28)][int(c.random.integers(4))]
            lean = float(c.random.uniform(-8, 8)) * size
            c.oval(x, y + 34 * size, 46 * size, 54 * size, coat)
            c.oval(x + lean, y - 36 * size, 19 * size, 23 * size, skin)
            c.oval(x + lean, y - 47 * size, 20 * size, 15 * size, hair)
        top = y + 34 * size
        c.polygon([(-10, top), (1210, top), (1210, top + 46 * size), (-10, top + 46 * size)], (216, 206, 186))
        c.polygon(
            [(-10, top + 46 * size), (1210, top + 46 * size), (1210, top + 60 * size), (-10, top + 60 * size)],
            (146, 128, 104),
        )
        for i in range(people * 2):
            x = (i + 0.3) * 1200 / people / 2
            height = float(c.random.integers(1, 5)) * 6 * size
            c.polygon(
                [
                    (x, top + 22 * size - height),
                    (x + 40 * size, top + 20 * size - height),
                    (x + 44 * size, top + 30 * size),
                    (x + 3 * size, top + 32 * size),
                ],
                (250, 248, 240),
            )
            c.stroke(
                [(x + 2 * size, top + 27 * size - height), (x + 41 * size, top + 25 * size - height)],
                (178, 60, 60) if i % 3 else (60, 96, 150),
                2.4 * size,
            )
    for x in (130, 610, 1080):
        c.polygon([(x - 66, 690), (x + 66, 690), (x + 58, 800), (x - 58, 800)], (178, 200, 208))
        c.polygon([(x - 70, 690), (x - 56, 668), (x + 56, 668), (x + 70, 690)], (112, 140, 152))
        c.box(x - 24, 676, 48, 5, (30, 40, 48))
        c.box(x - 44, 720, 88, 40, (40, 76, 120))
        c.polygon([(x - 16, 676), (x + 14, 676), (x + 20, 640), (x - 10, 636)], (250, 248, 240))
    return c.finish(grain=0)


def protest() -> Image.Image:
    """A crowded square in winter light, placards with house signs above the heads."""
    c = Canvas(1200, 800, 13)
    c.gradient(0, 420, [(150, 178, 206), (206, 216, 222), (250, 226, 190)])
    c.glow(960, 200, 200, (255, 220, 160), 0.6)
    facades: list[Colour] = [(186, 146, 112), (160, 116, 98), (204, 176, 138), (142, 120, 122), (190, 130, 100)]
    x = -30.0
    while x < 1230:
        width, top = float(c.random.uniform(118, 168)), float(c.random.uniform(120, 190))
        colour = facades[int(c.random.integers(len(facades)))]
        c.box(x, top, width, 400, colour)
        c.polygon(
            [(x - 4, top), (x + width * 0.16, top - 44), (x + width * 0.84, top - 44), (x + width + 4, top)],
            (104, 70, 64),
        )
        for column in range(4):
            for row in range(4):
                wx, wy = x + width * (0.1 + 0.22 * column), top + 26 + row * 66
                c.box(wx, wy, width * 0.13, 40, (84, 92, 104))
                c.box(wx, wy, width * 0.13, 14, (150, 164, 172))
        x += width
    c.veil(100, 480, (246, 222, 190), 0.1, 0.5)
    c.box(585, 150, 30, 320, (150, 140, 128))
    c.box(560, 440, 80, 60, (140, 130, 118))
    c.person(600, 152, 92, (84, 104, 96))
    for row in range(10):
        y, size = 440 + row * row * 3.6 + row * 6, 8 + row * 3.4
        shade = 1 - row / 13
        for _ in range(13 - row):
            px, up = float(c.random.uniform(0, 1200)), size * float(c.random.uniform(3, 5))
            _placard(c, px, y, up, size, int(c.random.integers(4)), shade)
        c.heads(y, size, (int(34 + 110 * shade), int(32 + 92 * shade), int(44 + 80 * shade)), 1.8)
    return c.finish()


def _placard(c: Canvas, x: float, foot: float, up: float, size: float, kind: int, shade: float) -> None:
    paper: Colour = [(250, 246, 234), (232, 74, 56), (246, 200, 70), (58, 104, 160)][kind]
    ink: Colour = (250, 246, 234) if kind in (1, 3) else (44, 40, 52)
    paper = (int(paper[0] * (1 - shade * 0.15)), int(paper[1] * (1 - shade * 0.15)), paper[2])
    w, h, top = size * 2.6, size * 1.9, foot - up - size * 1.9
    c.stroke([(x, foot), (x, top + h / 2)], (120, 90, 62), size * 0.16)
    c.box(x - w / 2, top, w, h, paper)
    if kind % 2:  # a house
        c.polygon([(x - h * 0.36, top + h * 0.48), (x, top + h * 0.14), (x + h * 0.36, top + h * 0.48)], ink)
        c.box(x - h * 0.25, top + h * 0.46, h * 0.5, h * 0.38, ink)
        c.box(x - h * 0.07, top + h * 0.6, h * 0.14, h * 0.24, paper)
    else:  # lines of writing
        for i in range(3):
            c.box(x - w * 0.36, top + h * (0.2 + 0.24 * i), w * (0.72 - 0.16 * (i == 2)), h * 0.11, ink)


def market() -> Image.Image:
    """Striped awnings along a street, fruit in crates, shoppers against the light."""
    y: float
    c = Canvas(1200, 800, 14)
    c.gradient(0, 800, [(250, 226, 176), (244, 196, 136), (196, 140, 100)])
    c.glow(600, 300, 260, (255, 236, 190), 0.7)
    for side in (-1, 1):
        for depth in range(6, 0, -1):
            near, far = 600 + side * 720 / depth, 600 + side * 720 / (depth + 1)
            top_near, top_far = 330 - 420 / depth, 330 - 420 / (depth + 1)
            shade = 1 - depth / 9
            wall: Colour = [(214, 150, 104), (228, 182, 124), (190, 124, 98), (206, 166, 132)][depth % 4]
            wall = (int(wall[0] - 60 * shade), int(wall[1] - 56 * shade), int(wall[2] - 40 * shade))
            c.polygon([(near, top_near), (far, top_far), (far, 560), (near, 760)], wall)
            for floor in range(2):
                wx, wy = near + (far - near) * 0.4, top_near + (330 - top_near) * (0.2 + 0.36 * floor)
                c.box(wx - 150 / depth / 8, wy, 150 / depth / 4, 190 / depth / 2, (96, 84, 84))
    c.veil(120, 560, (255, 232, 186), 0.05, 0.42)
    c.polygon([(470, 520), (730, 520), (1200, 800), (0, 800)], (208, 168, 128))
    for y in (560, 600, 660, 740):
        c.stroke([(600 - (y - 430) * 1.6, y), (600 + (y - 430) * 1.6, y)], (178, 138, 106), 2)
    awnings: list[Colour] = [(190, 54, 50), (38, 112, 104), (222, 146, 44), (58, 84, 140)]
    for i, scale in enumerate((0.36, 0.54, 0.8, 1.16)):
        for side in (-1, 1):
            _stall(c, 600 + side * (90 + 330 * scale), 500 + 190 * scale, scale, awnings[(i + (side > 0)) % 4])
    coats: list[Colour] = [(70, 60, 84), (124, 60, 58), (52, 78, 88), (90, 84, 62), (60, 52, 60)]
    for i, (x, y, h) in enumerate(
        (
            (566, 548, 84),
            (622, 556, 92),
            (660, 590, 120),
            (540, 610, 132),
            (600, 660, 168),
            (476, 716, 214),
            (700, 740, 232),
        )
    ):
        c.person(x, y, h, coats[i % len(coats)])
        c.polygon(
            [
                (x + h * 0.11, y - h * 0.44),
                (x + h * 0.24, y - h * 0.44),
                (x + h * 0.22, y - h * 0.28),
                (x + h * 0.13, y - h * 0.28),
            ],
            (196, 158, 104),
        )
        c.stroke([(x, y), (x - h * 0.1, y + h * 0.16)], (166, 126, 98), h * 0.1)
    c.glow(600, 330, 330, (80, 60, 30), 0.5)
    for x in range(0, 1201, 60):
        y = 150 + 60 * math.sin(x / 1200 * math.pi)
        c.stroke([(x, y), (x + 60, 150 + 60 * math.sin((x + 60) / 1200 * math.pi))], (110, 84, 70), 2)
        c.polygon([(x + 12, y + 2), (x + 44, y + 2), (x + 28, y + 36)], awnings[x // 60 % 4])
    return c.finish()


def _stall(c: Canvas, x: float, foot: float, s: float, colour: Colour) -> None:
    width, top = 300 * s, foot - 260 * s
    for post in (-0.46, 0.46):
        c.stroke([(x + width * post, top), (x + width * post, foot)], (96, 72, 56), 7 * s)
    c.box(x - width / 2, foot - 92 * s, width, 92 * s, (136, 96, 66))
    for crate in range(5):
        left = x - width * 0.48 + crate * width * 0.195
        fruit: Colour = [(214, 62, 44), (236, 160, 40), (120, 160, 58), (238, 206, 76), (128, 60, 96)][crate]
        for row in range(3):
            for i in range(6):
                c.oval(
                    left + (i + 0.5 * (row % 2)) * width * 0.028 + 8 * s,
                    foot - (86 + row * 9) * s,
                    7.5 * s,
                    7.5 * s,
                    (fruit[0] - row * 10, fruit[1] - row * 10, fruit[2] - row * 10),
                )
        c.box(left, foot - 84 * s, width * 0.18, 34 * s, (176, 128, 84))
        c.stroke([(left, foot - 68 * s), (left + width * 0.18, foot - 68 * s)], (136, 96, 66), 2 * s)
    stripes = 10
    for i in range(stripes):
        left, right = x + width * (i / stripes - 0.5) * 1.16, x + width * ((i + 1) / stripes - 0.5) * 1.16
        tone = colour if i % 2 else (246, 236, 216)
        shift = -18 * s * (i / stripes - 0.5)
        c.polygon(
            [
                (left * 0.9 + x * 0.1 + shift, top - 46 * s),
                (right * 0.9 + x * 0.1 + shift, top - 46 * s),
                (right, top + 20 * s),
                (left, top + 20 * s),
            ],
            tone,
        )
        c.oval((left + right) / 2, top + 20 * s, (right - left) / 2, 11 * s, tone)
