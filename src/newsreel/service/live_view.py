"""What the live page shows: the feeds, and the newest shots of one of them or of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from newsreel.search.live import KEPT, LiveShot
from newsreel.service.addresses import live_address
from newsreel.service.schemas import LiveShotAnswer

__all__ = ["FeedLink", "LiveView", "live_view"]


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed to choose, or all of them."""

    name: str
    """Empty: all."""
    ended_ns: int
    """When its newest shot ended."""
    current: bool

    @property
    def address(self) -> str:
        """Its page."""
        return live_address(self.name)


@dataclass(frozen=True, slots=True)
class LiveView:
    """The page, as its template reads it. Its script makes cards of the same values, which it is sent."""

    feed: str
    feeds: list[FeedLink]
    shots: list[LiveShotAnswer]
    """Newest first."""
    now_ns: int
    most: int = KEPT
    """Shots at a time."""

    @property
    def events(self) -> str:
        """Where a script hears what happens after this: from the oldest shot on, since any may have come late."""
        after = self.shots[-1].id if self.shots else "none"
        return f"/v1/live/events?{urlencode({'feed': self.feed, 'after': after})}"


def live_view(shots: Sequence[LiveShot], feed: str, now_ns: int) -> LiveView:
    """The page of one feed, or of all where its name is empty, at this moment."""
    newest: dict[str, int] = {}
    for shot in shots:
        for name in ("", shot.feed):
            newest[name] = max(newest.get(name, 0), shot.ended_ns)
    shown = [shot for shot in shots if feed in ("", shot.feed)]
    latest = sorted(shown, key=lambda shot: shot.ended_ns, reverse=True)[:KEPT]
    return LiveView(
        feed=feed,
        feeds=[FeedLink(name, newest[name], name == feed) for name in sorted(newest)],
        shots=[LiveShotAnswer.of_live(shot) for shot in latest],
        now_ns=now_ns,
    )
