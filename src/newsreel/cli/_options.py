"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["ArchiveOption", "JsonOption", "WaitOption"]

ArchiveOption = Annotated[
    Path,
    typer.Option("--archive", "-a", metavar="FOLDER", envvar="NEWSREEL_ARCHIVE", help="The archive's folder."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
WaitOption = Annotated[
    float, typer.Option("--wait", metavar="SECONDS", min=0, help="Wait this long for another writer to end.")
]
