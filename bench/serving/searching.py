"""`/v1/search` under load, alone and while the archive is being added to, on the same cores."""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.encoders.race import FailedError
from bench.encoders.ratios import Interval, median_interval, paired
from bench.serving.day import Day, day
from bench.serving.field import Contestant, newsreel
from bench.serving.lineup import Lineup
from bench.serving.loads import QUERIES, Latencies, Pace
from bench.serving.running import Running

from newsreel.ops.loadtest import Traffic
from newsreel.ops.loadtest.texts import Writer

__all__ = ["Searching", "searching"]

_MORE = 20_000
"""Stories that are added meanwhile: more than can be in the time."""

_LIMIT_S = 900.0
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """Of an archive, at half of what it sustains alone."""

    stories: int
    sustained: Interval
    rate: float
    alone_ms: tuple[Interval, ...]
    """p50, p95 and p99."""

    indexing_ms: tuple[Interval, ...]
    times_p95: Interval
    """What indexing costs: the p95 with it as a multiple of that without."""

    day: Day


def searching(lineup: Lineup, stories: int, rounds: int, search: Pace, hold: Pace, hour_s: float) -> Searching:
    """Make an archive of so many stories, and search it. Raises FailedError."""
    with TemporaryDirectory(prefix="newsreel-bench-") as scratch:
        archive = Path(scratch) / "archive"
        first, more = Path(scratch) / "first.jsonl", Path(scratch) / "more.jsonl"
        _write(first, stories, seed=1)
        _write(more, _MORE, seed=2)
        lineup.say(f"indexing {stories} stories")
        with _indexing(lineup, first, archive) as process:
            process.end(_LIMIT_S)
        return _searched(lineup, archive, more, stories, rounds, search, hold, hour_s)


def _searched(
    lineup: Lineup, archive: Path, more: Path, stories: int, rounds: int, search: Pace, hold: Pace, hour_s: float
) -> Searching:
    contestant = _contestant(archive)
    lineup.enter(contestant)
    knees: list[float] = []
    alone: list[Latencies] = []
    indexing: list[Latencies] = []
    with lineup.started(contestant) as server:
        for number in range(1, rounds + 1):
            lineup.say(f"/v1/search, sustained: round {number} of {rounds}")
            knees.append(server.asking.knee(QUERIES, knees, search, number))
        rate = median_interval(knees).median / 2
        lineup.say("/v1/search, a day")
        whole = day("/v1/search", server, hour_s)
        alone += [server.asking.hold(QUERIES, rate, hold, 100 + number) for number in range(rounds)]
        lineup.say("/v1/search while the archive is added to")
        with _indexing(lineup, more, archive) as process:
            _wait_for_more(server.asking.url, stories, process)
            indexing += [server.asking.hold(QUERIES, rate, hold, 100 + number) for number in range(rounds)]
            process.check()
    ms = [[[found.quantile(q) for found in rounds_] for q in (0.5, 0.95, 0.99)] for rounds_ in (alone, indexing)]
    return Searching(
        stories=stories,
        sustained=median_interval(knees),
        rate=rate,
        alone_ms=tuple(map(median_interval, ms[0])),
        indexing_ms=tuple(map(median_interval, ms[1])),
        times_p95=paired(ms[1][1], ms[0][1]),
        day=whole,
    )


def _contestant(archive: Path) -> Contestant:
    return Contestant(
        name="Newsreel, an archive",
        about="/v1/search",
        command=("{bin}/python", "-m", "newsreel", "serve", "--archive", str(archive), "--port", "{port}"),
        environment=None,
        variables=newsreel(),
        task="search",
        path="/v1/search",
    )


def _write(manifest: Path, count: int, seed: int) -> None:
    """Stories of 20 to 250 words, hardly any like another."""
    writer = Writer(Traffic(mix="documents"), seed)
    with manifest.open("w", encoding="utf-8") as lines:
        for number, (body, headline) in enumerate(islice(zip(writer.texts(1), writer.queries(1), strict=False), count)):
            story = {"uri": f"bench:{seed}-{number}", "headline": headline, "body": body}
            lines.write(json.dumps({**story, "published": "2026-01-01T00:00:00Z"}) + "\n")


@contextmanager
def _indexing(lineup: Lineup, manifest: Path, archive: Path) -> Iterator[Running]:
    command = [sys.executable, "-m", "newsreel", "index", str(manifest), "--archive", str(archive)]
    log = lineup.cache / "logs" / "serving-index.log"
    with Running(command, {**os.environ, **newsreel()}, lineup.cores.server, log) as process:
        yield process


def _wait_for_more(url: str, stories: int, process: Running) -> None:
    """Until what is being added can be found."""
    host, _, path = url.removeprefix("http://").partition("/")
    until_s = time.monotonic() + _LIMIT_S
    while time.monotonic() < until_s:
        process.check()
        connection = http.client.HTTPConnection(host, timeout=30)
        connection.request("GET", f"/{path}?q=")
        found = json.loads(connection.getresponse().read())
        connection.close()
        if found["total"] > stories:
            return
        time.sleep(_LOOK_S)
    raise FailedError("nothing was added to the archive")
