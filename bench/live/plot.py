"""Two pictures: F1 by lag, and feeds carried by lag."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.live.curve import Curve
from bench.live.feeds import Capacity
from bench.live.report import Report

__all__ = ["draw"]

_COLOURS = ("#3b6ea8", "#b5651d", "#4a8a4a")
_LINE = "#222222"
_MARKS = ("o", "s", "^")


def draw(report: Report, folder: Path) -> list[Path]:
    """Write `lag.png` and `feeds.png`, of what was measured. Raises ImportError without matplotlib."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    if report.curve is not None:
        with _axis(folder / "lag.png", report, made) as axis:
            _lag(axis, report.curve)
    if report.capacities:
        with _axis(folder / "feeds.png", report, made) as axis:
            _feeds(axis, list(report.capacities))
    return made


@contextmanager
def _axis(path: Path, report: Report, made: list[Path]) -> Iterator[Any]:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(8, 4.5), layout="constrained")
    yield axis
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=9)
    figure.suptitle(f"{report.machine}; {report.date}", fontsize=9)
    figure.savefig(path, dpi=150)
    pyplot.close(figure)
    made.append(path)


def _lag(axis: Any, found: Curve) -> None:
    """A line for each context before; what is kept changes from its right end on."""
    shortest = min(point.kept for point in found.points)
    befores = sorted({point.before for point in found.points})
    for before, colour, mark in zip(befores, _COLOURS, _MARKS, strict=False):
        points = sorted((p for p in found.points if p.before == before), key=lambda point: point.lag_s)
        axis.plot(
            [point.lag_s for point in points],
            [point.f1.value for point in points],
            color=colour,
            marker=mark,
            label=f"{before} frames before",
        )
        for point in points:
            told = f"+{point.after}" if point.kept == shortest else f"{point.kept} kept"
            axis.annotate(told, (point.lag_s, point.f1.value), (0, 7), textcoords="offset points", fontsize=7)
    archive = found.archive.f1
    axis.axhspan(archive.low, archive.high, color=_LINE, alpha=0.06)
    axis.axhline(archive.value, color=_LINE, linewidth=0.8, linestyle=":", label="as films are cut, 95 % interval")
    axis.set_xlabel(f"lag, s, at 25 frames a second ({shortest} frames kept unless told; +n: n frames behind them)")
    axis.set_ylabel("F1 by place")
    axis.set_title(f"{found.films} films of the generated half dev, {found.transitions} transitions", fontsize=10)


def _feeds(axis: Any, found: list[Capacity]) -> None:
    places = range(len(found))
    axis.bar(places, [one.most for one in found], color=_COLOURS[0], width=0.5, label="carried")
    for place, one in zip(places, found, strict=True):
        axis.hlines(one.aim, place - 0.32, place + 0.32, color=_LINE, linestyle="--", label="" if place else "aim")
        axis.annotate(f"{one.most}", (place, one.most), (0, 4), textcoords="offset points", ha="center")
    axis.set_xticks(list(places), [f"{one.lag_s:g} s" for one in found])
    axis.set_xlabel("lag, 95th percentile, nothing dropped")
    axis.set_ylabel("feeds of 25 pictures a second at 360p")
    axis.margins(y=0.15)
