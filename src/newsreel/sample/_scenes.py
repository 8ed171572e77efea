"""The drawn scenes of the sample archive: out of doors, where the light comes from the sky."""

from __future__ import annotations

import math

from PIL import Image

from newsreel.sample._canvas import Canvas, Colour

__all__ = ["aground", "derailment", "flood_aerial", "flood_bridge", "ice", "launch", "orchard", "wildfire"]


def _house(c: Canvas, left: float, foot: float, width: float, height: float, colour: Colour, lit: Colour) -> None:
    roof = width * 0.42
    c.box(left, foot - height, width, height, colour)
    c.polygon(
        [(left - 4, foot - height), (left + width / 2, foot - height - roof), (left + width + 4, foot - height)],
        tuple(int(v * 0.75) for v in colour),  # type: ignore[arg-type]
    )
    c.windows(left + width * 0.16, foot - height * 0.86, max(1, int(width // 24)), 2, (24, height * 0.42), lit)


def flood_bridge() -> Image.Image:
    """A river town at dusk, the river up to the arches of its bridge and the sills of its houses."""
    x: float
    y: float
    c = Canvas(1200, 800, 1)
    c.gradient(0, 430, [(30, 38, 78), (86, 72, 118), (196, 108, 96), (250, 178, 104)])
    for x, y, w in ((280, 120, 420), (860, 190, 520), (560, 270, 380)):
        c.cloud(x, y, w, (120, 60, 66), 34, 0.16)
    c.glow(760, 420, 190, (255, 170, 80), 0.75)
    c.ridge(c.profile(372, 70), (92, 66, 92))
    c.ridge(c.profile(402, 40), (64, 48, 74))
    c.box(0, 430, 1200, 370, (52, 40, 62))
    x = -20.0
    while x < 1200:
        width, height = float(c.random.uniform(56, 92)), float(c.random.uniform(52, 96))
        if not 250 < x < 300:
            _house(c, x, 452, width, height, (46, 36, 56), (255, 206, 120))
        x += width + float(c.random.uniform(-6, 14))
    c.box(262, 268, 34, 190, (38, 30, 48))
    c.polygon([(256, 270), (279, 158), (302, 270)], (30, 24, 40))
    c.oval(279, 300, 8, 11, (255, 214, 140))
    c.box(420, 398, 800, 26, (34, 27, 42))
    for i in range(6):
        c.box(440 + i * 140, 420, 34, 40, (34, 27, 42))
        c.polygon(
            [
                (474 + i * 140 + 53 - 53 * math.cos(a / 12 * math.pi), 456 - 22 * math.sin(a / 12 * math.pi))
                for a in range(13)
            ]
            + [(580 + i * 140, 424), (474 + i * 140, 424)],
            (34, 27, 42),
        )
    for i in range(7):
        c.stroke([(440 + i * 120, 398), (440 + i * 120, 362)], (30, 24, 38), 3)
        c.glow(440 + i * 120, 360, 20, (255, 214, 140), 0.95)
        c.oval(440 + i * 120, 360, 4, 4, (255, 244, 214))
    c.water(456, (70, 50, 60), 0.34, 9)
    for _ in range(150):
        y = float(c.random.uniform(470, 795))
        x, span = float(c.random.uniform(0, 1200)), (y - 440) * 0.16
        c.stroke([(x, y), (x + span, y)], (240, 170, 120) if 560 < x < 950 else (96, 74, 92), 1)
    c.polygon([(250, 640), (270, 676), (470, 676), (504, 632), (470, 646), (290, 648)], (20, 17, 26))
    for x, h in ((318, 92), (366, 84), (424, 104)):
        c.person(x, 660, h, (20, 17, 26))
    c.polygon([(306, 584), (330, 584), (332, 622), (304, 622)], (214, 84, 38))
    c.polygon([(411, 578), (437, 578), (438, 618), (410, 618)], (214, 84, 38))
    c.stroke([(436, 590), (520, 708)], (20, 17, 26), 4)
    return c.finish()


def flood_aerial() -> Image.Image:
    """Rooftops and treetops in brown water, from a helicopter."""
    c = Canvas(1200, 800, 2)
    c.gradient(0, 800, [(150, 126, 96), (132, 106, 76), (112, 88, 62)])
    for _ in range(260):
        x, y = float(c.random.uniform(-50, 1200)), float(c.random.uniform(0, 800))
        span = float(c.random.uniform(40, 220))
        c.stroke([(x, y), (x + span / 2, y + span * 0.05), (x + span, y - span * 0.03)], (160, 136, 106), 1.2)
    c.glow(980, 60, 260, (120, 112, 96), 0.7)
    c.stroke([(-10, 160), (420, 196), (820, 228), (1210, 282)], (128, 116, 104), 13)
    c.stroke([(-10, 160), (420, 196), (820, 228), (1210, 282)], (168, 156, 136), 2)
    roofs: list[Colour] = [(150, 66, 48), (170, 86, 60), (120, 60, 52), (96, 92, 96), (184, 104, 70)]
    for row in range(5):
        for column in range(8):
            x = 70 + column * 142 + row * 26 + float(c.random.uniform(-18, 18))
            y = 100 + row * 148 + column * 9 + float(c.random.uniform(-12, 12))
            kind = c.random.random()
            if kind < 0.3:
                _treetops(c, x, y)
            elif kind < 0.92:
                _roof(c, x, y, roofs[int(c.random.integers(len(roofs)))])
    c.polygon([(600, 520), (634, 506), (652, 512), (634, 530), (604, 532)], (236, 110, 44))
    c.stroke([(598, 530), (520, 560), (450, 574)], (196, 178, 146), 3)
    for x, y in ((612, 520), (624, 516), (636, 514)):
        c.oval(x, y, 4, 4, (40, 40, 60))
    c.veil(0, 800, (196, 190, 176), 0.34, 0.0)
    return c.finish()


def _roof(c: Canvas, x: float, y: float, colour: Colour) -> None:
    dark: Colour = (int(colour[0] * 0.68), int(colour[1] * 0.68), int(colour[2] * 0.68))
    w, h = float(c.random.uniform(64, 90)), float(c.random.uniform(26, 34))
    c.polygon([(x - 10, y + h + 8), (x + w + 2, y + h + 16), (x + w + 26, y - 2), (x + 20, y - 14)], (98, 76, 54))
    c.polygon([(x, y), (x + w, y + 8), (x + w + 12, y - h + 8), (x + 12, y - h)], dark)
    c.polygon([(x, y), (x + w, y + 8), (x + w - 12, y + h + 8), (x - 12, y + h)], colour)
    for i in range(1, 5):
        c.stroke([(x + w * i / 5, y + 2), (x + w * i / 5 - 12, y + h + 2)], dark, 1)
    c.box(x + w * 0.66, y - h * 0.7, 9, 14, (90, 60, 54))


def _treetops(c: Canvas, x: float, y: float) -> None:
    for _ in range(5):
        dx, dy, r = (float(v) for v in c.random.uniform((-34, -22, 14), (44, 24, 26)))
        c.oval(x + dx + 8, y + dy + 8, r, r * 0.9, (92, 74, 52))
        c.oval(x + dx, y + dy, r, r * 0.9, (66, 82, 52))
        c.oval(x + dx - r * 0.25, y + dy - r * 0.3, r * 0.6, r * 0.5, (92, 108, 64))


def aground() -> Image.Image:
    """A container ship hard on a sandbank under a grey morning sky, a tug at her bow."""
    x: float
    y: float
    c = Canvas(1200, 800, 3)
    c.gradient(0, 470, [(112, 136, 158), (164, 182, 194), (222, 220, 206), (244, 224, 190)])
    for x, y, w in ((240, 120, 520), (760, 90, 620), (1050, 210, 420), (480, 240, 420)):
        c.cloud(x, y, w, (46, 44, 42), 34, 0.16)
    c.ridge(c.profile(450, 26), (142, 156, 166))
    c.gradient(466, 800, [(150, 168, 172), (92, 122, 132), (52, 82, 96)])
    hull = [(190, 430), (246, 556), (980, 536), (1010, 396), (930, 404), (300, 424)]
    colours: list[Colour] = [
        (196, 70, 48),
        (38, 98, 138),
        (222, 160, 56),
        (64, 126, 96),
        (210, 204, 190),
        (120, 62, 74),
    ]
    for column in range(15):
        stack = int(c.random.integers(3, 6))
        for row in range(stack):
            colour = colours[int(c.random.integers(len(colours)))]
            x, y = 316 + column * 36, 400 - row * 24 - column * 1.2
            c.box(x, y, 34, 22, colour)
            for rib in range(1, 5):
                c.stroke([(x + rib * 7, y + 2), (x + rib * 7, y + 20)], tuple(int(v * 0.82) for v in colour), 1)  # type: ignore[arg-type]
    c.box(866, 250, 78, 154, (236, 236, 228))
    for row in range(6):
        c.box(872, 262 + row * 22, 66, 7, (60, 78, 92))
    c.box(850, 244, 110, 12, (214, 214, 206))
    c.box(884, 196, 34, 50, (192, 66, 44))
    c.stroke([(905, 200), (905, 150)], (80, 84, 88), 3)
    c.polygon(hull, (34, 52, 74))
    c.polygon([(222, 502), (246, 556), (980, 536), (992, 484)], (136, 48, 40))
    c.stroke([(205, 464), (1000, 440)], (226, 226, 218), 3)
    c.polygon([(120, 572), (320, 540), (700, 548), (1080, 560), (820, 592), (300, 600)], (206, 184, 140))
    c.polygon([(180, 580), (420, 562), (780, 566), (960, 572), (700, 590), (340, 594)], (224, 206, 164))
    for _ in range(170):
        y = float(c.random.uniform(600, 798))
        x, span = float(c.random.uniform(-40, 1200)), (y - 560) * 0.36
        c.stroke([(x, y), (x + span / 2, y - span * 0.06), (x + span, y)], (196, 210, 208), 1.2)
    c.polygon([(60, 560), (84, 596), (210, 596), (232, 548), (190, 562)], (172, 62, 40))
    c.box(116, 524, 50, 40, (240, 236, 224))
    c.box(122, 530, 38, 10, (52, 70, 84))
    c.box(132, 500, 12, 26, (40, 44, 52))
    c.stroke([(214, 560), (206, 474)], (44, 48, 54), 2)
    c.cloud(140, 470, 120, (60, 60, 62), 14, 0.12)
    c.veil(380, 600, (226, 218, 200), 0.22, 0.0)
    return c.finish()


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


def ice() -> Image.Image:
    """A research ship among floes, the aurora above."""
    size: float
    x: float
    c = Canvas(1200, 800, 5)
    c.gradient(0, 470, [(8, 16, 40), (14, 36, 68), (34, 82, 108), (120, 160, 168)])
    c.stars(240, 330)
    for strand, colour in ((0, (40, 200, 140)), (1, (60, 220, 170)), (2, (110, 110, 220))):
        for x in range(-40, 1240, 18):
            y = 150 + strand * 34 + 60 * math.sin(x / 170 + strand) + 26 * math.sin(x / 61 + 2 * strand)
            for step in range(4):
                c.glow(x, y - step * 30, 27, colour, 0.14 * (4 - step) / 2)
    c.ridge(c.profile(438, 46), (104, 142, 160))
    c.gradient(468, 800, [(96, 140, 158), (44, 86, 112), (18, 46, 72)])
    c.polygon([(388, 410), (420, 492), (836, 492), (872, 396), (800, 412)], (176, 50, 42))
    c.polygon([(410, 470), (420, 492), (836, 492), (846, 468)], (120, 32, 34))
    c.box(470, 350, 250, 62, (236, 238, 236))
    c.box(500, 306, 150, 46, (224, 228, 228))
    c.box(500, 316, 150, 10, (46, 66, 84))
    c.windows(480, 364, 11, 2, (21, 22), (255, 220, 140))
    c.box(676, 312, 30, 40, (176, 50, 42))
    c.stroke([(570, 308), (570, 226)], (210, 214, 214), 4)
    c.stroke([(770, 412), (790, 300), (850, 330)], (226, 176, 60), 6)
    c.glow(570, 226, 16, (255, 240, 200), 1.0)
    c.glow(600, 430, 180, (90, 70, 40), 0.5)
    for _ in range(120):
        y = 490 + 310 * float(c.random.beta(1.1, 1.5))
        x, size = float(c.random.uniform(-60, 1260)), (y - 452) * float(c.random.uniform(0.16, 0.5))
        edge = [
            (
                x + size * math.cos(a) * float(c.random.uniform(0.75, 1.1)),
                y + size * 0.26 * math.sin(a) * float(c.random.uniform(0.75, 1.1)),
            )
            for a in (i * math.pi / 4 for i in range(8))
        ]
        c.polygon([(px, py + size * 0.08) for px, py in edge], (92, 140, 164))
        c.polygon(edge, (206, 226, 230) if c.random.random() < 0.6 else (184, 212, 222))
    c.polygon([(-10, 800), (-10, 690), (210, 668), (420, 720), (560, 800)], (216, 230, 232))
    c.polygon([(-10, 690), (210, 668), (420, 720), (210, 690)], (236, 244, 244))
    for x, h, coat in ((150, 108, (214, 90, 40)), (214, 100, (214, 90, 40))):
        c.person(x, 756, h, (30, 36, 48))
        c.polygon(
            [(x - 17, 756 - h * 0.8), (x + 17, 756 - h * 0.8), (x + 12, 756 - h * 0.4), (x - 12, 756 - h * 0.4)], coat
        )
    c.stroke([(268, 758), (268, 640)], (60, 66, 78), 5)
    c.stroke([(240, 758), (268, 660), (298, 758)], (60, 66, 78), 4)
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
