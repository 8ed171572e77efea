"""What `newsreel live` is to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from newsreel.core.errors import UsageError
from newsreel.live.address import Address
from newsreel.live.lag import DEFAULT_LAG_S
from newsreel.live.options import SourceOptions
from newsreel.models.shots.scoring import Windows

__all__ = ["FeedPlan", "LivePlan", "named_feeds"]

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """One feed."""

    name: str
    """By which it is told apart: in events, metrics and the uris of its items."""
    address: str = field(repr=False)
    """May hold a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePlan:
    """Feeds, and what becomes of them."""

    feeds: tuple[FeedPlan, ...]
    source: SourceOptions = field(default_factory=SourceOptions)
    lag_s: float = DEFAULT_LAG_S
    """How soon a shot is told; see `live.lag`."""
    windows: Windows | None = None
    """Instead of those that `lag_s` leads to."""
    seconds: float | None = None
    """After so long all feeds are left."""
    keyframes: Path | None = None
    """A folder for them, made if need be."""
    archive: Path | None = None
    """Takes the shots; made if need be."""
    headline: str = ""
    """Of the feeds' items; empty for the feed's name and the time."""


def named_feeds(addresses: Sequence[str], names: Sequence[str]) -> tuple[FeedPlan, ...]:
    """The feeds, the first of them with these names, the others named by their addresses. Raises UsageError."""
    if len(names) > len(addresses):
        raise UsageError(f"{len(names)} names for {len(addresses)} feeds: give --name once for each, in their order")
    given = [*names, *(_name(address) for address in addresses[len(names) :])]
    for name, count in Counter(given).items():
        if count > 1:
            raise UsageError(f"{count} feeds are called {name}: tell them apart, with --name once for each")
        if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
            raise UsageError(f"a feed's name is text of 1 to {_LONGEST_NAME} characters, not {name[:200]!r}")
    return tuple(FeedPlan(name=name, address=address) for name, address in zip(given, addresses, strict=True))


def _name(address: str) -> str:
    """Of a file its own, of a network address the host and port: what follows them may be a key to the feed."""
    where = Address.of(address)
    if where.path is not None:
        return where.path.stem[:_LONGEST_NAME]
    if where.descriptor is not None:
        return "stdin" if where.descriptor == 0 else f"pipe-{where.descriptor}"
    try:
        parts = urlsplit(address)
        return f"{parts.hostname}-{parts.port}" if parts.port else str(parts.hostname)
    except ValueError as error:
        raise UsageError(f"an address that cannot be read ({error}): write SCHEME://HOST:PORT/PATH") from None
