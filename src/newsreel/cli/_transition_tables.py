"""The figures of shot boundaries, printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from rich.console import Console
from rich.table import Table

from newsreel.evaluate.shots.report import Answers
from newsreel.evaluate.shots.scores import BOTH, Answer, Figures

__all__ = ["show"]

Found = Mapping[str, Mapping[str, Figures]]


def show(found: Found, answers: Answers, examples: int, console: Console) -> None:
    """Print scores, then for each set what is found of what, what is not there, and so many errors of each system."""
    tables = {"Transitions found [95 % of resamples of films]": _scores(found)}
    for name, systems in found.items():
        tables[f"{name}: found of each kind of transition"] = _by_kind(systems)
        tables[f"{name}: found where none is"] = _false(systems)
        tables[f"{name}: frames that cuts are late by"] = _errors(systems)
    for title, table in tables.items():
        console.print(f"\n{title}")
        console.print(table)
    for name, asked in answers.items():
        for system, given in asked.items():
            for error in islice(_mistakes(given), examples):
                console.print(f"{name}, {system}: {error}", markup=False, soft_wrap=True)


def _table(*columns: str) -> Table:
    table = Table(box=None)
    for column in columns:
        table.add_column(column, no_wrap=True)
    return table


def _scores(found: Found) -> Table:
    table = _table("set", "system", "", "there", "precision", "recall", "F1")
    for name, systems in found.items():
        for system, figures in systems.items():
            for kind, score in figures.scores.items():
                f1 = f"{score.f1.value:.3f} [{score.f1.low:.3f}, {score.f1.high:.3f}]"
                told = "cuts and gradual, by place" if kind == BOTH else kind
                table.add_row(name, system, told, str(score.there), f"{score.precision:.3f}", f"{score.recall:.3f}", f1)
    return table


def _by_kind(systems: Mapping[str, Figures]) -> Table:
    """How many of each kind a system found, and how many are there."""
    table = _table("kind", "there", *systems)
    first, *_ = systems.values()
    for kind, (_, there) in first.recall.items():
        table.add_row(kind, str(there), *(str(figures.recall[kind][0]) for figures in systems.values()))
    return table


def _false(systems: Mapping[str, Figures]) -> Table:
    table = _table("what is there", "times", *systems)
    first, *_ = systems.values()
    for cause, (_, there) in first.false.items():
        times = str(there) if there else ""
        table.add_row(cause, times, *(str(figures.false[cause][0]) for figures in systems.values()))
    return table


def _errors(systems: Mapping[str, Figures]) -> Table:
    """Of the cuts found, how many are early or late by how much; of the gradual ones, how much of them."""
    late = sorted({frames for figures in systems.values() for frames in figures.cut_errors})
    table = _table("system", *(f"{frames:+d}" if frames else "exact" for frames in late), "gradual frames, P and R")
    for system, figures in systems.items():
        exact = figures.gradual_frames
        shown = "" if exact is None else f"{exact[0]:.3f} {exact[1]:.3f}"
        table.add_row(system, *(str(figures.cut_errors.get(frames, 0)) for frames in late), shown)
    return table


def _mistakes(answers: Sequence[Answer]) -> Iterator[str]:
    for answer in answers:
        for edit in answer.missed:
            yield f"{answer.film}: {edit.kind} at {edit.start_frame} to {edit.end_frame} is missed"
        for found, cause in answer.false:
            yield f"{answer.film}: found at {found.start_frame} to {found.end_frame}, where there is {cause}"
