"""Where live feeds are watched: one reader of the archive for all who do, and only while anybody does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from newsreel import telemetry
from newsreel.app import Newsreel
from newsreel.core.errors import NewsreelError
from newsreel.core.times import now_ns
from newsreel.search.live import LiveNews, LiveReader, LiveShot, feed_of

__all__ = ["MOST_WATCHERS", "LiveEvent", "LiveGone", "LiveRoom", "LiveState", "Watcher"]

MOST_WATCHERS = 200

_POLL_S = 0.5
_STATE_S = 10.0
"""How often all are told where things stand; also how late the end of an embargo is seen."""

_QUEUE = 256
"""Events that wait for one watcher: whoever is slower is sent away, and comes back for what was missed."""


@dataclass(frozen=True, slots=True)
class LiveGone:
    """The item may no longer be seen, and none of its shots."""

    uri: str


@dataclass(frozen=True, slots=True)
class LiveState:
    """What can be seen of live feeds at this moment."""

    now_ns: int
    uris: tuple[str, ...]
    """The items of the newest shots."""


LiveEvent = LiveShot | LiveGone | LiveState


class Watcher:
    """Somebody who watches one feed, or all of them."""

    def __init__(self, feed: str, begins: Sequence[LiveEvent]) -> None:
        """Told these events first."""
        self._feed = feed
        self._begins = begins
        self._waiting: asyncio.Queue[LiveEvent | None] = asyncio.Queue(_QUEUE)

    async def events(self) -> AsyncIterator[LiveEvent]:
        """What happens, until the watcher is sent away."""
        for event in self._begins:
            if seen := self._of_feed(event):
                yield seen
                await asyncio.sleep(0)  # or it would not be noticed that nobody is there any more
        while (happened := await self._waiting.get()) is not None:
            yield happened

    def tell(self, event: LiveEvent) -> None:
        """Something happened."""
        seen = self._of_feed(event)
        if seen is None:
            return
        try:
            self._waiting.put_nowait(seen)
        except asyncio.QueueFull:
            self.send_away()

    def send_away(self) -> None:
        """Nothing more comes, not even what waits."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    def _of_feed(self, event: LiveEvent) -> LiveEvent | None:
        if not self._feed:
            return event
        if isinstance(event, LiveState):
            return LiveState(event.now_ns, tuple(uri for uri in event.uris if feed_of(uri) == self._feed))
        return event if feed_of(event.uri) == self._feed else None


class LiveRoom:
    """Those who watch, and what they are told. Everything but the reading itself happens on the event loop."""

    def __init__(self, newsreel: Newsreel) -> None:
        """Nobody watches yet."""
        self._newsreel = newsreel
        self._known: tuple[LiveShot, ...] = ()
        self._beginning = asyncio.Lock()
        self._following: asyncio.Task[None] | None = None
        self._inside = 0
        self._watchers: set[Watcher] = set()
        self._closed = False

    @property
    def is_reading(self) -> bool:
        """Whether the archive is being read for somebody."""
        return self._following is not None

    @asynccontextmanager
    async def watching(self, feed: str, after: str | None) -> AsyncIterator[Watcher]:
        """Somebody watches a feed, all of them if it is empty, from the shot with this id on.

        Of None what happens from now on; of an id that is not among the newest shots all of these. Raises ArchiveError,
        HTTPException 503 where too many watch already.
        """
        if self._closed or self._inside >= MOST_WATCHERS:
            raise HTTPException(503, "no more can watch at the moment", {"Retry-After": "10"})
        self._inside += 1
        watcher = None
        try:
            await self._begin()
            missed = () if after is None else _after(self._known, after)
            watcher = Watcher(feed, (_state(self._known), *missed))
            self._watchers.add(watcher)
            yield watcher
        finally:
            self._inside -= 1
            self._watchers -= {watcher}
            if not self._inside:
                self._stop()

    def close(self) -> None:
        """The service ends: all are sent away, and nobody may come."""
        self._closed = True
        self._stop()

    async def _begin(self) -> None:
        """Read what there is before anybody is told anything, unless somebody watches already."""
        async with self._beginning:
            if self._following is None:
                reader = self._newsreel.live_reader()
                revision = await run_in_threadpool(self._newsreel.revision)
                self._known = (await run_in_threadpool(reader.read, now_ns())).known
                self._following = asyncio.create_task(self._follow(reader, revision))

    def _stop(self) -> None:
        """Read no more, and send all away; the next who comes begins anew."""
        if self._following:
            self._following.cancel()
            self._following = None
        for watcher in self._watchers:
            watcher.send_away()

    async def _follow(self, reader: LiveReader, revision: tuple[int, ...]) -> None:
        """Read whenever there was a commit, and now and then for an embargo that has ended."""
        told_s = asyncio.get_running_loop().time()
        try:
            while True:
                await asyncio.sleep(_POLL_S)
                newest = await run_in_threadpool(self._newsreel.revision)
                is_due = asyncio.get_running_loop().time() - told_s >= _STATE_S
                if newest != revision or is_due:
                    revision = newest  # taken before reading, so that no commit is missed
                    self._tell(await run_in_threadpool(reader.read, now_ns()))
                if is_due:
                    told_s = asyncio.get_running_loop().time()
                    self._tell_all(_state(self._known))
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody must wait for what will not come
            telemetry.failed(error, unforeseen=not isinstance(error, NewsreelError))
            self._following = None
            self._stop()  # who comes back is told what is the matter

    def _tell(self, news: LiveNews) -> None:
        self._known = news.known
        for uri in news.gone:
            self._tell_all(LiveGone(uri))
        for shot in news.shots:
            self._tell_all(shot)

    def _tell_all(self, event: LiveEvent) -> None:
        for watcher in self._watchers:
            watcher.tell(event)


def _state(known: Iterable[LiveShot]) -> LiveState:
    return LiveState(now_ns(), tuple(dict.fromkeys(shot.uri for shot in known)))


def _after(known: Sequence[LiveShot], last: str) -> Sequence[LiveShot]:
    """This one, of which more may be known by now, and what came after it: all, where it is not among them."""
    ids = [shot.id for shot in known]
    return known[ids.index(last) :] if last in ids else known
