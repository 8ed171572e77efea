"""The figures of entities, printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from newsreel.evaluate.entities.answers import Case
from newsreel.evaluate.entities.confusion import BOUNDARY, INVENTED, MISSED
from newsreel.evaluate.entities.labelled import LABELS
from newsreel.evaluate.entities.report import ALL, CORE_LABELS, Figures
from newsreel.evaluate.entities.scores import Interval

__all__ = ["show"]


def show(
    model: str,
    against: str,
    found: Mapping[Case, Figures],
    examples: Mapping[Case, Mapping[str, Sequence[str]]],
    console: Console,
) -> None:
    """Print sets, labels, calibration, confusion and errors to read; `against` is empty where no other was asked."""
    console.print(f"{model}{f' and {against}' if against else ''}")
    tables = {f"{CORE_LABELS}, exact span and label [95 % of resamples]": _sets(found, against)}
    tables["By label"] = _labels(found)
    for case, figures in found.items():
        error = f"expected calibration error (ECE) {figures.calibration[ALL]:.3f}"
        tables[f"Scores of all sets, {case}: {error}"] = _calibration(figures)
        tables[f"What became of what, all sets, {case}"] = _confusion(figures)
    for title, table in tables.items():
        console.print(f"\n{title}")
        console.print(table)
    for case in found:
        for kind, errors in examples[case].items():
            console.print(f"\n{kind}, {case}")
            for error in errors:
                console.print(f"  {error}", markup=False, soft_wrap=True)


def _table(*columns: str) -> Table:
    table = Table(box=None)
    for column in columns:
        table.add_column(column, no_wrap=True)
    return table


def _sets(found: Mapping[Case, Figures], against: str) -> Table:
    beside = (f"less {against}'s", "p") if against else ()
    columns = ("set", "", "precision", "recall", "F1", *beside, "F1, all labels", "ECE")
    table = _table(*columns)
    for case, figures in found.items():
        for name, scores in figures.sets.items():
            core = scores[CORE_LABELS]
            shown = (f"{core.precision:.3f}", f"{core.recall:.3f}", _told(core.f1), *_beside(figures, name))
            table.add_row(name, case, *shown, _told(scores[ALL].f1), f"{figures.calibration[name]:.3f}")
        mean = ("", "", _told(figures.average), *_beside(figures, "average"))
        table.add_row("average of F1", case, *mean, "", f"{figures.calibration[ALL]:.3f}", style="bold")
    return table


def _beside(figures: Figures, name: str) -> Sequence[str]:
    if name not in figures.against:
        return ()
    difference = figures.against[name]
    return _told(difference.f1, "+.3f"), f"{difference.p:.4f}"


def _labels(found: Mapping[Case, Figures]) -> Table:
    table = _table("set", "", "label", "precision", "recall", "F1", "names", "found")
    for case, figures in found.items():
        for name, scores in figures.sets.items():
            for label in filter(scores.__contains__, LABELS):
                of = scores[label]
                shown = (f"{of.precision:.3f}", f"{of.recall:.3f}", _told(of.f1), str(of.gold), str(of.found))
                table.add_row(name, case, label, *shown)
    return table


def _calibration(figures: Figures) -> Table:
    table = _table("score", "entities", "mean score", "share right")
    for b in figures.bins:
        table.add_row(f"{b.low:.2f}–{b.high:.2f}", str(b.entities), f"{b.score:.3f}", f"{b.right:.3f}")
    return table


def _confusion(figures: Figures) -> Table:
    became = (*LABELS, BOUNDARY, MISSED)
    table = _table("", *became)
    for gold in (*LABELS, INVENTED):
        row = figures.confusion.get(gold, {})
        table.add_row(gold, *(str(row.get(found, "")) for found in became))
    return table


def _told(interval: Interval, form: str = ".3f") -> str:
    return f"{interval.value:{form}} [{interval.low:{form}}, {interval.high:{form}}]"
