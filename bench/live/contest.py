"""A whole run: the curve, one feed, and as many as can be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.live.carrying import Load
from bench.live.curve import FULL_GRID, QUICK_GRID, Curve, curve
from bench.live.feeds import AIMS, Capacity, Trial, capacity, clip, in_a_process, judged
from bench.live.report import Report
from bench.shots.footage import model_films

from newsreel.app import open_shot_model
from newsreel.models.runtime import cpu
from newsreel.models.shots import Windows
from newsreel.settings import Settings

__all__ = ["FULL", "PARTS", "QUICK", "Scale", "hold"]

PARTS = ("lag", "feeds")

_FILM = "test.mp4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured."""

    films: int
    grid: Sequence[Windows]
    lags_s: Sequence[float]
    one_feed_s: float
    """So long is the lag of one feed measured."""
    seconds: float
    """Of each trial of several."""
    trials: int
    """Of each lag, at most."""


FULL = Scale(films=3, grid=FULL_GRID, lags_s=tuple(AIMS), one_feed_s=120, seconds=20, trials=4)
QUICK = Scale(films=1, grid=QUICK_GRID, lags_s=(min(AIMS),), one_feed_s=10, seconds=10, trials=2)


def hold(videos: Path, scale: Scale, films: int, parts: Collection[str], say: Callable[[str], None]) -> Report:
    """Measure these parts. Raises ArtifactError, FailedError, SourceError, UsageError."""
    found = _curve(videos, scale, films, say) if "lag" in parts else None
    one_feed, capacities = _feeds(videos, scale, say) if "feeds" in parts else (None, [])
    return Report(
        machine=str(cpu.describe()),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=scale.seconds,
        curve=found,
        one_feed=one_feed,
        capacities=capacities,
    )


def _curve(videos: Path, scale: Scale, films: int, say: Callable[[str], None]) -> Curve:
    model = open_shot_model(Settings())
    return curve(videos, model, films, scale.grid, lambda film, done: say(f"lag: {film}, {done} of {films}"))


def _feeds(videos: Path, scale: Scale, say: Callable[[str], None]) -> tuple[Trial, list[Capacity]]:
    with TemporaryDirectory(prefix="newsreel-bench-") as scratch:
        film = clip(model_films(videos)[_FILM], Path(scratch) / "feed.mp4")
        shortest = min(scale.lags_s)
        say(f"one feed at {shortest:g} s")
        load = Load(film=str(film), feeds=1, lag_s=shortest, seconds=scale.one_feed_s)
        one = judged(in_a_process(load), shortest)
        return one, [capacity(film, lag_s, scale.seconds, scale.trials, _watch(say)) for lag_s in scale.lags_s]


def _watch(say: Callable[[str], None]) -> Callable[[Load], None]:
    return lambda load: say(f"{load.feeds} feeds at {load.lag_s:g} s")
