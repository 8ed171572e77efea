"""An index run for people: a bar while it goes, a summary when it ends. All of it on stderr."""

from __future__ import annotations

from collections import Counter
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import TimeRemainingColumn as Remaining

from newsreel.core.times import NS_PER_S, timecode

if TYPE_CHECKING:
    from newsreel.pipeline.films import FilmProgress
    from newsreel.pipeline.group import Failure
    from newsreel.pipeline.indexer import Progress as Report
    from newsreel.pipeline.indexer import Summary

__all__ = ["Bar", "FilmBar", "RunProgress", "print_summary"]

_OUTCOMES = (
    "done",
    "duplicate",
    "failed",
    "refused",
    "unchanged",
    "failed before",
    "older",
    "killed",
    "kept out",
    "withheld",
    "pruned",
)
_NO_WORK = {"unchanged", "failed before", "older", "kept out", "beside"}
_FAILURES_SHOWN = 20
_NAME = 24


class Bar:
    """A context in which a line moves on a terminal, and nothing is drawn elsewhere."""

    def __init__(self, console: Console, first: str, *columns: ProgressColumn) -> None:
        """Draw on this console: what is done, a bar, `columns` and the time."""
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=12),
            *columns,
            TimeElapsedColumn(),
            TextColumn("left"),
            Remaining(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(first, total=None, rate="", counts="")

    def __enter__(self) -> Self:
        """Start drawing."""
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop drawing."""
        self._bar.stop()


class RunProgress(Bar):
    """A context in which `watch` moves a bar: counts, rate, time left."""

    def __init__(self, console: Console) -> None:
        """Draw on this console."""
        counts = TextColumn("{task.fields[rate]} [dim]{task.fields[counts]}")
        super().__init__(console, "starting", MofNCompleteColumn(), counts)

    def watch(self, report: Report) -> None:
        """Show how far the run is."""
        done = sum(report.counts.values())
        elapsed = self._bar.tasks[0].elapsed or 0
        self._bar.update(
            self._task,
            description=_of_film(report.film) if report.film else report.phase,
            total=report.total or None,
            completed=done,
            rate=f"{done / elapsed:.1f}/s" if elapsed > 1 and not report.film else "",
            counts="" if report.film else _listed(report.counts),  # a line has room for one of the two
        )


class FilmBar(Bar):
    """A context in which `watch` shows how far one film is cut."""

    def __init__(self, console: Console) -> None:
        """Draw on this console."""
        super().__init__(console, "opening")

    def watch(self, film: FilmProgress) -> None:
        """Show how far the film is."""
        self._bar.update(self._task, description=_of_film(film), total=film.duration_ns, completed=film.at_ns)


def _of_film(film: FilmProgress) -> str:
    """`harbour.mp4 0:40 of 12:05, 91 frames/s, 3.6 video s/s`."""
    name = escape(_printable(unquote(film.uri).removeprefix("file:").rsplit("/", 1)[-1])[:_NAME])
    whole = f" of {timecode(film.duration_ns)}" if film.duration_ns else ""
    seconds = max(film.seconds, 1e-3)
    pace = f"{film.frames / seconds:.0f} frames/s, {film.film_ns / NS_PER_S / seconds:.1f} video s/s"
    return f"{name} {timecode(film.at_ns)}{whole}, {pace}"


def print_summary(summary: Summary, console: Console) -> None:
    """What the run did, and every failure with its cause."""
    if summary.inputs and set(+summary.counts) <= _NO_WORK:
        console.print(f"Nothing to do, nothing is new ({_listed(summary.counts)}).")
    else:
        rate = f" ({summary.inputs / summary.seconds:.1f} a second)" if summary.seconds > 1 else ""
        console.print(
            f"[bold]{summary.inputs}[/bold] inputs in {summary.seconds:.1f} s{rate}: {_listed(summary.counts)}; "
            f"{summary.computed} passages embedded{f', {summary.frames} frames of film cut' if summary.frames else ''}."
        )
    for failure in summary.failures[:_FAILURES_SHOWN]:
        _print_cause("[red]✗[/red]", failure, console)
    for loss in summary.losses[:_FAILURES_SHOWN]:
        _print_cause("[yellow]![/yellow]", loss, console)
    if summary.counts["failed before"]:
        console.print("What failed before is read again when it changes, or with --retry-failed.")
    more = sum(max(len(causes) - _FAILURES_SHOWN, 0) for causes in (summary.failures, summary.losses))
    if more:
        console.print(f"  … and {more} more: `newsreel audit --failures` lists what failed, or in part.")


def _print_cause(sign: str, failure: Failure, console: Console) -> None:
    from newsreel.ingest.sources import Ref

    place = _printable(str(Ref(failure.source).path))
    line = failure.source.partition("#line=")[2]
    console.print(f"  {sign} {escape(place)}{f' line {line}' if line else ''}: {escape(failure.cause)}")


def _printable(text: str) -> str:
    """A file may be called anything: a new line, commands to the terminal, bytes that are not text."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[name]} {name}" for name in _OUTCOMES if counts[name])
