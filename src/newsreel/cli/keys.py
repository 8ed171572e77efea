"""`newsreel keys`: who may ask the service."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from newsreel.core.errors import NotFoundError
from newsreel.service.keys import Keys, line_of, new_key

__all__ = ["app"]

app = typer.Typer(help="API keys of the service: make them, look through their file.", no_args_is_help=True)


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="Whose key it is; the service logs it with each request.")],
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Add the line to this file, made if need be, and do not print it."),
    ] = None,
) -> None:
    """Make a key. It is shown this once: the line that goes into the file (NEWSREEL_API_KEYS) has only its hash.

    Example: newsreel keys new search-page --file keys.txt
    """
    key = new_key()
    line = line_of(name, key)
    if file is None:
        typer.echo(f"key:  {key}\nline: {line}")
        return
    with file.open("a+", encoding="utf-8") as written:
        ended = not written.tell() or file.read_bytes().endswith(b"\n")
        written.write(f"{line}\n" if ended else f"\n{line}\n")
    typer.echo(key)


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="A file of keys.")],
    whose: Annotated[bool, typer.Option("--whose", help="Read a key from standard input and say whose it is.")] = False,
) -> None:
    """Say whose keys a file has, or which of its lines is none.

    Example: newsreel keys check keys.txt
    """
    keys = Keys(file)
    if not whose:
        for name in keys.names:
            typer.echo(name)
        return
    owner = keys.owner(sys.stdin.readline().strip().encode())
    if owner is None:
        raise NotFoundError(f"this key is not in {file}")
    typer.echo(owner)
