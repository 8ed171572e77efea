"""Which item of the archive a feed's shot belongs to: one for every ten minutes or so."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from newsreel.core.times import format_ns
from newsreel.live.opened import EndedShot
from newsreel.search.live import FEEDS

__all__ = ["LiveItem", "LiveItems", "feed_prefix"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveItem:
    """The shots of a feed that begin within a stretch of time."""

    uri: str
    feed: str
    start_ns: int
    """Of its first shot, by the feed's clock."""
    started_at_ns: int
    """The same by the wall clock."""


class LiveItems:
    """Says of each shot, in order, to which item it belongs: a shot is never in two."""

    def __init__(self, feed: str, item_ns: int) -> None:
        """A new item begins with the first shot that begins `item_ns` after the item's own first, or later."""
        self._feed = feed
        self._item_ns = item_ns
        self._current: LiveItem | None = None

    def of(self, ended: EndedShot) -> LiveItem:
        """The item of the feed's next shot."""
        start_ns = ended.shot.time.start_ns
        if self._current is None or start_ns - self._current.start_ns >= self._item_ns:
            self._current = LiveItem(
                uri=f"{feed_prefix(self._feed)}{format_ns(ended.started_at_ns)}",
                feed=self._feed,
                start_ns=start_ns,
                started_at_ns=ended.started_at_ns,
            )
        return self._current


def feed_prefix(feed: str) -> str:
    """What the uris of a feed's items begin with."""
    return f"{FEEDS}{quote(feed, safe='')}/"
