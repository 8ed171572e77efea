"""The picture of a load test: latency by rate with the knee, and how the answers of one rate are spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.ops.loadtest.figures import Step
from newsreel.ops.loadtest.report import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["check", "draw"]

_COLOURS: Mapping[int, str] = {50: "#56b4e9", 95: "#0072b2", 99: "#d55e00"}
"""By percentile. Told apart by colour-blind readers, and in print (Okabe and Ito, 2008)."""

_KINDS = (".png", ".pdf", ".svg")
_INK, _GREY, _KNEE = "#222222", "#555555", "#009e73"


def check(path: Path) -> None:
    """Whether it could be drawn, which is better known before than after. Raises ArtifactError, UsageError."""
    if path.suffix not in _KINDS:
        raise UsageError(f"{path} is no picture that can be drawn: its name ends with one of {', '.join(_KINDS)}")
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise ArtifactError(
            f"{error.name} is not installed, which the plot needs: `pip install 'newsreel[bench]'`"
        ) from error


def draw(report: Report, path: Path) -> None:
    """Write the picture, as the kind of file its name says. Raises as `check`."""
    check(path)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.8), dpi=150, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    rates, spread = figure.subplots(1, 2, width_ratios=(3, 2))
    for axes in (rates, spread):
        _frame(axes)
    _rates(rates, report)
    if report.best is not None:
        _spread(spread, report.best)
    figure.suptitle(f"{report.address}: {report.traffic}", x=0.01, ha="left", fontsize=11, color=_INK)
    figure.savefig(path)


def _frame(axes: Axes) -> None:
    axes.grid(visible=True, color="#ececec", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _rates(axes: Axes, report: Report) -> None:
    steps = sorted((step for step in report.steps if len(step.latencies.ms)), key=lambda step: step.rate)
    axes.set_xscale("log")
    axes.set_yscale("log")
    _plain_numbers(axes)
    for percent, colour in _COLOURS.items():
        axes.plot(*_medians(steps, percent), color=colour, linewidth=1.2, label=f"p{percent}")
        _points(axes, steps, percent, colour)
    axes.axhline(report.plan.p95_ms, color=_INK, linewidth=0.8, linestyle=(0, (1, 2)))
    axes.annotate(
        f"asked of the p95: {report.plan.p95_ms:g} ms",
        (0.01, report.plan.p95_ms),
        xycoords=axes.get_yaxis_transform(),
        xytext=(0, 3),
        textcoords="offset points",
        fontsize=8,
        color=_GREY,
    )
    if report.knee is not None:
        knee = report.knee
        axes.axvspan(knee.low, knee.high, color=_KNEE, alpha=0.15, linewidth=0)
        axes.axvline(knee.rate, color=_KNEE, linewidth=1.2, label=f"knee: {knee.rate:,.4g} a second")
    axes.set_xlabel("requests a second (hollow: not sustained)")
    axes.set_ylabel("ms from when it was due to its answer")
    axes.legend(frameon=False, fontsize=9, loc="best")


def _medians(steps: Sequence[Step], percent: int) -> tuple[list[float], list[float]]:
    """Rates, and what is in the middle of what was measured at each."""
    rates = sorted({step.rate for step in steps})
    held = ([step.latencies.percentile(percent) for step in steps if step.rate == rate] for rate in rates)
    return rates, [median(found) for found in held]


def _points(axes: Axes, steps: Sequence[Step], percent: int, colour: str) -> None:
    for step in steps:
        axes.plot(
            step.rate,
            step.latencies.percentile(percent),
            marker="o",
            markersize=5,
            markerfacecolor=colour if step.sustained else "white",
            markeredgecolor=colour,
            linestyle="none",
        )


def _spread(axes: Axes, step: Step) -> None:
    """Of one rate: buckets as they are in the JSON, so that what is drawn can be looked up."""
    buckets = step.latencies.buckets()
    axes.set_xscale("log")
    _plain_numbers(axes)
    width = 2 ** (1 / 8)
    for upper, count in buckets:
        axes.bar(upper / width, count, width=upper - upper / width, align="edge", color="#9ecae1", edgecolor="white")
    for percent, colour in _COLOURS.items():
        axes.axvline(step.latencies.percentile(percent), color=colour, linewidth=1.2, label=f"p{percent}")
    axes.set_xlabel("ms")
    axes.set_ylabel("answers")
    axes.set_title(f"at {step.rate:,.4g} a second", loc="left", fontsize=10, color=_GREY)
    axes.legend(frameon=False, fontsize=9)


def _plain_numbers(axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator

    scales = [axes.xaxis, axes.yaxis] if axes.get_yscale() == "log" else [axes.xaxis]
    for axis in scales:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(FuncFormatter(lambda *_: ""))
