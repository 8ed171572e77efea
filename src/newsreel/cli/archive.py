"""`newsreel index`, `kill` and `audit`: what changes an archive, and what checks it."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from newsreel.cli._options import ArchiveOption, JsonOption, WaitOption
from newsreel.cli._progress import RunProgress, print_summary
from newsreel.core.errors import UsageError
from newsreel.core.ledger import State
from newsreel.settings import Settings

__all__ = ["audit", "index", "kill"]


class Engine(StrEnum):
    """What runs the stages."""

    LOCAL = "local"
    RAY = "ray"


def index(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Files, folders, globs, .jsonl manifests.")],
    archive: ArchiveOption,
    engine: Annotated[Engine, typer.Option(help="What runs the work; ray is not built yet.")] = Engine.LOCAL,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Read inputs again that failed before.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove items that are no longer in these sources.")] = False,
    wait: WaitOption = 0.0,
) -> None:
    """Index stories, photos and videos. What is in the archive already is left alone; an interrupted run goes on.

    A video is read with the files beside it that bear its name: clip.json (ninjs), clip.xml (NewsML-G2) or clip.xmp
    for what is known of it, clip.vtt or clip.srt for what is said in it.

    A folder is read recursively, hidden names left out and links to folders not followed. Inputs that cannot be read
    are listed with their cause and kept on the ledger; the run ends with exit code 1 only if nothing could be read
    (130 after Ctrl-C and 143 after SIGTERM, when the same command goes on where it was).

    Example: newsreel index ~/desk/2026 photos.jsonl --archive ./archive
    """
    if engine is Engine.RAY:
        raise UsageError("--engine ray is not built yet: use --engine local")
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        from newsreel import app  # takes a second, in which one may be interrupted too

        with _terminable(), RunProgress(console) as progress:
            summary = app.index(
                sources, archive, Settings(), progress.watch, retry_failed=retry_failed, prune=prune, wait_s=wait
            )
    except KeyboardInterrupt as stopped:
        console.print("Stopped. Nothing is lost: run the same command again to go on.")
        raise typer.Exit(143 if isinstance(stopped, _Terminated) else 130) from None
    print_summary(summary, console)
    if summary.inputs == 0:
        console.print("The sources hold nothing to index.")
    unread = summary.counts["failed"] + summary.counts["refused"]
    raise typer.Exit(1 if unread and unread == summary.inputs else 0)


class _Terminated(KeyboardInterrupt):
    """SIGTERM: an interruption like Ctrl-C, with the exit code of its own."""


@contextmanager
def _terminable() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def kill(
    uris: Annotated[list[str], typer.Argument(metavar="URI...", help="The items' uris.")],
    archive: ArchiveOption,
    wait: WaitOption = 0.0,
) -> None:
    """Remove items for good: everything the archive holds of them, old versions of its tables included.

    A tombstone stays, so that indexing the same source again does not bring them back. Your own files are not touched.

    Example: newsreel kill urn:newsml:example.com:20260317:withdrawn --archive ./archive
    """
    from newsreel import app

    killed = app.kill_items([u.encode("utf-8", "replace").decode() for u in uris], archive, wait_s=wait)
    for uri in killed.removed:
        typer.echo(f"killed {uri}")
    for uri in killed.already:
        typer.echo(f"already killed {uri}")
    for uri in killed.unknown:
        typer.echo(f"newsreel: no item has the uri {uri}; nothing was removed for it", err=True)
    raise typer.Exit(1 if killed.unknown else 0)


def audit(
    archive: ArchiveOption,
    as_json: JsonOption = False,
    failures: Annotated[
        bool, typer.Option("--failures", help="Also list what failed or lost a part, and why.")
    ] = False,
) -> None:
    """Count the archive again from its stored tables, and exit 1 when anything is off.

    Example: newsreel audit --archive ./archive --json
    """
    from newsreel import app

    found = app.audit_archive(archive)
    failed, lost = (app.failures(archive), app.losses(archive)) if failures else ([], [])
    if as_json:
        report: dict[str, object] = {"inputs": found.inputs, **{state.value: n for state, n in found.states.items()}}
        report |= {"balanced": found.balanced, "items": found.items, "segments": found.segments}
        report |= {"faults": {fault: list(uris) for fault, uris in found.faults.items()}}
        if failures:
            report["failures"] = [{"uri": f.uri, "source": f.source, "cause": f.cause} for f in failed]
            report["losses"] = [{"uri": f.uri, "source": f.source, "loss": f.loss} for f in lost]
        typer.echo(json.dumps(report, ensure_ascii=False))
        raise typer.Exit(0 if found.balanced else 1)
    console = Console(highlight=False, soft_wrap=True)
    states = " + ".join(f"{n} {state.value}" for state, n in found.states.items())
    console.print(f"{found.inputs} inputs = {states}")
    console.print(f"{found.items} items, {found.segments} segments")
    for failure in failed:
        console.print(f"  [red]✗[/red] {escape(failure.uri)}: {escape(failure.cause)}")
    for loss in lost:
        console.print(f"  [yellow]![/yellow] {escape(loss.uri)}: {escape(loss.loss)}")
    for fault, uris in found.faults.items():
        console.print(f"  [red]✗[/red] {fault}: {escape(', '.join(uris))}")
    if found.states[State.PENDING]:
        console.print("Some items are pending: a run was interrupted. `newsreel index` goes on with it.")
    console.print("Balanced." if found.balanced else "[red]Not balanced.[/red]")
    raise typer.Exit(0 if found.balanced else 1)
