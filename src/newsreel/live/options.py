"""How a feed is followed: how long to wait for it, how far to fall behind, how often to try again."""

from __future__ import annotations

from dataclasses import dataclass

from newsreel.core.errors import UsageError

__all__ = ["SourceOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """What may be set of one feed. Raises UsageError for what makes no sense."""

    stall_s: float = 5.0
    """A feed that gives no picture for so long has broken off; four times that where pictures come by the segment."""
    connect_s: float = 10.0
    """So long is waited for an answer, and for a connection where the address says `listen=1`."""
    max_behind_s: float = 2.0
    """A picture that nobody took for longer is dropped, and all that wait with it."""
    max_reconnects: int | None = None
    """So many tries in a row that do not hold, and the feed is given up; None: never."""
    first_wait_s: float = 0.5
    """Before the first try to connect again, at most; each wait that follows may last twice as long."""
    longest_wait_s: float = 30.0
    """The most that these waits come to."""
    loop: bool = False
    """Whether a file begins again when it ends."""

    def __post_init__(self) -> None:
        for name in ("stall_s", "connect_s", "max_behind_s", "first_wait_s", "longest_wait_s"):
            if not 0 < getattr(self, name) < 86_400:
                raise UsageError(f"{name} is {getattr(self, name)}: give seconds, more than 0 and less than a day")
        if self.max_reconnects is not None and self.max_reconnects < 0:
            raise UsageError(f"max_reconnects is {self.max_reconnects}: give 0 or more, or leave it out for no limit")
