"""`newsreel shots`: where a video is cut, for scripts, editing systems, players and eyes."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from newsreel.cli._progress import FilmBar
from newsreel.cli._shot_tables import as_csv, as_json
from newsreel.core.errors import UsageError
from newsreel.settings import Settings

if TYPE_CHECKING:
    from newsreel.cutlist import CutList
    from newsreel.pipeline.films import CutFilm

__all__ = ["shots"]


class Format(StrEnum):
    """How a cut list is written."""

    JSON = "json"
    CSV = "csv"
    EDL = "edl"
    OTIO = "otio"
    VTT = "vtt"


def shots(
    video: Annotated[Path, typer.Argument(metavar="VIDEO", help="The video's file.")],
    format_: Annotated[Format, typer.Option("--format", help="How the list is written.")] = Format.JSON,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where it goes instead of stdout.")
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", metavar="FILE.png", help="Draw a contact sheet: a picture a shot.")
    ] = None,
    stills: Annotated[
        Path | None, typer.Option("--stills", metavar="FOLDER", help="Keep each shot's keyframe in full size.")
    ] = None,
    still_format: Annotated[
        Literal["jpg", "png"], typer.Option("--still-format", help="How stills are written.")
    ] = "jpg",
) -> None:
    """List a video's shots: where each begins, ends, how it ends (cut, gradual, end), what an editor skips.

    Shots tile the film; frames and seconds, half-open. At a gradual transition the boundary is its middle, and
    transition_frames spans it. Times are the stream's own, exact with a variable frame rate too; an EDL counts frames
    and is refused there. What could not be decoded is said on stderr. A file is written whole or not at all.

    Examples: newsreel shots match.mp4 --format csv > cuts.csv

    newsreel shots match.mp4 --format edl --output match.edl

    newsreel shots match.mp4 --format vtt -o match.vtt --sheet match.png --stills stills
    """
    from newsreel import app, cutlist

    if not video.is_file():
        raise UsageError(f"{video}: {'not a file' if video.exists() else 'there is no such file'}")
    _check_targets(video, output, sheet, stills)
    settings = Settings()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with FilmBar(console) as bar:
        film = _cut_list(video, app.cut_video(video, settings, bar.watch), settings.film_limit_s)
    text = _writer(format_)(film)
    if output is None:
        typer.echo(text, nl=False)
    else:
        cutlist.write_whole(output, text.encode("utf-8", "backslashreplace"))
    for said in filter(None, (film.chosen and f"taken: {film.chosen}", film.loss)):
        console.print(f"newsreel: {video}: {said}", markup=False)
    if sheet or stills:
        kept = cutlist.Stills(stills, still_format) if stills else None
        if missing := cutlist.draw(film, sheet, kept, settings.film_limit_s):
            console.print(f"newsreel: {video}: {missing} of its shots have no picture", markup=False)


def _check_targets(video: Path, output: Path | None, sheet: Path | None, stills: Path | None) -> None:
    """Before the film is cut, which takes long."""
    from newsreel import cutlist

    files = [path for path in (output, sheet) if path is not None]
    for path in files:
        cutlist.check_file(path, video)
    if len({path.resolve() for path in files}) < len(files):
        raise UsageError(f"{output}: the list and the sheet cannot be one file")
    if stills is not None:
        cutlist.check_folder(stills)


def _cut_list(video: Path, found: CutFilm, limit_s: float) -> CutList:
    from newsreel import cutlist

    return cutlist.CutList(
        name=cutlist.name_of(video),
        path=video,
        frame_rate=found.frame_rate,
        constant_rate=found.constant_rate,
        size=found.size,
        shots=found.shots,
        timecode=cutlist.start_timecode(video, limit_s),
        chosen=found.chosen,
        loss=found.loss,
    )


def _writer(form: Format) -> Callable[[CutList], str]:
    from newsreel import cutlist

    writers = {
        Format.JSON: as_json,
        Format.CSV: as_csv,
        Format.EDL: cutlist.edl,
        Format.OTIO: cutlist.otio,
        Format.VTT: cutlist.chapters,
    }
    return writers[form]
