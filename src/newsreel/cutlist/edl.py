"""A cut list as an EDL (CMX 3600), which every editing system reads, and one read back."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import Any

from opentimelineio import adapters, schema

from newsreel.core.errors import UnreadableError, UsageError
from newsreel.core.shots import Shot
from newsreel.cutlist._timeline import FAULTS, places, span, timeline
from newsreel.cutlist.lists import CutList
from newsreel.cutlist.rulers import Ruler
from newsreel.cutlist.timecodes import Timecode

__all__ = ["MOST_EVENTS", "edl", "read_edl"]

MOST_EVENTS = 999
"""Their numbers have three digits."""
_REEL_LENGTH, _TITLE_LENGTH = 8, 70
_RESERVED = ("AX", "BL", "BLACK", "BARS")
"""Reels that mean something else: an auxiliary source, black, colour bars."""
_DROPPED = re.compile(r"^\d.*:\d\d;\d\d", re.MULTILINE)
"""An event in drop-frame timecode."""


def edl(film: CutList) -> str:
    """The film as it stands: an event a shot, the record side as the source side, every transition a cut.

    A gradual one is cut in its middle, with a comment that says where it is: the flattened film no longer holds the
    frames that a dissolve would be made of. Raises UsageError where no EDL can say it, with the remedy.
    """
    code = _timecode(film)
    ruler = Ruler(_reckoned(code), by_frame=True, start=code.start)
    reel = _reel(film)

    def said(_: int, shot: Shot) -> dict[str, Any]:
        return {"cmx_3600": {"reel": reel, "comments": _comments(shot, code)}}

    made = timeline(film, ruler, schema.MissingReference, said)
    made.name = film.name[:_TITLE_LENGTH]
    if code.start:  # what comes before; so the record side has the film's own timecode too
        made.tracks[0].insert(0, schema.Gap(source_range=span(ruler, 0, code.start)))
    text: str = adapters.write_to_string(made, "cmx_3600", rate=float(ruler.rate))
    return text.replace("\n", f"\nFCM: {'' if code.drop else 'NON-'}DROP FRAME\n", 1)


def read_edl(text: str, rate: Fraction) -> tuple[int, ...]:
    """The frames at which its first picture track's events begin, and that at which the last ends.

    Counted from the source of the first. `rate` is the film's: an EDL does not say it. Raises UnreadableError.
    """
    reckoned = rate if _DROPPED.search(text) else Fraction(round(rate))
    try:
        return places(adapters.read_from_string(text, "cmx_3600", rate=float(reckoned)))
    except FAULTS as error:
        raise UnreadableError(f"not an EDL (CMX 3600) of cuts at {float(rate):g} frames a second: {error}") from None


def _timecode(film: CutList) -> Timecode:
    if film.rate is None:
        raise UsageError(
            f"{film.name}: its frames do not all last the same, and an EDL counts frames: convert it to a constant "
            "rate and cut that, or take --format otio, which has exact times"
        )
    code = film.code
    if code is None:
        raise UsageError(f"{film.name}: no timecode counts {float(film.rate):g} frames a second: take --format otio")
    if len(film.shots) > MOST_EVENTS:
        raise UsageError(
            f"{film.name}: it has {len(film.shots):,} shots, and an EDL {MOST_EVENTS} events at most: "
            "take --format otio, or cut the film in parts"
        )
    if code.start + film.frames >= code.day:
        raise UsageError(f"{film.name}: its timecode runs past midnight, where an EDL begins anew: take --format otio")
    return code


def _reckoned(code: Timecode) -> Fraction:
    """The rate at which the adapter counts: told 29.97 it drops frames, told 30 it does not."""
    return code.rate if code.drop else Fraction(code.numbers_a_second)


def _reel(film: CutList) -> str:
    """Eight capitals and digits of the file's name, as CMX systems take them."""
    plain = unicodedata.normalize("NFKD", film.path.stem).encode("ascii", "ignore").decode().upper()
    reel = re.sub("[^A-Z0-9]", "", plain)[:_REEL_LENGTH] or "FILM"
    return f"{reel}1" if reel in _RESERVED else reel


def _comments(shot: Shot, code: Timecode) -> list[str]:
    if shot.transition_frames is None:
        return []
    first, end = shot.transition_frames
    return [f"ENDS IN A GRADUAL TRANSITION OF {end - first} FRAMES: {code.text(first)} TO {code.text(end)}"]
