"""What arrives from a feed, without one: pictures that are given, and breaks."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from av.video.frame import VideoFrame
from PIL import Image

from newsreel.core.times import NS_PER_S
from newsreel.ingest.videos import Turn
from newsreel.live.arrivals import Arrival, Broken, Counts

WALL_NS = 1_795_000_000 * NS_PER_S
"""When the feed began: 2026-11-18T11:06:40Z."""


def arrival(number: int, drawn: np.ndarray, *, rate: float = 25, cue: str = "") -> Arrival:
    """The feed's picture of this number, on time."""
    height, width, _ = drawn.shape
    time_ns = round(number * NS_PER_S / rate)
    return Arrival(
        number=number,
        time_ns=time_ns,
        wall_ns=WALL_NS + time_ns,
        arrived_s=time.monotonic(),
        due_s=time.monotonic(),
        small=np.asarray(Image.fromarray(drawn).resize((48, 27), Image.Resampling.BOX)),
        cue=cue,
        size=(width, height),
        _decoded=VideoFrame.from_ndarray(drawn, format="rgb24"),
        _turn=Turn(),
    )


def arrivals(
    count: int, draw: Callable[[int], np.ndarray], *, first: int = 0, dropped: Collection[int] = (), rate: float = 25
) -> list[Arrival]:
    """So many pictures, drawn by their numbers."""
    numbers = [number for number in range(first, first + count) if number not in dropped]
    return [arrival(number, draw(number), rate=rate) for number in numbers]


class GivenSource:
    """A source of events that were made before; of pictures with these numbers a player would be so far ahead."""

    def __init__(
        self,
        events: Sequence[Arrival | Broken | Exception | None],
        late_s: Mapping[int, float] = MappingProxyType({}),
    ) -> None:
        self._events = events
        self._late_s = late_s
        self._closed = False
        self.counts = Counts(received=0, dropped=0, damaged=0, reconnects=0, fps=25, ended=False)

    def events(self) -> Iterator[Arrival | Broken | None]:
        number = -1
        for event in self._events:
            if self._closed:
                return
            if isinstance(event, Exception):
                raise event
            if isinstance(event, Arrival):
                dropped = self.counts.dropped + event.number - number - 1
                self.counts = replace(self.counts, received=event.number + 1, dropped=dropped)
                number = event.number
                now_s = time.monotonic()
                event = replace(event, arrived_s=now_s, due_s=now_s - self._late_s.get(number, 0.0))
            elif isinstance(event, Broken):
                self.counts = replace(self.counts, reconnects=self.counts.reconnects + 1)
            yield event

    def close(self) -> None:
        self._closed = True
