"""A benchmark's results as files: `results.json`, `table.txt`, `profile.json`, `plot.png`."""

from __future__ import annotations

import io
import json
from pathlib import Path

from rich.console import Console

from newsreel.ops.bench.plot import draw
from newsreel.ops.bench.report import Report

__all__ = ["COLUMNS", "print_report", "write"]

COLUMNS = 150
"""Wide enough for a row of the table."""


def write(report: Report, out: Path) -> Path:
    """Write them all; where the picture is. Raises ArtifactError, when all but the picture is written."""
    _write_json(out / "results.json", report.as_json())
    _write_json(out / "profile.json", {key: list(found) for key, found in report.profiles.items()})
    text = io.StringIO()
    print_report(report, Console(file=text, width=COLUMNS, highlight=False))
    (out / "table.txt").write_text(text.getvalue(), encoding="utf-8")
    draw(report, out / "plot.png")
    return out / "plot.png"


def print_report(report: Report, console: Console) -> None:
    """Table, choice, and where the time goes."""
    console.print(f"{report.model} on {report.processor}; {report.inputs}.", markup=False)
    console.print(report.table())
    for sentence in report.verdict():
        console.print(sentence, markup=False)
    operators = report.profile_table()
    if operators is not None:
        console.print(operators)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
