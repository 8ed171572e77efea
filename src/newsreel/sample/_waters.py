"""The drawn scenes of the sample archive: rivers and the sea."""

from __future__ import annotations

import math

from PIL import Image

from newsreel.sample._canvas import Canvas, Colour

__all__ = ["aground", "flood_aerial", "flood_bridge", "ice"]


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


def _house(c: Canvas, left: float, foot: float, width: float, height: float, colour: Colour, lit: Colour) -> None:
    roof = width * 0.42
    c.box(left, foot - height, width, height, colour)
    c.polygon(
        [(left - 4, foot - height), (left + width / 2, foot - height - roof), (left + width + 4, foot - height)],
        tuple(int(v * 0.75) for v in colour),  # type: ignore[arg-type]
    )
    c.windows(left + width * 0.16, foot - height * 0.86, max(1, int(width // 24)), 2, (24, height * 0.42), lit)


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
