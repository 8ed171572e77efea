"""What each server sustains, as bars with intervals."""

from __future__ import annotations

from pathlib import Path

from bench.serving.report import Report

__all__ = ["draw"]

_COLOURS = {True: "#3b6ea8", False: "#9a9a9a"}
_LINE = "#222222"


def draw(report: Report, path: Path) -> None:
    """Write a PNG: requests a second by load. Raises ImportError without matplotlib."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    panels = {
        f"{field.task}, {load}": [row for row in field.rates if row.load == load]
        for field in report.fields
        for load in dict.fromkeys(row.load for row in field.rates)
    }
    heights = [len(rows) + 1.5 for rows in panels.values()]
    figure, axes = pyplot.subplots(
        len(panels), figsize=(9, 0.42 * sum(heights) + 1), height_ratios=heights, layout="constrained", squeeze=False
    )
    for axis, (title, rows) in zip(axes[:, 0], panels.items(), strict=True):
        found = [row.a_second for row in rows]
        ends = [[i.median - i.low for i in found], [i.high - i.median for i in found]]
        axis.barh(
            [row.contestant for row in rows],
            [interval.median for interval in found],
            xerr=ends,
            color=[_COLOURS[row.contestant.startswith("Newsreel")] for row in rows],
            ecolor=_LINE,
            capsize=3,
            height=0.6,
        )
        for place, interval in enumerate(found):
            axis.annotate(
                f"{interval.median:.0f}", (interval.high, place), (6, 0), textcoords="offset points", va="center"
            )
        axis.set_title(title, loc="left", fontsize=10)
        axis.margins(x=0.12)
        axis.set_ylim(len(rows) - 0.4, -0.6)  # the first on top
        axis.spines[["top", "right"]].set_visible(False)
    axes[-1, 0].set_xlabel(
        f"requests a second sustained at p95 <= {report.p95_ms:g} ms: median of rounds, 95 % interval"
    )
    figure.suptitle(f"{report.machine}; {report.cores}; {report.date}", fontsize=9)
    figure.savefig(path, dpi=150)
    pyplot.close(figure)
