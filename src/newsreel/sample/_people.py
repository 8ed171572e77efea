"""Two people who speak to a camera: a harbour pilot and a mayor."""

from __future__ import annotations

import math

from PIL import Image

from newsreel.sample._canvas import Canvas, Colour
from newsreel.sample._pen import Pen

__all__ = ["announcing", "mayor", "pilot", "speaking"]


_SKIN: Colour = (206, 152, 120)


def pilot() -> Image.Image:
    """A pilot in a yellow oilskin on the quay, boats and a light behind him, out of focus."""
    c = Canvas(960, 540, 21)
    c.gradient(0, 300, [(126, 160, 186), (188, 206, 208), (238, 224, 196)])
    for x, y, w in ((240, 70, 420), (760, 110, 380)):
        c.cloud(x, y, w, (40, 36, 32), 16, 0.16)
    c.ridge(c.profile(286, 26), (128, 148, 158))
    c.gradient(300, 540, [(150, 172, 176), (86, 120, 132), (56, 88, 102)])
    for x, hull in ((90, (38, 88, 120)), (250, (172, 62, 44)), (742, (46, 104, 86)), (880, (206, 156, 66))):
        c.polygon([(x - 64, 300), (x + 66, 300), (x + 46, 334), (x - 48, 334)], hull)
        c.box(x - 26, 268, 48, 34, (232, 230, 222))
        c.box(x - 20, 276, 36, 10, (64, 84, 98))
        c.stroke([(x + 6, 268), (x + 6, 176)], (92, 84, 76), 3)
        c.stroke([(x + 6, 182), (x + 58, 292)], (110, 102, 94), 1.5)
    c.box(612, 150, 26, 152, (238, 236, 228))
    c.box(612, 186, 26, 26, (190, 54, 46))
    c.box(612, 240, 26, 26, (190, 54, 46))
    c.box(608, 136, 34, 16, (70, 74, 82))
    c.glow(625, 132, 26, (255, 226, 150), 0.8)
    c.soften(2.4)
    _oilskin(c)
    _face(c)
    return c.finish(grain=0)


def _oilskin(c: Canvas) -> None:
    yellow, shade, light = (232, 176, 44), (196, 138, 30), (246, 206, 92)
    c.polygon([(250, 540), (276, 420), (330, 380), (430, 356), (530, 380), (588, 420), (614, 540)], yellow)
    c.polygon([(250, 540), (276, 420), (318, 388), (330, 540)], shade)
    c.polygon([(540, 540), (552, 396), (588, 420), (614, 540)], shade)
    c.polygon([(372, 362), (430, 438), (488, 362), (506, 386), (438, 478), (422, 478), (354, 386)], light)
    c.stroke([(430, 470), (430, 540)], shade, 3)
    for y in (490, 522):
        c.oval(430, y, 6, 6, (120, 92, 40))
    for points in ([(276, 470), (328, 476)], [(536, 476), (604, 470)]):
        c.stroke(points, (226, 230, 226), 12)
    c.polygon([(392, 330), (468, 330), (480, 384), (430, 436), (380, 384)], (40, 62, 86))
    c.polygon([(398, 316), (462, 316), (466, 372), (430, 398), (394, 372)], (176, 122, 94))
    c.box(446, 432, 18, 26, (48, 50, 54))
    c.oval(455, 426, 10, 13, (34, 36, 40))


def _face(c: Canvas) -> None:
    c.oval(430, 250, 74, 96, _SKIN)
    for side in (-1, 1):
        c.oval(430 + side * 73, 256, 12, 20, (190, 134, 104))
        c.oval(430 + side * 42, 282, 20, 15, (214, 146, 118))
        c.stroke([(430 + side * 15, 226), (430 + side * 30, 219), (430 + side * 46, 226)], (128, 118, 108), 6)
    c.polygon([(428, 236), (414, 282), (436, 286)], (184, 128, 98))
    for dx, dy, turn in ((-66, -18, -8), (66, -18, 8), (-60, 20, -6), (60, 20, 6)):
        c.stroke([(430 + dx, 250 + dy - 34), (430 + dx + turn, 250 + dy + 20)], (158, 148, 136), 15)
    c.polygon([(352, 206), (360, 150), (396, 122), (464, 122), (500, 150), (508, 206)], (44, 66, 92))
    c.polygon([(346, 216), (352, 188), (508, 188), (514, 216)], (34, 52, 74))
    for x in range(374, 496, 12):
        c.stroke([(x, 126 + abs(x - 430) * 0.34), (x, 186)], (54, 78, 106), 2)
    c.oval(430, 168, 15, 11, (222, 190, 104))


