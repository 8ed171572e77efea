"""The command itself: sub-commands put together, errors turned into a line and an exit code."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

import typer
from pydantic import ValidationError

from newsreel import __version__
from newsreel.cli import archive, demo, embed, entities, evaluate, keys, live, loadtest, models, search, serve, shots
from newsreel.core.errors import NewsreelError, UsageError

__all__ = ["main"]

app = typer.Typer(
    name="newsreel",
    help="Turn a newsroom's stories, photos and videos into something that can be searched.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)
app.command("demo")(demo.demo)
app.command("index")(archive.index)
app.command("kill")(archive.kill)
app.command("audit")(archive.audit)
app.command("search")(search.search)
app.command("shots")(shots.shots)
app.command("live")(live.live)
app.command("serve")(serve.serve)
app.command("loadtest")(loadtest.loadtest)
app.command("embed")(embed.embed)
app.command("entities")(entities.entities)
app.add_typer(models.app, name="models")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(keys.app, name="keys")


@app.callback(invoke_without_command=True)
def version(
    show: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True),
) -> None:
    """Newsreel."""
    if show:
        typer.echo(f"newsreel {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command. Exits 0 on success, 2 on bad usage, 1 on failure; no traceback unless NEWSREEL_DEBUG is set."""
    os.environ.setdefault("LANCE_LOG", "error")  # the store reports its own workings on stderr otherwise
    _ready_streams()
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # here, where it can still be said that it failed
    except NewsreelError as error:
        _fail(str(error), 2 if isinstance(error, UsageError) else 1, error)
    except ValidationError as error:
        _fail(_misset(error), 2, error)
    except BrokenPipeError:
        _discard_output()  # the reader left; nothing more to say
        sys.exit(1)
    except OSError as error:
        _discard_output()
        _fail(f"{error.filename or 'the output'}: {error.strerror or error}", 1, error)
    except Exception as error:  # noqa: BLE001 the last line of defence between a bug and a user
        _fail(f"this is a fault in Newsreel ({type(error).__name__}: {error}); NEWSREEL_DEBUG=1 shows where", 1, error)


def _ready_streams() -> None:
    """Output is UTF-8 in any locale, as JSON must be, and a stream that the caller closed is nobody's to read."""
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 as long as the process
    sys.stdout, sys.stderr = _ready(sys.stdout), _ready(sys.stderr)


def _ready(stream: TextIO | None) -> TextIO:
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 as long as the process
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream


def _discard_output() -> None:
    """What is still in the buffer cannot be written, and would be tried, and complained about, once more at exit."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _misset(error: ValidationError) -> str:
    wrong = (f"{error.title} {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False))
    return "; ".join(wrong) + ": settings are taken from variables named NEWSREEL_..."


def _fail(message: str, code: int, error: Exception) -> None:
    if os.environ.get("NEWSREEL_DEBUG"):
        raise error
    typer.echo(f"newsreel: {message}", err=True)
    sys.exit(code)
