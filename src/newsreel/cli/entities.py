"""`newsreel entities`: who and what a text names."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import MofNCompleteColumn
from rich.table import Table

from newsreel.cli._jsonl import Lines
from newsreel.cli._options import JsonOption
from newsreel.cli._progress import Bar
from newsreel.core.entities import Entity
from newsreel.core.errors import UsageError
from newsreel.core.protocols import EntityModel
from newsreel.settings import Settings

__all__ = ["entities"]

Said = Callable[[str, str], str]
"""How a name with a label is written."""


def entities(
    text: Annotated[str | None, typer.Argument(help="A text to look for names in.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read JSON lines from stdin, write JSON lines.")] = False,
    model: Annotated[
        str | None,
        typer.Option(
            help="A model by name, as in `newsreel models list`; or a token classifier's folder or hf:owner/name, "
            "which is built first. Without it, the settings' (NEWSREEL_ENTITIES)."
        ),
    ] = None,
    min_score: Annotated[float, typer.Option(min=0, max=1, help="Leave out what is less sure than this.")] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Find people, organisations, places and other names: {"id", "text"} a line in, {"id", "entities": [...]} out.

    An entity is {"text", "label", "start", "end", "score"}: half-open, in characters of the text as it came. A score is
    the probability that it is right. A text may be of any length. Bad lines are named on stderr, left out, and make the
    exit code 1. In JSON, "text" is written as NEWSREEL_PERSONAL_DATA wants it.

    Examples: newsreel entities "merkel meets macron in paris"

    newsreel entities --jsonl < texts.jsonl > entities.jsonl
    """
    if (text is None) != jsonl:
        raise UsageError('say what to read: newsreel entities "TEXT", or newsreel entities --jsonl < texts.jsonl')
    from newsreel import app

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    said = app.personal_data(Settings()).said
    opened = _opened(model, console)
    if text is None:
        raise typer.Exit(_answer_lines(opened, min_score, said, console))
    (entities_of_text,) = opened.entities([text])
    if as_json:
        typer.echo(json.dumps({"entities": _records(text, entities_of_text, min_score, said)}, ensure_ascii=False))
        return
    found = _records(text, entities_of_text, min_score, lambda _label, name: name)
    table = Table("name", "label", "start", "end", "score", box=None)
    for each in found:
        row = (escape(repr(each["text"])[1:-1]), escape(each["label"]), str(each["start"]), str(each["end"]))
        table.add_row(*row, f"{each['score']:.2f}")
    Console().print(table if found else "No names.")


def _opened(name: str | None, console: Console) -> EntityModel:
    from newsreel import app

    settings = Settings()
    if name is None:
        model = app.open_entity_model(settings)
        if model is None:
            raise UsageError("NEWSREEL_ENTITIES is none, so there is no entity model: name one with --model")
        return model
    with console.status(f"Opening {escape(name)} …") as status:
        return app.named_entity_model(name, settings, lambda step: status.update(f"Building {escape(name)}: {step} …"))


def _answer_lines(model: EntityModel, min_score: float, said: Said, console: Console) -> int:
    """The exit code."""
    lines = Lines()
    try:
        with _TextBar(console) as bar:
            for batch in lines.batches():
                for record, found in zip(batch, model.entities([r["text"] for r in batch]), strict=True):
                    made = {"id": record["id"], "entities": _records(record["text"], found, min_score, said)}
                    sys.stdout.write(json.dumps(made, ensure_ascii=False) + "\n")
                sys.stdout.flush()
                bar.advance(len(batch))
    except KeyboardInterrupt:
        return 130
    return 1 if lines.bad else 0


def _records(text: str, found: Sequence[Entity], min_score: float, said: Said) -> list[dict[str, Any]]:
    return [
        {
            "text": said(e.label, text[e.start : e.end]),
            "label": e.label,
            "start": e.start,
            "end": e.end,
            "score": round(e.score, 4),
        }
        for e in found
        if e.score >= min_score
    ]


class _TextBar(Bar):
    """A context in which texts are counted."""

    def __init__(self, console: Console) -> None:
        """Draw on this console."""
        super().__init__(console, "texts", MofNCompleteColumn())

    def advance(self, texts: int) -> None:
        """So many more are read."""
        self._bar.advance(self._task, texts)