def speaking(pen: Pen, seconds: float) -> None:
    """The pilot's mouth and eyes, and the light of the lighthouse behind."""
    pen.haze(625, 132, 22, 18, (255, 240, 190), 0.35 + 0.3 * math.sin(2 * seconds))
    syllable = abs(math.sin(7.3 * seconds) * math.sin(2.9 * seconds + 0.6))
    pen.oval(430, 312, 20 - 4 * syllable, 2.5 + 9 * syllable, (112, 50, 48))
    pen.stroke([(408, 309), (430, 307 - 2 * syllable), (452, 309)], (166, 96, 82), 3)
    shut = math.sin(2.1 * seconds + 0.9) > 0.985
    for x in (400, 460):
        if shut:
            pen.stroke([(x - 11, 246), (x, 248), (x + 11, 246)], (140, 96, 76), 3)
            continue
        pen.oval(x, 245, 11, 7.5, (244, 240, 232))
        pen.oval(x + 3.5 * math.sin(0.7 * seconds), 245.5, 5.2, 6.2, (54, 84, 96))
        pen.oval(x + 3.5 * math.sin(0.7 * seconds), 245.5, 2.4, 2.8, (20, 24, 28))


def mayor() -> Image.Image:
    """The mayor at a lectern before the town hall, microphones in front of her."""
    c = Canvas(960, 540, 32)
    c.gradient(0, 540, [(214, 190, 156), (188, 158, 124), (150, 120, 96)])
    for x in range(30, 960, 180):
        c.box(x, 40, 92, 250, (112, 120, 128))
        c.box(x + 8, 48, 76, 234, (150, 168, 178))
        c.stroke([(x + 46, 48), (x + 46, 282)], (112, 120, 128), 5)
        c.stroke([(x + 8, 150), (x + 84, 150)], (112, 120, 128), 5)
        c.box(x - 10, 290, 112, 14, (226, 208, 178))
    for x in (132, 672):
        c.polygon([(x, 20), (x + 66, 34), (x + 66, 230), (x + 33, 206), (x, 216)], (22, 84, 98))
        c.oval(x + 33, 112, 22, 22, (230, 196, 120))
        c.oval(x + 33, 112, 17, 17, (22, 84, 98))
    c.soften(1.8)
    c.polygon([(330, 540), (350, 402), (420, 366), (480, 356), (540, 366), (610, 402), (632, 540)], (120, 36, 60))
    c.polygon([(330, 540), (350, 402), (392, 380), (404, 540)], (96, 28, 50))
    c.polygon([(446, 352), (480, 452), (514, 352), (528, 366), (484, 498), (476, 498), (432, 366)], (236, 228, 214))
    c.stroke([(402, 372), (432, 440), (480, 478), (528, 440), (558, 372)], (216, 176, 84), 8)
    c.oval(480, 484, 17, 17, (232, 196, 100))
    c.polygon([(452, 308), (508, 308), (514, 356), (480, 382), (446, 356)], (104, 68, 50))
    for dx, dy, r in ((0, -66, 74), (-58, -22, 46), (58, -22, 46), (-62, 34, 34), (62, 34, 34)):
        c.oval(480 + dx, 232 + dy, r, r, (42, 34, 36))
    c.oval(480, 240, 66, 86, (134, 88, 64))
    c.polygon([(416, 214), (440, 160), (500, 152), (544, 214), (520, 182), (470, 178)], (42, 34, 36))
    for side in (-1, 1):
        c.oval(480 + side * 66, 296, 5, 8, (230, 196, 100))
        c.stroke([(480 + side * 14, 216), (480 + side * 28, 209), (480 + side * 44, 215)], (38, 28, 28), 5)
        c.oval(480 + side * 37, 270, 17, 12, (150, 92, 70))
    c.polygon([(478, 230), (466, 268), (488, 271)], (112, 70, 52))
    c.polygon([(300, 470), (660, 470), (690, 540), (270, 540)], (98, 66, 44))
    c.polygon([(312, 456), (648, 456), (660, 472), (300, 472)], (140, 98, 64))
    for x, lean, tint in (
        (424, 26, (190, 50, 48)),
        (470, 6, (40, 96, 150)),
        (520, -14, (226, 170, 52)),
        (560, -34, (60, 62, 70)),
    ):
        c.stroke([(x, 458), (x + lean, 400)], (44, 46, 52), 5)
        c.oval(x + lean, 396, 10, 13, (36, 38, 44))
        c.box(x + lean - 10, 402, 20, 13, tint)
    return c.finish(grain=0)


def announcing(pen: Pen, seconds: float) -> None:
    """The mayor's mouth and eyes; now and then a photographer's light on the wall."""
    syllable = abs(math.sin(6.4 * seconds + 0.4) * math.sin(3.3 * seconds))
    pen.oval(480, 300, 18 - 3 * syllable, 2.5 + 8 * syllable, (92, 34, 40))
    pen.stroke([(460, 297), (480, 294 - 2 * syllable), (500, 297)], (166, 70, 74), 3.4)
    shut = math.sin(2.3 * seconds + 2.2) > 0.985
    for x in (453, 507):
        if shut:
            pen.stroke([(x - 10, 234), (x, 236), (x + 10, 234)], (74, 46, 36), 3)
            continue
        pen.oval(x, 233, 10, 7, (240, 234, 226))
        pen.oval(x + 3 * math.sin(0.9 * seconds), 233.5, 5, 6, (52, 36, 30))
