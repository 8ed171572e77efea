"""What a run found: as Markdown tables and a line an aim, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.live.curve import Curve, Point
from bench.live.feeds import Capacity, Trial
from bench.shots.tables import table

__all__ = ["Report", "aims", "lines", "write_json"]

_ONE_FEED_S = 1.5
"""The issue's: p95 of the lag of one feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything of one run."""

    machine: str
    date: str
    seconds: float
    """Of a trial of feeds."""
    curve: Curve | None
    one_feed: Trial | None
    """At the shortest of the lags."""
    capacities: Sequence[Capacity]


def write_json(report: Report, path: Path) -> None:
    """The whole report, and the lines of the aims."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = asdict(report) | {"verdicts": list(aims(report))}
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def lines(report: Report) -> Iterator[str]:
    """What is printed, paragraph by paragraph."""
    yield f"{report.machine}; {report.date}"
    if report.curve is not None:
        yield _curve(report.curve)
    trials = [("one, at 1.5 s", report.one_feed)] if report.one_feed else []
    trials += [(f"at {one.lag_s:g} s", trial) for one in report.capacities for trial in one.trials]
    if trials:
        yield f"feeds of 25 pictures a second at 360p, {report.seconds:g} s each; one alone for longer"
        yield table(
            ("lag", "feeds", "cuts", "lag p50, s", "lag p95, s", "dropped", "cores busy", "holds"),
            [(what, *_told(trial)) for what, trial in trials],
        )
    yield "\n".join(aims(report))


def aims(report: Report) -> Iterator[str]:
    """What the issue asks for, and whether it was reached."""
    if report.one_feed is not None:
        verdict = "reached" if report.one_feed.holds else "missed"
        yield f"one feed: p95 {_seconds(report.one_feed.p95_s)} s; aim {_ONE_FEED_S:g}, nothing dropped: {verdict}"
    for one in report.capacities:
        broke = min((trial.feeds for trial in one.trials if not trial.holds), default=None)
        beyond = "more were not tried" if broke is None else f"{broke} are too many"
        verdict = "reached" if one.most >= one.aim else "missed"
        yield f"feeds at a lag of {one.lag_s:g} s: {one.most}, {beyond}; aim {one.aim}: {verdict}"


def _curve(found: Curve) -> str:
    header = ("frames kept", "before", "after", "lag, s", "computed for each", "F1", "precision", "recall")
    rows = sorted(found.points, key=lambda point: (point.before, point.kept, point.after))
    told = f"{found.films} films of the generated half dev, {found.transitions} transitions; the last as films are cut"
    return f"{told}\n\n{table(header, [_point(point) for point in (*rows, found.archive)])}"


def _point(point: Point) -> tuple[object, ...]:
    f1 = f"{point.f1.value:.3f} [{point.f1.low:.3f}, {point.f1.high:.3f}]"
    shares = (f"{point.precision:.3f}", f"{point.recall:.3f}")
    return point.kept, point.before, point.after, f"{point.lag_s:.2f}", f"{point.computed:.1f}", f1, *shares


def _told(trial: Trial) -> tuple[object, ...]:
    lags = (_seconds(trial.p50_s), _seconds(trial.p95_s))
    return trial.feeds, trial.cuts, *lags, trial.dropped, f"{trial.busy_cores:.2f}", "yes" if trial.holds else "no"


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
