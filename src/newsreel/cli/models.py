"""`newsreel models`: the artifacts, where from and how good."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from newsreel.cli._options import JsonOption
from newsreel.core.errors import ArtifactError, UsageError
from newsreel.settings import Settings

__all__ = ["app", "build_if_missing"]

app = typer.Typer(help="Model artifacts: build them, list them, show their cards.", no_args_is_help=True)


@app.command("build")
def build(
    task: Annotated[str, typer.Argument(help="What for: embed.")] = "embed",
    again: Annotated[bool, typer.Option("--again", help="Build even if it is there.")] = False,
) -> None:
    """Convert the default model of a task into an artifact, measured against its reference implementation.

    Needs the `build` extra (torch); nothing else does. Example: newsreel models build embed
    """
    if task != "embed":
        raise UsageError(f"there is no default model for '{task}' yet: the task is embed")
    build_if_missing(Console(stderr=True, highlight=False, soft_wrap=True), again=again)


def build_if_missing(console: Console, *, again: bool = False) -> None:
    """Build the default embedder unless it is there, and say what it is."""
    from newsreel.models.embedder import DEFAULT

    if not again and _card(DEFAULT) is not None:
        console.print(f"{DEFAULT} is built already.")
        return
    with console.status(f"Building {DEFAULT} …") as status:
        from newsreel.models.embedder.build import build_default

        build_default(Settings().artifacts, lambda step: status.update(f"Building {DEFAULT}: {step} …"))
    measured = (_card(DEFAULT) or {})["measured"]
    console.print(
        f"Built {DEFAULT}: cosine to sentence-transformers at least {measured['cosine_to_reference_min']:.6f}, "
        f"{measured['speed_one_query_ratio']}x its speed for a query, {measured['speed_passages_ratio']}x for passages."
    )


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the models and whether they are built. Example: newsreel models list"""
    from newsreel.models.embedder.config import default_card

    rows = [{**default_card(), "built": _card(default_card()["name"]) is not None}]
    if as_json:
        typer.echo(json.dumps([{k: r[k] for k in ("name", "task", "summary", "licence", "built")} for r in rows]))
        return
    table = Table("model", "task", "licence", "built", "what it is", box=None)
    for row in rows:
        table.add_row(row["name"], row["task"], row["licence"], "yes" if row["built"] else "no", row["summary"])
    Console().print(table)


@app.command("show")
def show(name: Annotated[str, typer.Argument(help="The model's name, as in `newsreel models list`.")]) -> None:
    """Print an artifact's card as JSON: source, licence, checksum, quality and speed beside the reference.

    Example: newsreel models show all-MiniLM-L6-v2
    """
    from newsreel.models.runtime import artifact

    card = artifact.load(Settings().artifacts, name, task="embed").card
    typer.echo(json.dumps(card, indent=2, ensure_ascii=False))


def _card(name: str) -> dict[str, Any] | None:
    from newsreel.models.runtime import artifact

    try:
        return dict(artifact.load(Settings().artifacts, name, task="embed").card)
    except ArtifactError:
        return None
