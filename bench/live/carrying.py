"""So many feeds in a process of its own: `python -m bench.live.carrying` reads what to carry, and says how it went."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from newsreel.app import open_shot_model
from newsreel.core.protocols import ShotModel
from newsreel.live.arrivals import Arrival, Broken, Counts
from newsreel.live.feed import Feed, FeedOptions, Source
from newsreel.live.lag import USUAL_RATE
from newsreel.live.options import SourceOptions
from newsreel.live.running import one_at_a_time, run_feeds
from newsreel.live.source import LiveSource
from newsreel.live.turns import InTurns
from newsreel.live.warming import warm
from newsreel.settings import Settings

__all__ = ["Carried", "Load", "carry"]

_SPREAD = 0.1
"""Feeds begin within this share of the time."""
_ITEM_NS = 600 * 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What to carry."""

    film: str
    """A file, played at its rate by each feed, again and again."""
    feeds: int
    lag_s: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """How it went."""

    feeds: int
    lags_s: tuple[float, ...]
    """Of the cuts of all feeds; of a gradual transition half of its length would be added."""
    frames: int
    dropped: int
    due: int
    """Frames that should have come."""
    busy_cores: float
    """Processor time for each second."""


class _Later:
    """A source that begins a moment later, since feeds do not begin together."""

    def __init__(self, source: Source, wait_s: float) -> None:
        self._source = source
        self._wait_s = wait_s

    @property
    def counts(self) -> Counts:
        return self._source.counts

    def events(self) -> Iterator[Arrival | Broken | None]:
        time.sleep(self._wait_s)
        yield from self._source.events()

    def close(self) -> None:
        self._source.close()


def carry(load: Load, model: ShotModel) -> Carried:
    """Watch the feeds as `newsreel live` does, without an archive, for so long."""
    shared, told = InTurns(model), list[dict[str, Any]]()
    options = FeedOptions(lag_s=load.lag_s, item_ns=_ITEM_NS)
    warm(shared, options)
    waits = np.random.default_rng(6).uniform(0, _SPREAD * load.seconds, load.feeds).tolist()
    sources = [_Later(LiveSource(load.film, SourceOptions(loop=True)), wait_s) for wait_s in waits]
    emit = one_at_a_time(told.append)
    feeds = [Feed(f"feed {n}", source, shared, options, emit, None) for n, source in enumerate(sources)]
    began_s, cpu_s = time.monotonic(), time.process_time()
    run_feeds(feeds, lambda _states: None, load.seconds)
    took_s = time.monotonic() - began_s
    return Carried(
        feeds=load.feeds,
        lags_s=tuple(e["lag_s"] for e in told if e["event"] == "shot" and e["transition"] == "cut"),
        frames=sum(feed.state.counts.received for feed in feeds),
        dropped=sum(feed.state.counts.dropped for feed in feeds),
        due=round(sum(load.seconds - wait_s for wait_s in waits) * USUAL_RATE),
        busy_cores=(time.process_time() - cpu_s) / took_s,
    )


def main() -> None:
    load = Load(**json.load(sys.stdin))
    if not Path(load.film).is_file():
        sys.exit(f"{load.film} is not there")
    print(json.dumps(asdict(carry(load, open_shot_model(Settings())))))


if __name__ == "__main__":
    main()
