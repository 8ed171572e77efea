"""The picture of a benchmark: how fast one query is against how many documents go in a second."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from newsreel.core.errors import ArtifactError
from newsreel.ops.bench.front import steps
from newsreel.ops.bench.grid import PRECISIONS, RUNTIMES
from newsreel.ops.bench.report import Report
from newsreel.ops.bench.rows import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw", "edge"]

_COLOURS: Mapping[str, str] = {
    "onnxruntime": "#0072b2",
    "openvino": "#d55e00",
    "torch": "#009e73",
    "torch-compile": "#56b4e9",
    "torchscript": "#e69f00",
    "tensorflow": "#cc79a7",
    "litert": "#7f7f7f",
}
"""Told apart by colour-blind readers, and in print (Okabe and Ito, 2008)."""

_MARKERS: Mapping[str, str] = {
    "fp32": "o",
    "int8": "D",
    "int8-dynamic": "^",
    "int8-weights": "v",
    "bf16": "s",
    "fp16": "P",
}
_INK = "#222222"
_KEY_TOP, _KEY_LINE = 32, 13
"""Points from the time axis to the key, and from line to line."""

_LEAST_SPAN = 3.0
"""The right end of the time axis over the left, at least."""


def draw(report: Report, path: Path) -> None:
    """Write the picture as a PNG. Raises ArtifactError where matplotlib is not installed."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ArtifactError(
            f"{error.name} is not installed, which the plot needs: `pip install 'newsreel[bench]'`"
        ) from error
    figure = Figure(figsize=(9, 6), dpi=150, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _frame(axes, report)
    measured = [row for row in report.rows if row.measured is not None]
    for row in measured:
        _point(axes, row, refused=bool(row.refused(report.task)))
    _edge(axes, report)
    _widen(axes, [_place(row)[0] for row in measured])
    if report.p95_ms is not None:
        _bound(axes, report.p95_ms)
    _legend(axes, measured, report)
    figure.savefig(path)


def edge(report: Report) -> list[Row]:
    """Those to be chosen that no other beats in both p95 and documents a second, the fastest query first.

    In the steps that the front counts in; what was chosen stands for those beside it.
    """
    able = [row for row in report.rows if not row.refused(report.task)]
    found: list[Row] = []
    for row in sorted(able, key=lambda row: (steps(_place(row)[0]), -steps(_place(row)[1]), row is not report.chosen)):
        if not found or steps(_place(row)[1]) > steps(_place(found[-1])[1]):
            found.append(row)
    return found


def _frame(axes: Axes, report: Report) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(FuncFormatter(lambda *_: ""))
    axes.set_xlabel("p95 of one query, ms (logarithmic)")
    axes.set_ylabel(f"{report.documents} a second")
    axes.grid(visible=True, color="#ececec", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.margins(y=0.2)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.set_title(
        f"{report.model}: {report.inputs}{' (incomplete)' if report.interrupted else ''}\n",
        loc="left",
        fontsize=12,
        color=_INK,
    )
    axes.text(0, 1.015, str(report.processor), transform=axes.transAxes, fontsize=9, color="#555555")


def _widen(axes: Axes, p95_ms: list[float]) -> None:
    """Leave room for the number of the leftmost point, and count documents from 0."""
    axes.set_ylim(bottom=0)
    if p95_ms:
        span = max(max(p95_ms) / min(p95_ms), _LEAST_SPAN)
        axes.set_xlim(min(p95_ms) / span**0.1, max(p95_ms) * span**0.08)


def _bound(axes: Axes, p95_ms: float) -> None:
    """What was asked of one query."""
    axes.axvline(p95_ms, color=_INK, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    label = axes.text(p95_ms, 0.01, f" asked: {p95_ms:g} ms", transform=axes.get_xaxis_transform(), fontsize=8)
    label.set_clip_on(True)
    label.set_in_layout(False)


def _point(axes: Axes, row: Row, *, refused: bool) -> None:
    colour = _COLOURS[row.configuration.runtime]
    axes.plot(
        *_place(row),
        marker=_MARKERS[row.configuration.precision],
        markersize=7,
        markerfacecolor="white" if refused else colour,
        markeredgecolor=colour,
        alpha=0.45 if refused else 0.9,
        linestyle="none",
        zorder=2 if refused else 3,
    )


def _edge(axes: Axes, report: Report) -> None:
    rows = edge(report)
    if not rows:
        return
    axes.plot(*zip(*(_place(row) for row in rows), strict=True), color=_INK, linewidth=1, zorder=2)
    if report.chosen is not None and report.chosen not in rows:  # for its memory
        rows = [*rows, report.chosen]
    for number, row in enumerate(rows, 1):
        axes.annotate(
            str(number),
            _place(row),
            xytext=(-6, 5),
            textcoords="offset points",
            ha="right",
            fontsize=9,
            fontweight="bold" if row is report.chosen else "normal",
            color=_INK,
            zorder=4,
        )
    _key(axes, report, rows)


def _key(axes: Axes, report: Report, rows: list[Row]) -> None:
    """What the numbers mean, under the picture: names beside points would lie on each other."""
    for number, row in enumerate(rows, 1):
        chosen = row is report.chosen
        axes.annotate(
            f"{number}  {row.configuration}{' → chosen' if chosen else ''}",
            (0, 0),
            xycoords="axes fraction",
            xytext=(0, -_KEY_TOP - _KEY_LINE * number),
            textcoords="offset points",
            fontsize=9,
            fontweight="bold" if chosen else "normal",
            color=_INK,
        )


def _legend(axes: Axes, rows: list[Row], report: Report) -> None:
    from matplotlib.lines import Line2D

    runtimes, precisions = ({getattr(row.configuration, name) for row in rows} for name in ("runtime", "precision"))
    entries = [
        *(_sample(Line2D, "o", _COLOURS[name], name) for name in RUNTIMES if name in runtimes),
        *(_sample(Line2D, _MARKERS[name], _INK, name) for name in PRECISIONS if name in precisions),
    ]
    if any(row.refused(report.task) for row in rows):
        hollow = Line2D([], [], marker="o", linestyle="none", color="#888888", label="not to be chosen")
        hollow.set_markerfacecolor("white")
        entries.append(hollow)
    axes.legend(handles=entries, loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)


def _sample(line: type, marker: str, colour: str, label: str) -> object:
    return line([], [], marker=marker, linestyle="none", color=colour, label=label)


def _place(row: Row) -> tuple[float, float]:
    if row.measured is None:
        raise ValueError(f"{row.key} was not measured")
    return row.measured.query_p95_ms, row.measured.documents_s
