"""Lag beside F1: the windows of live video on the generated half on which choices are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsreel.core.protocols import ShotModel
from newsreel.evaluate.entities.scores import Interval
from newsreel.evaluate.shots.films import Film
from newsreel.evaluate.shots.generated import generated
from newsreel.evaluate.shots.report import ask
from newsreel.evaluate.shots.scores import BOTH, figures
from newsreel.evaluate.shots.systems import ours
from newsreel.evaluate.shots.takes import film_paths, read_takes
from newsreel.live.lag import SCORING_S, USUAL_RATE, late_frames
from newsreel.models.shots import Windows
from newsreel.models.shots.config import ARCHIVE

__all__ = ["FULL_GRID", "QUICK_GRID", "Curve", "Point", "curve", "lag_s", "scored"]

_AFTER, _BEFORE = (5, 10, 15, 20, 25), (25, 50, 69)
_HOP = 6
"""Frames: the fewest that `live.lag` has. With 69 before and 25 behind them a window is the reference's 100."""
_HOPS = (12, 43, 93)
"""Of longer lags."""

FULL_GRID = (
    *(Windows(_HOP, before, after) for before in _BEFORE for after in _AFTER),
    *(Windows(kept) for kept in _HOPS),
)
QUICK_GRID = (Windows(_HOP, after=5), Windows(_HOP), Windows(_HOPS[-1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Windows, and what they cost and give."""

    kept: int
    before: int
    after: int
    lag_s: float
    """After the next shot's first picture a cut is known, at 25 frames a second."""
    computed: float
    """Frames that the network computes for each that it scores."""
    f1: Interval
    """By place, as cut or gradual; the interval is over films."""
    precision: float
    recall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """All of it."""

    films: int
    transitions: int
    archive: Point
    points: Sequence[Point]


def curve(
    videos: Path, model: ShotModel, count: int, grid: Sequence[Windows], watch: Callable[[str, int], None]
) -> Curve:
    """Score `count` films of the half in each of these windows, and in the archive's.

    Raises SourceError, UnreadableError, UsageError.
    """
    films = generated("dev", read_takes("dev", film_paths([videos])), count)
    return scored((("generated dev", film) for film in films), model, grid, watch)


def scored(
    films: Iterable[tuple[str, Film]], model: ShotModel, grid: Sequence[Windows], watch: Callable[[str, int], None]
) -> Curve:
    """Of films with their set's name, one set."""
    by_name = {str(windows): windows for windows in (ARCHIVE, *grid)}
    systems = {name: ours(model, windows) for name, windows in by_name.items()}
    ((of_set, answers),) = ask(films, systems, watch).items()
    found = {name: figures(given, of_set).scores[BOTH] for name, given in answers.items()}
    points = [
        Point(
            kept=windows.kept,
            before=windows.before,
            after=windows.after,
            lag_s=lag_s(windows),
            computed=windows.length / windows.kept,
            f1=found[name].f1,
            precision=found[name].precision,
            recall=found[name].recall,
        )
        for name, windows in by_name.items()
    ]
    first = next(iter(answers.values()))
    there = sum(len(answer.edits) for answer in first)
    return Curve(films=len(first), transitions=there, archive=points[0], points=points[1:])


def lag_s(windows: Windows) -> float:
    """The least `--lag` that leads to such windows at 25 frames a second: what is set aside for scoring included."""
    return late_frames(windows) / USUAL_RATE + SCORING_S
