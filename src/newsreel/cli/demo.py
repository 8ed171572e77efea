"""`newsreel demo`: from nothing to an archive that can be searched, and what to open."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from newsreel.cli._progress import RunProgress, print_summary
from newsreel.cli.models import build_if_missing
from newsreel.cli.search import print_results
from newsreel.core.errors import ArchiveError
from newsreel.search.results import Query
from newsreel.settings import Settings

__all__ = ["demo"]

_SHOWN = 2


def demo(
    folder: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the sample and its archive go.")] = Path("demo"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port for the page, as said at the end.")] = 8420,
) -> None:
    """Build the sample archive, search it, and say what to open. Running it again does only what is missing.

    Example: newsreel demo
    """
    from newsreel import app
    from newsreel.sample import SHOWCASE, write_sample

    console = Console(highlight=False, soft_wrap=True)
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    settings = Settings()
    sample, archive = folder / "sample", folder / "archive"
    _step(console, "The models")
    build_if_missing(progress)
    _step(console, f"The sample: fictional wire stories, drawn photos and films, in {sample}")
    with progress.status("Writing the sample …"):
        files = write_sample(sample)
    console.print(f"{len(files)} files.")
    _step(console, f"Indexing it into {archive}")
    with RunProgress(progress) as bar:
        summary = app.index([str(sample)], archive, settings, bar.watch)
    print_summary(summary, console)
    _step(console, "Searching it")
    newsreel = app.Newsreel(archive, settings)
    for text, shows in SHOWCASE:
        console.print(f'\n[bold cyan]newsreel search "{text}"[/bold cyan]  [dim]{shows}[/dim]')
        print_results(newsreel.search(Query(text=text, limit=_SHOWN)), console)
    _step(console, "The account")
    found = app.audit_archive(archive)
    if not found.balanced:
        raise ArchiveError(f"the audit of {archive} does not balance: newsreel audit --archive {archive} says why")
    states = " + ".join(f"{n} {state.value}" for state, n in found.states.items())
    console.print(f"{found.inputs} inputs = {states}: balanced; {found.items} items in {found.segments} segments.")
    console.print(f"Embeddings: {app.open_embedder(settings).measured['summary']} (measured when it was built).")
    if names := app.open_entity_model(settings):
        console.print(f"Named entities: {names.card.name}, which comes with Newsreel.")
    console.print(f"Shots: {app.open_shot_model(settings).measured['summary']} (measured likewise).")
    console.print(
        f"\n[bold]Open the page:[/bold]  {sys.argv[0]} serve --archive {archive} --port {port}  "
        f"(or make serve), then http://127.0.0.1:{port}/"
    )


def _step(console: Console, title: str) -> None:
    console.print(f"\n[bold]── {title}[/bold]")
