"""`newsreel loadtest`: how many requests a second a server sustains, and how long each takes."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console

from newsreel.core.errors import UsageError

if TYPE_CHECKING:
    from newsreel.ops.loadtest import LoadTest, Progress, Report
    from newsreel.ops.loadtest.plan import Mix

__all__ = ["loadtest"]

_COLUMNS = 120
_STDOUT = Path("-")
_CLEAR = "\r\x1b[K"
_MIXES: dict[str, Mix] = {"queries": "queries", "documents": "documents", "mixed": "mixed"}

TaskOption = Annotated[
    Literal["embed", "entities", "rerank", "classify", "search"], typer.Option(help="What is asked for.")
]
ShapeOption = Annotated[
    Literal["newsreel", "openai", "tei", "infinity"],
    typer.Option(help="Whose requests: routes and bodies of Newsreel, OpenAI, TEI (/embed) or Infinity (/embeddings)."),
]
MixOption = Annotated[
    str,
    typer.Option(
        metavar="queries|documents|mixed|FILE",
        help="Queries of about 8 tokens, documents of 20-250 words, four to one; or your own texts, one a line.",
    ),
]
TextsOption = Annotated[int | None, typer.Option(min=1, help="Texts in a request; else 1, and to rerank 8.")]
FieldOption = Annotated[
    list[str] | None, typer.Option(metavar="NAME=VALUE", help="Put into each body, as JSON where it is: model=m.")
]
HeaderOption = Annotated[
    list[str] | None, typer.Option(metavar="'NAME: VALUE'", help="Sent with each request, a key for example.")
]
RepeatOption = Annotated[
    float, typer.Option(min=0, max=1, help="Share of texts that were asked before (Zipf), so that caches answer.")
]
LongOption = Annotated[
    float | None, typer.Option(metavar="SECONDS", min=0.01, help="A text of 10,000 words so often beside the others.")
]
RateOption = Annotated[float | None, typer.Option(min=0.1, help="Hold so many requests a second, once.")]
FirstOption = Annotated[float, typer.Option("--from", min=0.5, help="Else begin with so many a second,")]
MostOption = Annotated[float, typer.Option("--to", min=1, help="go up to so many at most")]
FactorOption = Annotated[float, typer.Option(min=1.05, help="by this factor,")]
SearchesOption = Annotated[int, typer.Option(min=1, max=20, help="and look for the knee so many times.")]
SecondsOption = Annotated[float, typer.Option(min=0.1, help="How long a rate is held,")]
WarmUpOption = Annotated[float, typer.Option("--warm-up", min=0, help="after so many seconds that are not counted.")]
P95Option = Annotated[float, typer.Option("--p95-ms", min=0.1, help="What 95 of 100 answers may take.")]
ConnectionsOption = Annotated[int, typer.Option(min=1, max=20_000, help="Open at a time, at most.")]
TimeoutOption = Annotated[float, typer.Option(min=0.1, help="Seconds until a request without an answer has failed.")]
SeedOption = Annotated[
    int | None, typer.Option(min=0, help="The same texts at the same moments again; else it is drawn, and reported.")
]
CpuOption = Annotated[int | None, typer.Option(metavar="N", min=0, help="Keep to this core (Linux).")]
JsonFileOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write all figures there; - is in place of the table.")
]
PlotOption = Annotated[Path | None, typer.Option(metavar="FILE", help="Draw latency by rate, and a histogram.")]


def loadtest(
    url: Annotated[str, typer.Argument(metavar="URL", help="Of the server; with a path, that of the route.")],
    task: TaskOption = "embed",
    shape: ShapeOption = "newsreel",
    mix: MixOption = "queries",
    texts: TextsOption = None,
    field: FieldOption = None,
    header: HeaderOption = None,
    repeat_share: RepeatOption = 0.0,
    long_every: LongOption = None,
    rate: RateOption = None,
    first: FirstOption = 10.0,
    most: MostOption = 20_000.0,
    factor: FactorOption = 2.0,
    searches: SearchesOption = 3,
    seconds: SecondsOption = 10.0,
    warm_up: WarmUpOption = 2.0,
    p95_ms: P95Option = 50.0,
    connections: ConnectionsOption = 512,
    timeout: TimeoutOption = 10.0,
    seed: SeedOption = None,
    cpu: CpuOption = None,
    json_file: JsonFileOption = None,
    plot: PlotOption = None,
) -> None:
    """Load a server as many people do, and find how many requests a second it sustains.

    Requests are sent when they are due, whatever has been answered (open loop, Poisson arrivals), and a latency counts
    from when its request was due: waiting shows. Rates rise until the p95 breaks or more than 1 % fails, and what lies
    between is halved. Ctrl-C prints what is known.

    Example: newsreel loadtest http://127.0.0.1:8420 --mix mixed --p95-ms 50 --plot knee.png
    """
    from newsreel.ops.loadtest import Ladder, LoadTest, Plan, Target, Traffic

    if cpu is not None:
        _keep_to(cpu)
    if plot is not None:
        _check(plot)
    headers = dict(_header(each) for each in header or ())
    known = _MIXES.get(mix)
    asked = Traffic(
        task=task,
        shape=shape,
        mix=known or "own",
        own=() if known else _own(Path(mix)),
        texts=texts,
        repeat_share=repeat_share,
        fields=dict(_field(each) for each in field or ()),
    )
    plan = Plan(
        target=Target(url=url, headers=headers, connections=connections, timeout_s=timeout),
        traffic=asked,
        rate=rate,
        ladder=Ladder(first=first, most=most, factor=factor, searches=searches),
        seconds=seconds,
        warm_up_s=warm_up,
        p95_ms=p95_ms,
        long_every_s=long_every,
        seed=secrets.randbelow(2**31) if seed is None else seed,
    )
    report = _run(LoadTest(plan, _watch))
    _hand_out(report, json_file, plot)
    if report.interrupted:
        raise typer.Exit(130)


def _run(test: LoadTest) -> Report:
    from newsreel.ops.loadtest import exact_loop

    try:
        with asyncio.Runner(loop_factory=exact_loop) as runner:
            return runner.run(test.run())
    except KeyboardInterrupt:
        return test.report(interrupted=True)


def _watch(progress: Progress) -> None:
    """A line a window; in a terminal one that moves meanwhile. Not more: the client has better things to do."""
    moving, step = sys.stderr.isatty(), progress.step
    line = f"{progress.rate:,.4g} a second"
    if step is not None:
        failed = f", {step.failed_share:.1%} failed" if step.errors else ""
        late = ", the client was late" if step.client_late else ""
        typer.echo(
            f"{_CLEAR if moving else ''}{line}: p95 {step.latencies.percentile(95):.1f} ms{failed}{late}", err=True
        )
    elif moving:
        elapsed_s = min(progress.elapsed_s, progress.total_s)
        typer.echo(f"{_CLEAR}{line}: {elapsed_s:.0f} of {progress.total_s:.0f} s", err=True, nl=False)


def _hand_out(report: Report, json_file: Path | None, plot: Path | None) -> None:
    found = json.dumps(report.as_json(), ensure_ascii=False)
    if json_file == _STDOUT:
        typer.echo(found)
    else:
        _print(report)
    if json_file is not None and json_file != _STDOUT:
        json_file.write_text(found + "\n", encoding="utf-8")
    if plot is not None:
        from newsreel.ops.loadtest.plot import draw

        draw(report, plot)


def _print(report: Report) -> None:
    console = Console(width=_COLUMNS, highlight=False, soft_wrap=True)
    console.print(f"{report.address}: {report.traffic} (seed {report.plan.seed})", markup=False)
    if report.steps:
        console.print(report.table())
    for sentence in report.verdict():
        console.print(sentence, markup=False)


def _check(plot: Path) -> None:
    from newsreel.ops.loadtest.plot import check

    check(plot)


def _keep_to(core: int) -> None:
    if not hasattr(os, "sched_setaffinity"):
        raise UsageError("a process cannot be kept to a core here: leave --cpu out")
    try:
        os.sched_setaffinity(0, {core})
    except OSError as error:
        able = ", ".join(map(str, sorted(os.sched_getaffinity(0))))
        raise UsageError(f"there is no core {core} for this process: --cpu is one of {able}") from error


def _header(given: str) -> tuple[str, str]:
    name, colon, value = given.partition(":")
    if not colon:
        raise UsageError("a --header is a name, a colon and a value: 'Authorization: Bearer …'")
    return name.strip(), value.strip()


def _field(given: str) -> tuple[str, Any]:
    name, equals, value = given.partition("=")
    if not equals:
        raise UsageError(f"--field {given}: a name, = and a value are expected: model=all-MiniLM-L6-v2")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _own(path: Path) -> tuple[str, ...]:
    from newsreel.ops.bench.material import texts_of

    if not path.exists():
        raise UsageError(f"--mix {path} is no file: queries, documents, mixed or a file with a text a line is expected")
    return tuple(texts_of(path))
