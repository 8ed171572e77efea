"""`newsreel models`: the artifacts, where from, how fast and how good."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from newsreel.cli import bench
from newsreel.cli._options import JsonOption
from newsreel.core.errors import UsageError
from newsreel.models.runtime.order import Order
from newsreel.settings import Settings

__all__ = ["app", "build_if_missing"]

app = typer.Typer(help="Model artifacts: build them, list them, show their cards, measure them.", no_args_is_help=True)


app.command("bench")(bench.bench)


@app.command("build")
def build(
    task: Annotated[
        str | None,
        typer.Argument(help="What for: embed, shots, entities, classify or rerank. Without it, every default."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Argument(
            help="A folder, s3://bucket/prefix, hf:owner/name@revision or package:name/path. "
            "Without it, the task's default model."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call it; otherwise by its source.")] = None,
    precision: Annotated[
        str | None,
        typer.Option(
            help="fp32, int8, int8-dynamic or int8-weights. Without it, int8 where this processor multiplies "
            "bytes natively (VNNI, AMX, ARM's dot product), else fp32."
        ),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Build even if it is there.")] = False,
    pickle_sha256: Annotated[
        str | None, typer.Option(help="Trust a pytorch_model.bin with this checksum; other pickles are refused.")
    ] = None,
) -> None:
    """Make a model ready to run: convert, quantise, measure against its reference, refuse it below the gate.

    Needs the `build` extra (torch); nothing else does.

    Examples: newsreel models build embed

    newsreel models build embed hf:intfloat/e5-small-v2

    newsreel models build entities ./my-distilbert --precision fp32
    """
    from newsreel.models import catalogue

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if task is None and (name, precision, pickle_sha256) != (None, None, None):
        raise UsageError("--name, --precision and --pickle-sha256 are of one model: say which task it is for")
    for wanted in catalogue.defaults() if task is None else (task,):
        _build(
            Order(
                task=wanted,
                source=source,
                name=name,
                precision=precision,
                pickle_sha256=pickle_sha256,
                again=again,
            ),
            console,
        )


def build_if_missing(console: Console) -> None:
    """Build every default model that is not there, and say what it is."""
    from newsreel.models import catalogue

    for task in catalogue.defaults():
        _build(Order(task=task), console)


def _build(order: Order, console: Console) -> None:
    from newsreel.app import build_model
    from newsreel.models import catalogue

    wanted = order.name or order.source or str((catalogue.default_card(order.task) or {}).get("name", order.task))
    with console.status(f"Building {wanted} …") as status:
        made = build_model(order, Settings(), lambda step: status.update(f"Building {wanted}: {step} …"))
    card = made.artifact.card
    if not made.fresh:
        if card.get("shipped"):
            console.print(f"{card['name']} comes with Newsreel, ready to run.")
            return
        console.print(f"{card['name']} is built already.")
        return
    console.print(f"Built {card['name']}, {card['precision']}: {card['measured']['summary']}.")
    for note in card.get("notes", ()):
        console.print(f"Note: {note}.")


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the models and whether they are built. Example: newsreel models list"""
    from newsreel.models import catalogue

    found = catalogue.listed(Settings().artifacts)
    if as_json:
        keys = ("name", "task", "summary", "licence", "precision")
        rows = [{**{k: m.card.get(k) for k in keys}, "built": m.built, "trouble": m.trouble} for m in found]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("model", "task", "licence", "built", "what it is", box=None)
    for model in found:
        built = str(model.card["precision"]) if model.built else "no"
        licence, summary = (str(model.card.get(key, "not said")) for key in ("licence", "summary"))
        table.add_row(str(model.card["name"]), str(model.card["task"]), licence, built, model.trouble or summary)
    Console().print(table)


@app.command("show")
def show(name: Annotated[str, typer.Argument(help="The model's name, as in `newsreel models list`.")]) -> None:
    """Print an artifact's card as JSON: source, licence, checksum, quality and speed beside the reference.

    Example: newsreel models show all-MiniLM-L6-v2
    """
    from newsreel.models import catalogue

    card = catalogue.find(Settings().artifacts, name).card
    typer.echo(json.dumps(card, indent=2, ensure_ascii=False))
