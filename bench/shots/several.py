"""Several films at once against one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from pathlib import Path

from bench.encoders.ratios import Interval, paired
from bench.shots.turns import in_turns, walls

from newsreel.core.protocols import ShotModel
from newsreel.pipeline.films import CutFilm, cut_alone

__all__ = ["Several", "together"]

_LIMIT_S = 3600.0
_WORKERS = (1, 2, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """So many films at the same time, sharing one model."""

    at_once: int
    films: int
    faster: Interval
    """Times one after the other."""


def together(paths: Sequence[Path], model: ShotModel, rounds: int, watch: Callable[[int], None]) -> list[Several]:
    """Cut all of these with one, two and four workers in turns."""
    turns = in_turns(repeat({str(n): partial(_cut, paths, model, n) for n in _WORKERS}, rounds + 1), watch)
    alone = walls(turns[str(_WORKERS[0])])
    return [Several(at_once=n, films=len(paths), faster=paired(alone, walls(turns[str(n)]))) for n in _WORKERS[1:]]


def _cut(paths: Sequence[Path], model: ShotModel, workers: int) -> list[CutFilm]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda path: cut_alone(path, model, _LIMIT_S, lambda _progress: None), paths))
