"""Shots of all feeds to the archive: at most one commit a second, and none of the feeds waits for it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from newsreel.core.errors import ArchiveError
from newsreel.live.items import LiveItem
from newsreel.live.opened import EndedShot
from newsreel.live.writing import LiveWriter, Moment

__all__ = ["LiveIndex"]

COMMIT_EVERY_S = 1.0
_CLOSING_PAUSE_S = 0.1
AGAIN_AFTER_S = 2.0
"""Another process may be writing, or the disk be full."""

CLOSING_S = 20.0
"""So long another process that writes is waited for in the end: less than a container is given to stop."""

MOST_WAITING = 2_000
"""Shots, each with a picture: some 60 MB, and two hours of a feed."""


class LiveIndex:
    """A thread that hands shots to a writer. What cannot be written waits, the oldest given up when it is too much."""

    def __init__(self, writer: LiveWriter, tell: Callable[[str], None], *, closing_s: float = CLOSING_S) -> None:
        """`tell` is for people: what keeps shots from being written, and when it is over."""
        self._writer = writer
        self._closing_s = closing_s
        self._tell = tell
        self._waiting: deque[Moment] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._until_s = float("inf")
        self._in_the_way = ""
        self._given_up = 0
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="newsreel-live-index")

    @property
    def waiting(self) -> int:
        """How many shots are not written yet."""
        return len(self._waiting)

    def start(self) -> None:
        """From now on shots are written."""
        self._thread.start()

    def add(self, item: LiveItem, ended: EndedShot) -> None:
        """A shot, from any thread; those of a feed in order. Raises what ended the thread, if anything did."""
        with self._changed:
            if self._error:
                raise self._error
            if len(self._waiting) == MOST_WAITING:
                self._waiting.popleft()
                self._given_up += 1
            self._waiting.append(Moment(item, ended))
            self._changed.notify()

    def close(self) -> None:
        """Write what waits, again for a while if it cannot be written, and fold it in."""
        with self._changed:
            self._until_s = time.monotonic() + self._closing_s
            self._closing = True
            self._changed.notify()
        self._thread.join()
        if self._error:
            raise self._error
        if self._waiting:
            self._tell(f"{len(self._waiting)} shots are not in the archive: {self._in_the_way}")
            return
        try:
            self._writer.fold()
        except ArchiveError as error:  # the next writer folds as well
            self._tell(f"what was added is not folded into the indexes yet: {error}")

    def _run(self) -> None:
        try:
            while self._wait_for_work():
                began_s = time.monotonic()
                if self._write():
                    self._pause(COMMIT_EVERY_S - (time.monotonic() - began_s))
                elif began_s >= self._until_s:
                    return
                elif self._closing:
                    time.sleep(_CLOSING_PAUSE_S)
                else:
                    self._pause(AGAIN_AFTER_S)
        except Exception as error:  # noqa: BLE001 raised where the next shot comes from
            self._error = error

    def _wait_for_work(self) -> bool:
        """False when there is none and will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            return bool(self._waiting)

    def _write(self) -> bool:
        with self._changed:
            moments = list(self._waiting)
        try:
            self._writer.write(moments)
        except ArchiveError as error:
            self._blocked(str(error))
            return False
        with self._changed:
            for moment in moments:  # the oldest may have been given up meanwhile
                if self._waiting and self._waiting[0] is moment:
                    self._waiting.popleft()
        self._unblocked()
        return True

    def _blocked(self, why: str) -> None:
        if not self._in_the_way:
            self._tell(f"shots wait to be written, {MOST_WAITING} at most: {why}")
        self._in_the_way = why

    def _unblocked(self) -> None:
        if self._in_the_way:
            lost = f"; {self._given_up} that waited longest were given up" if self._given_up else ""
            self._tell(f"shots are written again{lost}")
        self._in_the_way, self._given_up = "", 0

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing, timeout=max(seconds, 0))
