"""A cut list as WebVTT chapters: a player's list of shots to jump to."""

from __future__ import annotations

from newsreel.core.shots import Shot
from newsreel.cutlist.lists import CutList, kinds
from newsreel.cutlist.timecodes import clock_text

__all__ = ["chapters"]


def chapters(film: CutList) -> str:
    """One cue a shot, named `shot-1` and so on. A cue lasts a millisecond or more: a shorter shot is left out."""
    cues = (_cue(number, shot) for number, shot in enumerate(film.shots, start=1))
    return "\n\n".join(["WEBVTT", *filter(None, cues)]) + "\n"


def _cue(number: int, shot: Shot) -> str:
    start, end = clock_text(shot.time.start_ns), clock_text(shot.time.end_ns)
    if start == end:
        return ""
    marks = ", ".join(kinds(shot))
    return f"shot-{number}\n{start} --> {end}\nShot {number}{f' ({marks})' if marks else ''}"
