"""One feed: pictures as they arrive, in; events, as shots end, out."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import quote

from newsreel import telemetry
from newsreel.core.errors import NewsreelError
from newsreel.core.protocols import ShotModel
from newsreel.core.times import NS_PER_S
from newsreel.live.arrivals import Arrival, Broken, Counts
from newsreel.live.events import (
    Event,
    broken_event,
    dropped_event,
    ended_event,
    lag_event,
    reconnected_event,
    shot_event,
)
from newsreel.live.items import LiveItem, LiveItems
from newsreel.live.lag import windows_for
from newsreel.live.opened import EndedShot
from newsreel.live.pace import Pace
from newsreel.live.plans import LivePlan
from newsreel.live.stretch import Stretch
from newsreel.models.shots.scoring import Windows

__all__ = ["Feed", "FeedOptions", "FeedState", "Keep", "Source"]

_LOOK_EVERY_S = 1.0
_LAGS = 128

Emit = Callable[[Event], None]
Keep = Callable[[LiveItem, EndedShot], None]
"""What takes a shot to the archive."""


class Source(Protocol):
    """Where a feed's pictures come from (`live.source.LiveSource`)."""

    @property
    def counts(self) -> Counts:
        """What came of it so far."""
        ...

    def events(self) -> Iterator[Arrival | Broken | None]:
        """Pictures as they arrive; None where for half a second there was nothing."""
        ...

    def close(self) -> None:
        """End it, from any thread."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOptions:
    """How feeds are watched."""

    lag_s: float
    """How soon after the next shot's first picture a shot is told; see `live.lag`."""
    windows: Windows | None = None
    """Instead of those that `lag_s` leads to."""
    item_ns: int
    """How much of a feed goes into one item of the archive."""
    keyframes: Path | None = None
    """A folder for them."""

    @classmethod
    def of(cls, plan: LivePlan, item_s: float) -> Self:
        """What a plan says of its feeds."""
        return cls(lag_s=plan.lag_s, windows=plan.windows, item_ns=round(item_s * NS_PER_S), keyframes=plan.keyframes)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """How a feed is doing."""

    name: str
    counts: Counts
    shots: int
    lags_s: tuple[float, ...] = field(repr=False)
    """Of the last shots."""
    over: bool
    failure: str
    """Why it ended, if it could not go on."""


class Feed:
    """Watches one feed, in a thread of its own."""

    def __init__(
        self, name: str, source: Source, model: ShotModel, options: FeedOptions, emit: Emit, keep: Keep | None
    ) -> None:
        """Tell `emit` what happens, and give `keep` each shot where an archive takes them."""
        self.name = name
        self._source = source
        self._model = model
        self._options = options
        self._emit = emit
        self._keep = keep
        self._items = LiveItems(name, options.item_ns)
        self._told: Counts | None = None
        self._looked_s = time.monotonic()
        self._pace = Pace()
        self._shots = 0
        self._lags = deque[float](maxlen=_LAGS)
        self._over = False
        self._broken = self._failure = ""

    @property
    def state(self) -> FeedState:
        """As it is now, from any thread."""
        return FeedState(
            name=self.name,
            counts=self._source.counts,
            shots=self._shots,
            lags_s=tuple(self._lags.copy()),
            over=self._over,
            failure=self._failure,
        )

    def stop(self) -> None:
        """Let it come to its end, from any thread: the shot that is open is told yet."""
        self._source.close()

    def run(self) -> None:
        """Until the feed ends, or is stopped."""
        try:
            stretch = self._watch()
            self._tell(stretch.finish())
            self._look(at_end=True)
            counts = self._source.counts
            tallies = {"frames": counts.received, "dropped": counts.dropped, "reconnects": counts.reconnects}
            why = self._failure or self._broken
            self._emit(ended_event(self.name, why=why, shots=self._shots, **tallies))
        finally:
            self._source.close()
            self._over = True

    def _watch(self) -> Stretch:
        """Take what comes; the stretch that is open when nothing comes any more."""
        stretch = self._begin()
        events = self._source.events()
        while True:
            try:
                event = next(events)
            except StopIteration:
                return stretch
            except NewsreelError as error:  # of this feed; the others go on
                self._failure = str(error)
                return stretch
            if isinstance(event, Broken):
                self._tell(stretch.finish())
                stretch, self._broken = self._begin(), event.why
                self._emit(broken_event(self.name, event.why, event.at_ns))
            elif event is not None:
                self._greet()
                self._keep_pace(stretch, event)
                self._tell(stretch.take(event))
            self._look()

    def _greet(self) -> None:
        """The feed is there; say so if it was not."""
        if self._broken:
            self._emit(reconnected_event(self.name, self._source.counts.reconnects))
        self._broken = ""

    def _keep_pace(self, stretch: Stretch, arrival: Arrival) -> None:
        """Score in longer windows while pictures wait too long, and say how late shots are told then."""
        now_s, before_s = time.monotonic(), stretch.lag_s
        spare_s = 0.0 if before_s is None else self._options.lag_s - before_s
        if not self._pace.waited(now_s - arrival.due_s, now_s, spare_s):
            return
        self._tell(stretch.lay_out_anew())
        if stretch.lag_s is not None and stretch.lag_s != before_s:
            self._emit(lag_event(self.name, stretch.lag_s))

    def _begin(self) -> Stretch:
        return Stretch(self._model, self._windows)

    def _windows(self, rate: float) -> Windows:
        return self._pace.windows(self._options.windows or windows_for(self._options.lag_s, rate))

    def _tell(self, shots: list[EndedShot]) -> None:
        for ended in shots:
            item = self._items.of(ended) if self._keep else None
            keyframe = self._write_keyframe(ended)
            lag_s = None if ended.next_arrived_s is None else time.monotonic() - ended.next_arrived_s
            uri = item.uri if item else None
            self._emit(shot_event(self.name, self._shots, ended, lag_s=lag_s, keyframe=keyframe, uri=uri))
            telemetry.live_shot(self.name, lag_s)
            if lag_s is not None:
                self._lags.append(lag_s)
            self._shots += 1
            if self._keep and item:
                self._keep(item, ended)

    def _write_keyframe(self, ended: EndedShot) -> str | None:
        if self._options.keyframes is None:
            return None
        path = self._options.keyframes / f"{quote(self.name, safe='')}-{ended.started_at_ns // 1_000_000}.jpg"
        path.write_bytes(ended.keyframe)
        return str(path)

    def _look(self, *, at_end: bool = False) -> None:
        """Tell what was dropped, and the metrics how it is doing, now and then."""
        now_s = time.monotonic()
        if now_s - self._looked_s < _LOOK_EVERY_S and not at_end:
            return
        self._looked_s = now_s
        before, counts = self._told, self._source.counts
        self._told = counts
        dropped = counts.dropped - (before.dropped if before else 0)
        if dropped:
            self._emit(dropped_event(self.name, dropped, counts.dropped))
        telemetry.live_feed(
            self.name,
            fps=counts.fps,
            frames=counts.received - (before.received if before else 0),
            dropped=dropped,
            reconnects=counts.reconnects - (before.reconnects if before else 0),
        )
