"""How live feeds are doing, for people: on a terminal a line for each, elsewhere nothing."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

if TYPE_CHECKING:
    from newsreel.live.feed import FeedState

__all__ = ["FeedLines"]


class FeedLines:
    """A context in which `watch` shows how the feeds are."""

    def __init__(self, console: Console) -> None:
        """Draw on this console."""
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None

    def __enter__(self) -> Self:
        """Start drawing."""
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop drawing."""
        if self._live:
            self._live.stop()

    def watch(self, feeds: Sequence[FeedState]) -> None:
        """Show how they are now."""
        if self._live:
            self._live.update(Group(*(Text(_line(feed)) for feed in feeds)), refresh=True)


def _line(feed: FeedState) -> str:
    """`harbour  25.0 fps  128 shots  lag 1.38 s  12 dropped  1 reconnect`."""
    counts = feed.counts
    if feed.over:
        return f"{feed.name}  over  {feed.shots} shots"
    parts = [feed.name, f"{counts.fps:.1f} fps", f"{feed.shots} shots"]
    parts += [f"lag {max(feed.lags_s):.2f} s at most"] if feed.lags_s else []
    parts += [f"{counts.dropped} dropped"] if counts.dropped else []
    parts += [f"{counts.reconnects} reconnects"] if counts.reconnects else []
    return "  ".join(parts)
