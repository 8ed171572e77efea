"""How many feeds this machine carries at a lag: more and more of them, until one is late or drops a picture."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import av
import numpy as np
from bench.encoders.race import FailedError
from bench.live.carrying import Carried, Load
from bench.shots.footage import write_film

from newsreel.models.runtime import cpu

__all__ = ["AIMS", "Capacity", "Trial", "capacity", "clip", "holds", "in_a_process", "judged", "next_count"]

AIMS = {1.5: 2, 3.0: 4, 5.0: 8}
"""Feeds of 25 pictures a second at 360p on two cores, by lag in seconds."""

_SIZE = (640, 360)
_FIRST, _FRAMES = 1013, 500
"""Of the film that the reference package is tested with: 20 s with a cut every two."""
_LEAST_FRAMES = 0.95
"""Of those due: a feed that is read more slowly than it plays is not carried."""
_SHARE = 0.9
"""Of the cores, as much as is thought to be of use when the next number is chosen."""
_ROOT = Path(__file__).parents[2]
_LIMIT_S = 120

Run = Callable[[Load], Carried]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """So many feeds at a lag."""

    feeds: int
    cuts: int
    p50_s: float | None
    p95_s: float | None
    """Lag; None where no cut was told."""
    dropped: int
    busy_cores: float
    holds: bool
    """Whether the 95th percentile of all cuts' lags is within it, and no picture was dropped or late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What is carried at a lag."""

    lag_s: float
    aim: int
    most: int
    """Feeds that held."""
    trials: Sequence[Trial]
    """In the order of their feeds."""


def clip(film: Path, path: Path) -> Path:
    """A stretch of this film as a feed of 25 frames a second at 360p, in H.264."""
    with av.open(str(film)) as container:
        container.streams.video[0].thread_type = "AUTO"
        write_film(path, islice(container.decode(video=0), _FIRST, _FIRST + _FRAMES), _SIZE)
    return path


def in_a_process(load: Load) -> Carried:
    """Raises FailedError."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bench.live.carrying"],
            input=json.dumps(asdict(load)),
            capture_output=True,
            text=True,
            cwd=_ROOT,
            check=True,
            timeout=load.seconds + _LIMIT_S,
        )
    except subprocess.SubprocessError as error:
        said = getattr(error, "stderr", "") or str(error)
        raise FailedError(f"{load.feeds} feeds at {load.lag_s:g} s: {said.strip()[-1000:]}") from error
    return Carried(**json.loads(done.stdout))


def capacity(
    film: Path, lag_s: float, seconds: float, trials: int, watch: Callable[[Load], None], run: Run = in_a_process
) -> Capacity:
    """At most so many trials, each of so many seconds; the first is the aim's. Raises FailedError."""
    aim, found = AIMS[lag_s], dict[int, Trial]()
    count: int | None = aim
    while count is not None and len(found) < trials:
        load = Load(film=str(film), feeds=count, lag_s=lag_s, seconds=seconds)
        watch(load)
        found[count] = judged(run(load), lag_s)
        count = next_count(found.values(), cpu.describe().cores)
    held = [trial.feeds for trial in found.values() if trial.holds]
    return Capacity(
        lag_s=lag_s, aim=aim, most=max(held, default=0), trials=sorted(found.values(), key=lambda trial: trial.feeds)
    )


def next_count(trials: Collection[Trial], cores: int) -> int | None:
    """How many feeds to try next: between the most that held and the fewest that did not; None where it is known."""
    low = max((trial.feeds for trial in trials if trial.holds), default=0)
    high = min((trial.feeds for trial in trials if not trial.holds), default=None)
    if high is not None and high <= low + 1:
        return None
    held = next((trial for trial in trials if trial.feeds == low), None)
    guess = int(low * _SHARE * cores / max(held.busy_cores, 0.01)) if held else 0
    if high is None:
        return min(max(guess, low + max(1, low // 8)), 2 * low)
    return guess if low < guess < high else (low + high) // 2


def holds(carried: Carried, lag_s: float) -> bool:
    """Whether the feeds were carried at this lag."""
    if carried.dropped or carried.frames < _LEAST_FRAMES * carried.due or not carried.lags_s:
        return False
    return float(np.quantile(carried.lags_s, 0.95)) <= lag_s


def judged(carried: Carried, lag_s: float) -> Trial:
    """What was carried, in figures."""
    p50_s, p95_s = np.quantile(carried.lags_s, [0.5, 0.95]).tolist() if carried.lags_s else (None, None)
    return Trial(
        feeds=carried.feeds,
        cuts=len(carried.lags_s),
        p50_s=p50_s,
        p95_s=p95_s,
        dropped=carried.dropped,
        busy_cores=carried.busy_cores,
        holds=holds(carried, lag_s),
    )
