"""The ratios as bars with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.encoders.field import OURS
from bench.encoders.ratios import Interval
from bench.encoders.report import Report
from bench.encoders.rows import QueryRow

__all__ = ["draw"]

_BAR = "#3b6ea8"
_LINE = "#222222"


def draw(report: Report, path: Path) -> None:
    """Write a PNG: how many times as long as Newsreel each contestant takes. Raises ImportError without matplotlib."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    panels = {title: rows for title, rows in _panels(report).items() if rows}
    heights = [len(rows) + 1.5 for rows in panels.values()]
    figure, axes = pyplot.subplots(
        len(panels), figsize=(9, 0.42 * sum(heights) + 1), height_ratios=heights, layout="constrained", squeeze=False
    )
    for axis, (title, rows) in zip(axes[:, 0], panels.items(), strict=True):
        names, found = list(rows), list(rows.values())
        middles = [interval.median for interval in found]
        ends = [[i.median - i.low for i in found], [i.high - i.median for i in found]]
        axis.barh(names, middles, xerr=ends, color=_BAR, ecolor=_LINE, capsize=3, height=0.6)
        for place, interval in enumerate(found):
            axis.annotate(
                f"{interval.median:.1f}×", (interval.high, place), (6, 0), textcoords="offset points", va="center"
            )
        axis.axvline(1, color=_LINE, linewidth=0.8, linestyle=":")
        axis.set_title(title, loc="left", fontsize=10)
        axis.margins(x=0.12)
        axis.set_ylim(len(rows) - 0.4, -0.6)  # the first on top
        axis.spines[["top", "right"]].set_visible(False)
    axes[-1, 0].set_xlabel("times as long as Newsreel takes: median of rounds, 95 % interval")
    figure.suptitle(f"{report.machine}; {report.date}", fontsize=9)
    figure.savefig(path, dpi=150)
    pyplot.close(figure)


def _panels(report: Report) -> dict[str, dict[str, Interval]]:
    """The peers' ratios by workload; ours would be 1."""
    documents = {f"{r.contestant}, batch {r.batch}": r.times_ours for r in report.documents if r.contestant != OURS}
    return {
        "One query of 8 tokens, p50: all-MiniLM-L6-v2": _of_queries(report.queries),
        "One query of 8 tokens, p50: DistilBERT-base token classifier": _of_queries(report.entities),
        "Documents of 20–250 words: all-MiniLM-L6-v2": documents,
    }


def _of_queries(rows: Sequence[QueryRow]) -> dict[str, Interval]:
    return {row.contestant: row.times_ours_p50 for row in rows if not row.contestant.startswith(OURS)}
