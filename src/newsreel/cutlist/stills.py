"""The pictures that stand for a film's shots, drawn from it once more: as stills, and on a contact sheet."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image

from newsreel.cutlist.files import write_whole
from newsreel.cutlist.lists import CutList
from newsreel.cutlist.pictures import frames_at
from newsreel.cutlist.rulers import moment_text
from newsreel.cutlist.sheet import THUMBNAIL_SIDE, sheet, shown
from newsreel.ingest.videos import Frame

__all__ = ["Stills", "draw"]

_QUALITY = 92


@dataclass(frozen=True, slots=True)
class Stills:
    """Where stills go, and how they are written."""

    folder: Path
    format: Literal["jpg", "png"] = "jpg"


def draw(film: CutList, sheet_file: Path | None, stills: Stills | None, limit_s: float) -> int:
    """Writes a PNG of the film's contact sheet, its stills, or both in one reading of the film.

    Stills are as large as the film is shown. Returns how many of the pictures could not be found again. Raises
    UnreadableError; OSError where something cannot be read or written.
    """
    on_sheet = set(shown(film)) if sheet_file else set()
    wanted = range(len(film.shots)) if stills else sorted(on_sheet)
    thumbnails: dict[int, Image.Image] = {}
    if stills:
        stills.folder.mkdir(exist_ok=True)
    drawn = 0
    for place, frame in _keyframes(film, wanted, limit_s):
        drawn += 1
        if stills:
            write_whole(stills.folder / _name(film, place, frame, stills.format), _still(frame, stills.format))
        if place in on_sheet:
            thumbnails[place] = Image.fromarray(frame.picture(THUMBNAIL_SIDE))
    if sheet_file:
        write_whole(sheet_file, sheet(film, thumbnails))
    return len(wanted) - drawn


def _keyframes(film: CutList, wanted: Sequence[int], limit_s: float) -> Iterator[tuple[int, Frame]]:
    places = {film.shots[place].keyframe_ns: place for place in wanted}
    moments = [moment for moment in places if moment is not None]
    for frame in frames_at(film.path, moments, limit_s, whole=not film.loss):
        yield places[frame.time_ns], frame


def _still(frame: Frame, form: str) -> bytes:
    out = io.BytesIO()
    picture = Image.fromarray(frame.picture(max(frame.size)))
    if form == "png":
        picture.save(out, "PNG")
    else:
        picture.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()


def _name(film: CutList, place: int, frame: Frame, form: str) -> str:
    """`shot-0012_00-01-04-12.jpg`: the shot's number, and the picture's timecode, or its time."""
    moment = re.sub("[:;]", "-", moment_text(film, film.shots[place], frame.time_ns))
    return f"shot-{place + 1:04}_{moment}.{form}"
