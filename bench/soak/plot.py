"""The picture of a soak: memory and latency over time."""

from __future__ import annotations

from pathlib import Path

from bench.soak.contest import Soaked
from bench.soak.report import bins

__all__ = ["draw"]

_MEMORY, _P50, _P99, _GREY = "#009e73", "#0072b2", "#d55e00", "#888888"
"""Told apart by colour-blind readers (Okabe and Ito, 2008)."""


def draw(soaked: Soaked, path: Path) -> None:
    """Write it. Raises ImportError without matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    path.parent.mkdir(parents=True, exist_ok=True)
    figure = Figure(figsize=(9, 5.5), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True)
    memory, slope = soaked.memory, soaked.memory.slope
    above.plot(memory.at_s, memory.mib, color=_MEMORY, linewidth=1.2)
    above.axvspan(0, memory.warm_s, color=_GREY, alpha=0.12, linewidth=0, label="warm-up")
    above.set_ylim(bottom=0)
    above.set_ylabel("MiB resident")
    above.legend(frameon=False, fontsize=9, loc="lower right")
    if slope is not None:
        above.set_title(f"{slope:+.2f} MiB a minute after the warm-up", loc="left", fontsize=10)
    found = bins(soaked)
    at_s = [each.at_s for each in found]
    below.plot(at_s, [each.p50_ms for each in found], color=_P50, linewidth=1.2, label="p50")
    below.plot(at_s, [each.p99_ms for each in found], color=_P99, linewidth=1.2, label="p99")
    below.axvline(memory.at_s[-1], color=_GREY, linewidth=0.8, linestyle=":", label="a breath, then SIGTERM under load")
    below.set_yscale("log")
    below.set_ylabel("ms to an answer, by 5 s")
    below.set_xlabel(f"seconds, at {soaked.rate:,.4g} requests a second")
    below.legend(frameon=False, fontsize=9, loc="upper right")
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(visible=True, color="#ececec", linewidth=0.8)
    figure.savefig(path)
