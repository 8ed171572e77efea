"""`newsreel shots`: where a video is cut."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from newsreel.cli._progress import FilmBar
from newsreel.core.errors import UsageError
from newsreel.core.shots import Shot
from newsreel.settings import Settings

if TYPE_CHECKING:
    from newsreel.pipeline.films import CutFilm

__all__ = ["shots"]


class Format(StrEnum):
    """How a cut list is written."""

    JSON = "json"
    CSV = "csv"


_COLUMNS = ("start_frame", "end_frame", "start_s", "end_s", "transition", "transition_start", "transition_end")


def shots(
    video: Annotated[Path, typer.Argument(metavar="VIDEO", help="The video's file.")],
    format_: Annotated[Format, typer.Option("--format", help="How the list is written.")] = Format.JSON,
) -> None:
    """List a video's shots: frames and seconds, half-open, and how each ends (cut, gradual, end).

    Shots tile the film. At a gradual transition the boundary is its middle, and transition_frames spans it. Times are
    the stream's own, exact with a variable frame rate too. What could not be decoded is said on stderr.

    Example: newsreel shots match.mp4 --format csv > cuts.csv
    """
    from newsreel import app

    if not video.is_file():
        raise UsageError(f"{video}: {'not a file' if video.exists() else 'there is no such file'}")
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with FilmBar(console) as bar:
        found = app.cut_video(video, Settings(), bar.watch)
    if format_ is Format.JSON:
        typer.echo(json.dumps(_document(video, found), ensure_ascii=False))
    else:
        writer = csv.DictWriter(sys.stdout, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_line(shot) for shot in found.shots)
    if found.loss:
        console.print(f"newsreel: {video}: {found.loss}", markup=False)


def _document(video: Path, found: CutFilm) -> dict[str, Any]:
    return {
        "video": str(video),
        "frame_rate": float(found.frame_rate),
        "frames": found.shots[-1].end_frame,
        "shots": [_fields(shot) for shot in found.shots],
    }


def _line(shot: Shot) -> dict[str, Any]:
    fields = _fields(shot)
    first, end = fields.pop("transition_frames", ("", ""))
    return fields | {"transition_start": first, "transition_end": end}


def _fields(shot: Shot) -> dict[str, Any]:
    from newsreel.service.schemas import ShotAnswer

    return ShotAnswer.of(shot).model_dump(mode="json", exclude_none=True)
