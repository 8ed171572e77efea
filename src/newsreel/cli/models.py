"""`newsreel models`: the artifacts, where from and how good."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from newsreel.cli._options import JsonOption
from newsreel.core.errors import ArtifactError, UsageError
from newsreel.settings import Settings

__all__ = ["app", "build_if_missing"]

app = typer.Typer(help="Model artifacts: build them, list them, show their cards.", no_args_is_help=True)

_ROOMS = {"embed": "newsreel.models.embedder", "shots": "newsreel.models.shots"}
"""Where the default model of each task lives. By name, so that asking for help imports none."""


@app.command("build")
def build(
    task: Annotated[str | None, typer.Argument(help="What for: embed or shots. Without it, every one.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Build even if it is there.")] = False,
) -> None:
    """Convert the default model of a task into an artifact, measured against its reference implementation.

    Needs the `build` extra (torch); nothing else does. Example: newsreel models build embed
    """
    if task is not None and task not in _ROOMS:
        raise UsageError(f"there is no default model for '{task}' yet: the tasks are {' and '.join(_ROOMS)}")
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for wanted in _ROOMS if task is None else (task,):
        _build(wanted, console, again=again)


def build_if_missing(console: Console) -> None:
    """Build every default model that is not there, and say what it is."""
    for task in _ROOMS:
        _build(task, console, again=False)


def _build(task: str, console: Console, *, again: bool) -> None:
    name = _default_card(task)["name"]
    if not again and _card(name, task) is not None:
        console.print(f"{name} is built already.")
        return
    with console.status(f"Building {name} …") as status:
        try:
            build_default = import_module(f"{_ROOMS[task]}.build").build_default
        except ImportError as error:
            raise ArtifactError(
                f"{error.name} is not installed, which building needs: `pip install 'newsreel[build]'`"
            ) from error
        build_default(Settings().artifacts, lambda step: status.update(f"Building {name}: {step} …"), again=again)
    console.print(f"Built {name}: {_MEASURED[task]((_card(name, task) or {})['measured'])}.")


def _embedder_measured(measured: Mapping[str, Any]) -> str:
    return (
        f"cosine to sentence-transformers at least {measured['cosine_to_reference_min']:.6f}, "
        f"{measured['speed_one_query_ratio']}x its speed for a query, {measured['speed_passages_ratio']}x for passages"
    )


def _shots_measured(measured: Mapping[str, Any]) -> str:
    return (
        f"probabilities within {measured['difference_to_reference_max']:.0e} of the reference implementation's, "
        f"{measured['speed_ratio']}x its speed"
    )


_MEASURED: dict[str, Callable[[Mapping[str, Any]], str]] = {"embed": _embedder_measured, "shots": _shots_measured}


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the models and whether they are built. Example: newsreel models list"""
    cards = [_default_card(task) for task in _ROOMS]
    rows = [{**card, "built": _card(card["name"], card["task"]) is not None} for card in cards]
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

    tasks = {_default_card(task)["name"]: task for task in _ROOMS}
    if name not in tasks:
        raise UsageError(f"there is no model '{name}': the models are {' and '.join(tasks)}")
    card = artifact.load(Settings().artifacts, name, task=tasks[name]).card
    typer.echo(json.dumps(card, indent=2, ensure_ascii=False))


def _default_card(task: str) -> dict[str, Any]:
    card: dict[str, Any] = import_module(f"{_ROOMS[task]}.config").default_card()
    return card


def _card(name: str, task: str) -> dict[str, Any] | None:
    from newsreel.models.runtime import artifact

    try:
        return dict(artifact.load(Settings().artifacts, name, task=task).card)
    except ArtifactError:
        return None
