"""Which files lie beside which video: by their names, and as far as they are there and are what they are named for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from newsreel.core.errors import UnclearReleaseError
from newsreel.ingest.files import open_regular
from newsreel.ingest.names import SUBTITLES, VIDEO_SUFFIXES, Names, folded, names_in, untagged
from newsreel.ingest.videos import HEAD_BYTES, looks_like_video

__all__ = ["first_of_its_name", "is_video", "named_for", "subtitles", "videos_of"]

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
    """The files with these suffixes under the video's name, those under its whole name (`clip.mp4.json`) first.

    Raises UnclearReleaseError where the folder cannot be listed.
    """
    found = [path for path in _sidecars(video) if path.suffix.lower() in suffixes]
    return sorted(
        found,
        key=lambda path: (folded(path.stem) != folded(video.name), suffixes.index(path.suffix.lower()), path.name),
    )


def subtitles(video: Path) -> list[tuple[Path, str]]:
    """The video's subtitle files and the language that each name says, by name.

    Raises UnclearReleaseError where the folder cannot be listed.
    """
    found = [path for path in _sidecars(video) if path.suffix.lower() in SUBTITLES]
    return [(path, untagged(path.stem)[1]) for path in found[:_MOST]]


def videos_of(sidecar: Path) -> list[Path]:
    """The videos that a file with a sidecar's suffix lies beside, by its name."""
    try:
        names = names_in(sidecar.parent).videos.get(sidecar.name, ())
    except (OSError, ValueError):
        return []
    return [path for name in names if _is_there(path := sidecar.with_name(name)) and is_video(path)]


def first_of_its_name(video: Path) -> bool:
    """Whether it is the first of the videos that share its name but for the suffix: one item has one uri."""
    renditions = _names(video).renditions.get(video.stem, ())
    return next((name for name in renditions if _is_there(video.with_name(name))), video.name) == video.name


def _sidecars(video: Path) -> list[Path]:
    names = _names(video).sidecars.get(video.name, ())
    return [path for name in names if _is_there(path := video.with_name(name))]


def _names(video: Path) -> Names:
    try:
        return names_in(video.parent)
    except OSError as error:
        raise UnclearReleaseError(
            f"an embargo may lie beside it, but its folder cannot be listed ({error.strerror}): change its permissions"
        ) from None


def _is_there(path: Path) -> bool:
    """Also a link to nowhere: what cannot be read may hold an embargo."""
    return os.path.lexists(path) and not _is_folder(path)


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 Path's may raise
