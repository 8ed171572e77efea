"""`newsreel live`: a feed's shots, as they end."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from newsreel.cli._feeds import FeedLines
from newsreel.cli._options import IndexOption
from newsreel.core.errors import UsageError
from newsreel.settings import Settings

if TYPE_CHECKING:
    from newsreel.live.plans import LivePlan

__all__ = ["live"]


def live(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...", help="Files, pipes (- is standard input), rtsp:// rtmp:// udp:// https:// …"
        ),
    ],
    name: Annotated[list[str] | None, typer.Option("--name", help="What a feed is called; once for each.")] = None,
    lag: Annotated[
        float, typer.Option(min=0.3, max=60, metavar="S", help="Seconds within which a shot is told: see below.")
    ] = 1.5,
    archive: IndexOption = None,
    headline: Annotated[str, typer.Option(help="Of what is indexed, instead of the feed's name and the time.")] = "",
    keyframes: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write each shot's picture here.")] = None,
    seconds: Annotated[
        float | None, typer.Option("--for", min=0, metavar="SECONDS", help="Leave after so long.")
    ] = None,
    max_reconnects: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Give a feed up after so many tries in a row; else never.")
    ] = None,
    metrics_port: Annotated[
        int | None, typer.Option(min=0, max=65535, metavar="PORT", help="Answer /metrics here, on 127.0.0.1.")
    ] = None,
) -> None:
    """Watch live video: a line of JSON for each shot as it ends. Ctrl-C stops, and the shot that is open is told yet.

    The lag counts from the arrival of the next shot's first picture. The network wants to see 25 pictures behind a
    boundary, so 1.5 s is about the least at 25 pictures a second without a price in boundaries, and dear: at 3 s a
    feed takes a quarter of the computing, at 5 s a sixth.

    With --index a shot can be searched within seconds, as a moment of a video of ten minutes (live:NAME/TIME). While
    another process writes to the archive, shots wait.

    Example: newsreel live rtsp://camera.example/1 --name harbour --index ./archive
    """
    from newsreel.live.options import SourceOptions
    from newsreel.live.plans import LivePlan, named_feeds

    plan = LivePlan(
        feeds=named_feeds(sources, name or ()),
        source=SourceOptions(max_reconnects=max_reconnects),
        lag_s=lag,
        seconds=seconds,
        keyframes=keyframes,
        archive=archive,
        headline=headline,
    )
    _watch(plan, metrics_port)


def _watch(plan: LivePlan, metrics_port: int | None) -> None:
    from newsreel import app

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    states = []
    with ExitStack() as stack:
        if metrics_port is not None:
            port = stack.enter_context(_metrics(metrics_port))
            console.print(f"Metrics are at http://127.0.0.1:{port}/metrics")
        stack.enter_context(_terminable())
        lines = stack.enter_context(FeedLines(console))
        try:
            states = app.live(plan, Settings(), _print, lines.watch, lambda text: console.print(text, markup=False))
        except KeyboardInterrupt:
            return  # the usual way to end it
    for state in states:
        if state.failure:
            console.print(f"newsreel: {state.name}: {state.failure}", markup=False)
    if any(state.failure for state in states):
        raise typer.Exit(1)


def _print(event: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
    sys.stdout.flush()


@contextmanager
def _metrics(port: int) -> Iterator[int]:
    from newsreel.telemetry import serve_metrics

    with ExitStack() as stack:
        try:
            taken = stack.enter_context(serve_metrics(port))
        except OSError as error:
            raise UsageError(
                f"cannot listen on port {port} ({error.strerror}): choose another --metrics-port"
            ) from None
        yield taken


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends it like Ctrl-C, and once: a second one must not spoil what is told and written at the end."""
    signals = (signal.SIGTERM, signal.SIGINT)

    def stop(*_: object) -> None:
        for one in signals:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = [signal.signal(one, stop) for one in signals]
    try:
        yield
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)
