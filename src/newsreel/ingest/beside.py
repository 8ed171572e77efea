"""Which files lie beside which video: `clip.mp4` has `clip.json`, `clip.mp4.xml`, `clip.xmp`, `clip.en.vtt`.

Found by asking for the few names that there may be, not by listing: a folder may hold 100,000 files. Only for subtitles
in any language is it listed, and that is remembered until the folder changes.
"""

from __future__ import annotations

import os
import re
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from newsreel.ingest import text
from newsreel.ingest.sources import open_regular
from newsreel.ingest.videos import HEAD_BYTES, looks_like_video

__all__ = [
    "DESCRIPTIONS",
    "SIDECARS",
    "SUBTITLES",
    "VIDEO_SUFFIXES",
    "first_of_its_name",
    "is_video",
    "named_for",
    "subtitles",
    "videos_of",
]

VIDEO_SUFFIXES = (
    ".mp4", ".mov", ".m4v", ".mxf", ".mkv", ".webm", ".ts", ".m2ts", ".mts", ".mpg", ".mpeg", ".avi", ".wmv", ".asf",
    ".flv", ".f4v", ".3gp", ".3g2", ".vob", ".m2v", ".ogv", ".h264", ".264", ".hevc", ".265", ".qt",
)  # fmt: skip
DESCRIPTIONS = (".json", ".xml")
"""What may say whether a video may be shown at all; and `.xmp`, which cannot."""
SUBTITLES = (".vtt", ".srt")
SIDECARS = (*DESCRIPTIONS, ".xmp", *SUBTITLES)
_TAGGED = re.compile(
    r"(?P<stem>.+?)(?:\.(?P<language>[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*))?(?:\.(?:forced|sdh|cc|hi))?"
)
_RACY_NS = 2_000_000_000
_MOST = 50
"""Subtitle files of one video that are looked at."""


def is_video(path: Path) -> bool:
    """Whether a file is one by its first bytes; one that has a video's name and cannot be read counts as one."""
    try:
        with open_regular(path) as file:
            return looks_like_video(file.read(HEAD_BYTES))
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return path.suffix.lower() in VIDEO_SUFFIXES and not _is_folder(path)


def named_for(video: Path, suffixes: Sequence[str]) -> list[Path]:
    """The files with these suffixes under the video's name, those under its whole name (`clip.mp4.json`) first."""
    names = _with(video.name, suffixes)
    if video.suffix.lower() in VIDEO_SUFFIXES:
        names += _with(video.stem, suffixes)
    return [path for name in names if _is_there(path := video.with_name(name))]


def subtitles(video: Path) -> list[tuple[Path, str]]:
    """The video's subtitle files and the language that each name says, by name."""
    stems = [video.name, video.stem] if video.suffix.lower() in VIDEO_SUFFIXES else [video.name]
    found: dict[str, str] = {}
    for stem in stems:
        for name in _starting_with(f"{stem}.", _subtitle_names(video.parent)):
            if (language := _language(name, stem)) is not None:
                found.setdefault(name, language)
    return [(video.with_name(name), found[name]) for name in sorted(found)[:_MOST]]


def videos_of(sidecar: Path) -> list[Path]:
    """The videos that a file with a sidecar's suffix lies beside, by its name."""
    stems = [sidecar.stem]
    if sidecar.suffix.lower() in SUBTITLES:
        stems.append(_untagged(sidecar.stem)[0])
    names = [name for stem in dict.fromkeys(stems) for name in (stem, *_with(stem, VIDEO_SUFFIXES))]
    return [path for name in names if _is_there(path := sidecar.with_name(name)) and is_video(path)]


def first_of_its_name(video: Path) -> bool:
    """Whether it is the first of the videos that share its name but for the suffix: one item has one uri."""
    names = _with(video.stem, VIDEO_SUFFIXES)
    return next((path for name in names if _is_there(path := video.with_name(name))), video) == video


def _with(stem: str, suffixes: Sequence[str]) -> list[str]:
    return [stem + suffix for known in suffixes for suffix in (known, known.upper())]


def _is_there(path: Path) -> bool:
    """Also a link to nowhere: what cannot be read may hold an embargo."""
    return os.path.lexists(path) and not _is_folder(path)


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 Path's may raise


def _language(name: str, stem: str) -> str | None:
    """The language in a subtitle file's name, "" where there is none; None where the file is another's."""
    without, language = _untagged(name[: name.rindex(".")])
    return language if stem in (without, name[: name.rindex(".")]) else None


def _untagged(stem: str) -> tuple[str, str]:
    """A subtitle file's name without the language that it ends with, and that."""
    tagged = _TAGGED.fullmatch(stem)
    if tagged is None or f".{tagged['language']}".lower() in VIDEO_SUFFIXES:
        return stem, ""
    return tagged["stem"], text.language(tagged["language"] or "")


def _starting_with(prefix: str, names: Sequence[str]) -> Iterator[str]:
    for name in names[bisect_left(names, prefix) :]:
        if not name.startswith(prefix):
            return
        yield name


def _subtitle_names(folder: Path) -> Sequence[str]:
    try:
        changed_ns = folder.stat().st_mtime_ns
        if time.time_ns() - changed_ns < _RACY_NS:  # it may change again without its time showing it
            return _listed.__wrapped__(str(folder), changed_ns)
        return _listed(str(folder), changed_ns)
    except OSError:
        return ()


@lru_cache(maxsize=4)
def _listed(folder: str, changed_ns: int) -> tuple[str, ...]:  # noqa: ARG001 it is in the cache's key
    with os.scandir(folder) as entries:
        return tuple(sorted(entry.name for entry in entries if entry.name.lower().endswith(SUBTITLES)))
