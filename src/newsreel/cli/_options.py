"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["ArchiveOption", "IndexOption", "JsonOption", "ServedOption", "WaitOption"]


def _folder(path: Path | None) -> Path | None:
    if path is not None and ":/" in str(path):
        raise typer.BadParameter(f"{path} is not a folder: archives in a bucket are not there yet")
    return path


ArchiveOption = Annotated[
    Path,
    typer.Option(
        "--archive",
        "-a",
        metavar="FOLDER",
        envvar="NEWSREEL_ARCHIVE",
        help="The archive's folder.",
        callback=_folder,
    ),
]
ServedOption = Annotated[
    Path | None,
    typer.Option(
        "--archive",
        "-a",
        metavar="FOLDER",
        envvar="NEWSREEL_ARCHIVE",
        help="An archive to be searched; without one only models are served.",
        callback=_folder,
    ),
]
IndexOption = Annotated[
    Path | None,
    typer.Option(
        "--index", metavar="FOLDER", help="An archive that takes the shots, made if need be.", callback=_folder
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
WaitOption = Annotated[
    float, typer.Option("--wait", metavar="SECONDS", min=0, help="Wait this long for another writer to end.")
]
