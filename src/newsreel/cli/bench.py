"""`newsreel models bench`: a model in every way it can run here, and which one to take."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import MofNCompleteColumn

from newsreel.cli._options import JsonOption
from newsreel.cli._progress import Bar
from newsreel.core.errors import ArtifactError
from newsreel.settings import Settings

if TYPE_CHECKING:
    from newsreel.ops.bench.run import Step

__all__ = ["bench"]


def bench(
    model: Annotated[str, typer.Argument(help="The model's name, as in `newsreel models list`.")],
    runtime: Annotated[list[str] | None, typer.Option(help="Only this runtime; may be given several times.")] = None,
    precision: Annotated[list[str] | None, typer.Option(help="Only this precision; likewise.")] = None,
    threads: Annotated[list[int] | None, typer.Option(min=1, help="With so many threads; likewise.")] = None,
    batch_tokens: Annotated[
        list[int] | None, typer.Option(min=1, help="So many tokens a batch at most (of film: windows); likewise.")
    ] = None,
    p95_ms: Annotated[float | None, typer.Option(min=0, help="What one query may take, in milliseconds.")] = None,
    texts: Annotated[Path | None, typer.Option(metavar="FILE", help="Texts to read, one a line.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where results go; else bench-MODEL.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="All cores, one batch size, one round.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure a model in every way it can run on this machine: runtimes, precisions, threads and batches.

    p50 and p95 of one query, documents a second, memory, load time, and the output beside that of the fp32 graph; each
    in a process of its own, in rounds, the median counted. Tokenising is not in the figures. Marks what nothing beats,
    and says what to run. An interrupted run (Ctrl-C, SIGTERM) prints what it has, and goes on where it was when
    given again.

    Example: newsreel models bench all-MiniLM-L6-v2 --p95-ms 5
    """
    from newsreel.ops.bench import files
    from newsreel.ops.bench.grid import Wanted
    from newsreel.ops.bench.material import in_words, workload
    from newsreel.ops.bench.models import Model
    from newsreel.ops.bench.run import Benchmark
    from newsreel.ops.bench.run import bench as run

    wanted = Wanted(
        runtimes=tuple(runtime or ()),
        precisions=tuple(precision or ()),
        threads=tuple(threads or ()),
        batch_tokens=tuple(batch_tokens or ()),
        quick=quick,
    )
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    folder = out or Path(f"bench-{model.replace('/', '--')}")
    settings = Settings()
    with _StepBar(console) as bar:
        measured = Model.of(settings.artifacts, model, folder)
        given = workload(measured.made(), texts)
        asked = Benchmark(model=measured, workload=given, inputs=in_words(given), wanted=wanted, p95_ms=p95_ms)
        with _terminable():
            report = run(asked, bar.watch)
    try:
        console.print(f"Written: {files.write(report, folder)}, and beside it table, JSON and profile.", markup=False)
    except ArtifactError as error:
        console.print(f"newsreel: {error}; table, JSON and profile are in {folder}", markup=False)
    if as_json:
        typer.echo(json.dumps(report.as_json()))
    else:
        files.print_report(report, Console(width=files.COLUMNS, highlight=False))
    if report.interrupted:
        raise typer.Exit(130)


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM interrupts like Ctrl-C: what was measured is written, and no process is left behind."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _StepBar(Bar):
    """A context in which `watch` moves a bar."""

    def __init__(self, console: Console) -> None:
        """Draw on this console."""
        super().__init__(console, "reading the model", MofNCompleteColumn())

    def watch(self, step: Step) -> None:
        """Show how far the benchmark is."""
        self._bar.update(self._task, description=escape(step.doing), completed=step.done, total=step.total)
