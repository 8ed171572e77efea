"""A contact sheet: a film at a glance, one picture a shot."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from newsreel.core.shots import MarkKind, Shot, Transition
from newsreel.core.times import NS_PER_S
from newsreel.cutlist.lists import CutList, kinds
from newsreel.cutlist.rulers import moment_text
from newsreel.cutlist.timecodes import clock_text

__all__ = ["MOST_PICTURES", "THUMBNAIL_SIDE", "sheet", "shown"]

MOST_PICTURES = 180
"""Of a film with more shots the longest are shown: a sheet has less than 16 million pixels."""
THUMBNAIL_SIDE = 256
_COLUMNS = 6
_MARGIN, _GAP, _HEADER, _CAPTION = 24, 14, 60, 42
_PAPER, _INK, _DIM, _EMPTY = "#15171b", "#eceef1", "#9aa1ab", "#24272e"
_GRADUAL = "#f2b632"
_PILLS = {
    MarkKind.BLACK: ("#000000", "#ffffff"),
    MarkKind.BARS: ("#b5179e", "#ffffff"),
    MarkKind.FREEZE: ("#2a9fd6", "#ffffff"),
    MarkKind.SILENCE: ("#e9ecef", "#15171b"),
}
_LIKE = ("#3c4250", "#eceef1")


def shown(film: CutList) -> list[int]:
    """The places of the shots that a sheet shows, in order."""
    by_length = sorted(range(len(film.shots)), key=lambda place: -_lasts_ns(film.shots[place]))
    return sorted(by_length[:MOST_PICTURES])


def sheet(film: CutList, pictures: Mapping[int, Image.Image]) -> bytes:
    """A PNG: the shots' pictures by their places, each within `THUMBNAIL_SIDE`; one that is missing is left empty."""
    places = shown(film)
    grid = _Grid.of(len(places), film.size)
    page = Image.new("RGB", grid.page, _PAPER)
    pen = ImageDraw.Draw(page)
    _head(pen, film, len(places), grid)
    likes = film.likes
    for cell, place in enumerate(places):
        corner = grid.corner(cell)
        _picture(page, pen, pictures.get(place), corner, grid.box)
        _pills(pen, film.shots[place], likes[place], corner, grid.box)
        _caption(pen, film, place, (corner[0], corner[1] + grid.box[1]), grid.box[0])
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Grid:
    columns: int
    rows: int
    box: tuple[int, int]
    """Of a picture: width and height."""

    @classmethod
    def of(cls, pictures: int, size: tuple[int, int]) -> _Grid:
        columns = min(_COLUMNS, max(3, math.ceil(math.sqrt(pictures))))
        height = round(THUMBNAIL_SIDE * size[1] / max(size[0], 1))
        return cls(columns, math.ceil(pictures / columns), (THUMBNAIL_SIDE, min(max(height, 100), THUMBNAIL_SIDE)))

    @property
    def page(self) -> tuple[int, int]:
        width, height = self.box
        return (
            2 * _MARGIN + self.columns * (width + _GAP) - _GAP,
            2 * _MARGIN + _HEADER + self.rows * (height + _CAPTION + _GAP) - _GAP,
        )

    def corner(self, cell: int) -> tuple[int, int]:
        row, column = divmod(cell, self.columns)
        width, height = self.box
        return _MARGIN + column * (width + _GAP), _MARGIN + _HEADER + row * (height + _CAPTION + _GAP)


def _head(pen: ImageDraw.ImageDraw, film: CutList, pictures: int, grid: _Grid) -> None:
    room = grid.page[0] - 2 * _MARGIN
    pen.text((_MARGIN, _MARGIN - 6), _fitting(film.name, room, 24), _INK, _font(24))
    count = f"{len(film.shots):,} shot{'s' * (len(film.shots) > 1)}"
    if pictures < len(film.shots):
        count = f"the {pictures} longest of {count}"
    rate = f"{float(film.rate or film.frame_rate):.5g} frames/s{'' if film.rate else ', varying'}"
    length = clock_text(film.shots[-1].time.end_ns)
    said = f"{count}   {length}   {film.size[0]} x {film.size[1]}   {rate}"
    pen.text((_MARGIN, _MARGIN + 28), _fitting(said, room, 14), _DIM, _font(14))


def _picture(
    page: Image.Image,
    pen: ImageDraw.ImageDraw,
    picture: Image.Image | None,
    corner: tuple[int, int],
    box: tuple[int, int],
) -> None:
    (left, top), (width, height) = corner, box
    pen.rectangle((left, top, left + width - 1, top + height - 1), _EMPTY)
    if picture is None:
        pen.text((left + width / 2, top + height / 2), "no picture", _DIM, _font(14), anchor="mm")
        return
    picture.thumbnail(box)
    page.paste(picture, (left + (width - picture.width) // 2, top + (height - picture.height) // 2))


def _pills(
    pen: ImageDraw.ImageDraw, shot: Shot, like: int | None, corner: tuple[int, int], box: tuple[int, int]
) -> None:
    """What is marked in the shot, and which one it looks like, from the picture's lower left corner."""
    labels = [(kind.upper(), *_PILLS[kind]) for kind in kinds(shot)]
    if like is not None:
        labels.append((f"LIKE {like + 1}", *_LIKE))
    left, bottom = corner[0] + 8, corner[1] + box[1] - 8
    for label, paper, ink in labels:
        width = round(_font(11).getlength(label)) + 14
        pen.rounded_rectangle((left, bottom - 19, left + width, bottom), 4, paper, "#5a606b")
        pen.text((left + width / 2, bottom - 9), label, ink, _font(11), anchor="mm")
        left += width + 6


def _caption(pen: ImageDraw.ImageDraw, film: CutList, place: int, corner: tuple[int, int], width: int) -> None:
    """Its number and timecode; on the right how long it is, and how it ends."""
    shot = film.shots[place]
    left, middle = corner[0], corner[1] + 17
    number = f"{place + 1}"
    pen.text((left, middle), number, _INK, _font(18), anchor="lm")
    told = left + _font(18).getlength(number) + 10
    pen.text((told, middle + 1), moment_text(film, shot, shot.time.start_ns), _DIM, _font(14), anchor="lm")
    right = left + width
    _ending(pen, shot.transition, (right - 18, middle - 8))
    pen.text((right - 26, middle + 1), f"{_lasts_ns(shot) / NS_PER_S:.1f} s", _DIM, _font(14), anchor="rm")


def _ending(pen: ImageDraw.ImageDraw, transition: Transition, corner: tuple[int, int]) -> None:
    """A line between two shots, two wedges that cross, or a stop: as editing systems draw them."""
    x, y = corner
    if transition is Transition.GRADUAL:
        pen.polygon([(x, y), (x, y + 16), (x + 18, y + 16)], _GRADUAL)
        pen.polygon([(x + 3, y), (x + 18, y), (x + 18, y + 13)], _DIM)
    elif transition is Transition.CUT:
        pen.rectangle((x, y, x + 7, y + 16), _EMPTY)
        pen.rectangle((x + 11, y, x + 18, y + 16), _EMPTY)
        pen.line((x + 9, y, x + 9, y + 16), _INK, 2)
    else:
        pen.rectangle((x + 3, y + 2, x + 15, y + 14), _DIM)


def _lasts_ns(shot: Shot) -> int:
    return shot.time.end_ns - shot.time.start_ns


def _fitting(text: str, room: int, size: int) -> str:
    """As much of the text as there is room for."""
    while _font(size).getlength(text) > room and len(text) > 1:
        text = f"{text[:-2]}…"
    return text


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
