"""What was read of a feed and not yet taken: bounded, and given up rather than followed from ever further behind."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace
from threading import Condition

from newsreel.live.arrivals import Arrival, Broken

__all__ = ["Backlog", "Ended", "joined"]

_MOST_PICTURES = 128
_MOST_BYTES = 256 << 20
_FEWEST_PICTURES = 8
_MOST_TEXT = 4_000


class Ended(Exception):  # noqa: N818 - it is how things go, not an error
    """Nothing more will come."""


class Backlog:
    """Between one thread that reads and one that takes.

    When the oldest picture is later than it may be, all that wait are dropped at once, and the feed goes on with the
    newest. One run of pictures is missing then, and one boundary may be wrong or lost; were single ones left out,
    everything would seem to move faster, and every boundary would be in doubt. Dropping the newest instead would leave
    the consumer as late as it is. Text is not dropped: it goes with the next picture.
    """

    def __init__(self, max_behind_s: float) -> None:
        self._max_behind_s = max_behind_s
        self._waiting: deque[Arrival | Broken] = deque()
        self._pictures = 0
        self._changed = Condition()
        self._text = ""
        self._ended = False
        self._error: Exception | None = None
        self.dropped = 0
        """Pictures so far."""

    def put(self, arrival: Arrival) -> None:
        """Lets it wait; blocks while as many wait as memory is given for, unless they are late."""
        most = max(_FEWEST_PICTURES, min(_MOST_PICTURES, _MOST_BYTES // max(1, arrival.held_bytes)))
        with self._changed:
            while self._pictures >= most and not self._ended and not self._is_late():
                self._changed.wait(max(0.0, self._oldest_s() + self._max_behind_s - time.monotonic()) + 0.001)
            if self._ended:
                return
            if self._is_late():
                self._drop()
            if self._text:
                arrival = replace(arrival, cue=joined(self._text, arrival.cue))
                self._text = ""
            self._waiting.append(arrival)
            self._pictures += 1
            self._changed.notify_all()

    def tell(self, broken: Broken) -> None:
        """Lets it wait behind the pictures before it; of several without a picture between them only the last."""
        with self._changed:
            if self._waiting and isinstance(self._waiting[-1], Broken):
                self._waiting.pop()
            self._waiting.append(broken)
            self._changed.notify_all()

    def end(self, error: Exception | None = None) -> None:
        """What waits may still be taken, then it is over, by this error if there is one. The first call counts."""
        with self._changed:
            if not self._ended:
                self._ended, self._error = True, error
            self._changed.notify_all()

    def forget(self) -> None:
        """It is over at once."""
        with self._changed:
            self._ended = True
            self._waiting.clear()
            self._pictures = 0
            self._changed.notify_all()

    def take(self, patience_s: float) -> Arrival | Broken | None:
        """The oldest; None where nothing came for so long. Raises Ended, or the error that it ended by."""
        with self._changed:
            if not self._changed.wait_for(self._has_news, patience_s):
                return None
            if not self._waiting:
                raise self._error or Ended
            oldest = self._waiting.popleft()
            self._pictures -= isinstance(oldest, Arrival)
            self._changed.notify_all()
            return oldest

    def _has_news(self) -> bool:
        return bool(self._waiting) or self._ended

    def _oldest_s(self) -> float:
        return next(waiting.due_s for waiting in self._waiting if isinstance(waiting, Arrival))

    def _is_late(self) -> bool:
        return self._pictures > 0 and time.monotonic() > self._oldest_s() + self._max_behind_s

    def _drop(self) -> None:
        dropped = [waiting for waiting in self._waiting if isinstance(waiting, Arrival)]
        kept = [waiting for waiting in self._waiting if isinstance(waiting, Broken)][-1:]
        self.dropped += len(dropped)
        self._pictures = 0
        self._waiting = deque(kept)
        for arrival in dropped:
            self._text = joined(self._text, arrival.cue)


def joined(first: str, second: str) -> str:
    """One after the other, as much as is kept of what is said between two pictures."""
    return f"{first} {second}".strip()[:_MOST_TEXT]
