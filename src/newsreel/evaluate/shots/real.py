"""Films as files: the shared ones with the truth that was seen in them, and generated ones through an encoder."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np

from newsreel.core.errors import SourceError
from newsreel.evaluate.shots.films import CUT, Edit, Film, Pixels
from newsreel.ingest.videos import Footage

__all__ = ["encoded", "shared_films", "truth"]

_LONGER_SIDE = 256
_X264 = {"crf": "32", "preset": "veryfast", "g": "50"}
"""Visibly coarse: what a newsroom gets from far away."""


@cache
def truth() -> dict[str, dict[str, Any]]:
    """What is true of the shared films, by name: `truth.toml`."""
    return tomllib.loads(resources.files(__package__).joinpath("truth.toml").read_text(encoding="utf-8"))


def shared_films(folder: Path) -> Iterator[Film]:
    """Those in which it can be said what a shot is, one at a time. Raises SourceError, UnreadableError."""
    for name, there in truth().items():
        if there.get("counts", True):
            if not (folder / name).is_file():
                raise SourceError(f"{folder} has no {name}: name the folder of the shared films")
            small, pictures = _read(folder / name)
            if len(small) != there["frames"]:
                raise SourceError(f"{folder / name} has {len(small)} frames, not {there['frames']}: another film")
            yield Film(name, small, pictures, _edits(there))


def encoded(film: Film) -> Film:
    """The film, coded by x264 and read back like any other."""
    with TemporaryDirectory(prefix="newsreel-evaluate-") as scratch:
        path = Path(scratch) / "film.mp4"
        _write(path, film.pictures)
        small, pictures = _read(path)
    return replace(film, name=f"{film.name} coded", small=small, pictures=pictures)


def _edits(there: dict[str, Any]) -> tuple[Edit, ...]:
    cuts = [Edit(CUT, frame, frame) for frame in there["cuts"]]
    gradual = [Edit(edit["kind"], *edit["frames"]) for edit in there["gradual"]]
    return tuple(sorted(cuts + gradual, key=lambda edit: edit.start_frame))


def _read(path: Path) -> tuple[Pixels, Pixels]:
    with Footage(path) as footage:
        small, pictures = zip(*((f.small, f.picture(_LONGER_SIDE)) for f in footage.frames()), strict=True)
    return np.stack(small), np.stack(pictures)


def _write(path: Path, pictures: Pixels) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options=_X264)
        stream.height, stream.width = pictures.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1  # the same bytes on any machine
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
