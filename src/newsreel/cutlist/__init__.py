"""Cut lists: a film's shots for editing systems, players and eyes."""

from __future__ import annotations

from newsreel.cutlist.chapters import chapters
from newsreel.cutlist.edl import edl, read_edl
from newsreel.cutlist.files import check_file, check_folder, write_whole
from newsreel.cutlist.lists import CutList, name_of
from newsreel.cutlist.otio import otio, read_otio
from newsreel.cutlist.pictures import start_timecode
from newsreel.cutlist.stills import Stills, draw

__all__ = [
    "CutList",
    "Stills",
    "chapters",
    "check_file",
    "check_folder",
    "draw",
    "edl",
    "name_of",
    "otio",
    "read_edl",
    "read_otio",
    "start_timecode",
    "write_whole",
]
