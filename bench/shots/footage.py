"""What is cut: the film that the reference package is tested with, the shared films, and files made of these."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

import av
import numpy as np
from av.video.frame import PictureType

from newsreel.core.errors import SourceError
from newsreel.evaluate.shots.takes import film_paths
from newsreel.ingest.videos import Footage
from newsreel.models.shots.config import Frames

__all__ = ["SIZES", "frames_of", "model_films", "pieces", "write_film", "write_sizes"]

SIZES = {"180p": (320, 180), "720p": (1280, 720), "1080p": (1920, 1080)}
_SOURCES = ("big_buck_bunny_0_30.webm", "testvideo.mp4")
"""Of the shared films those of 720p that are long enough; each gives half of a file."""
_RATE = 25
_X264 = {"preset": "veryfast", "crf": "23"}


def model_films(videos: Path) -> dict[str, Path]:
    """The package's own test film and Big Buck Bunny, by name. Raises SourceError, UsageError."""
    _need(videos)
    return film_paths([videos])


def frames_of(path: Path) -> Frames:
    """The film as the model sees it, `[n, 27, 48, 3]`."""
    with Footage(path) as footage:
        return np.stack([frame.small for frame in footage.frames()])


def pieces(film: Frames, length: int) -> list[Frames]:
    """The film in stretches of so many frames, the last one shorter."""
    return [film[start : start + length] for start in range(0, len(film), length)]


def write_sizes(videos: Path, folder: Path, frames: int) -> dict[str, Path]:
    """The same `frames` pictures of the shared films in H.264 at each of SIZES, without sound. Raises SourceError."""
    sources = [_need(videos) / name for name in _SOURCES]
    made = {}
    for name, size in SIZES.items():
        made[name] = folder / f"{name}.mp4"
        write_film(made[name], chain(*(_first(source, frames // len(sources)) for source in sources)), size)
    return made


def write_film(path: Path, pictures: Iterator[av.VideoFrame], size: tuple[int, int]) -> None:
    """These pictures at 25 a second, coded by x264 at this width and height."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=_RATE, options=_X264)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            frame = picture.reformat(*size, format="yuv420p")
            frame.pts, frame.time_base, frame.pict_type = number, Fraction(1, _RATE), PictureType.NONE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _first(path: Path, count: int) -> Iterator[av.VideoFrame]:
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        yield from islice(container.decode(video=0), count)


def _need(videos: Path) -> Path:
    missing = [name for name in _SOURCES if not (videos / name).is_file()]
    if missing:
        raise SourceError(f"{videos} has no {', '.join(missing)}: name the shared folder with --shared")
    return videos
