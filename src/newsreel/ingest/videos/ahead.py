"""Decoding while something else is done with what was decoded: a thread, and a bounded queue."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from queue import Empty, Full, Queue
from typing import TypeVar

__all__ = ["reading_ahead"]

_LOOK_UP_S = 0.1

Read = TypeVar("Read")
"""`Frame`, or what was made of one."""


def reading_ahead(frames: Iterator[Read], depth: int) -> Generator[Read]:
    """The same frames, or what was made of them, in the same order, read up to `depth` ahead in a thread of its own.

    What the reading raises is raised here, after the frames before it. The thread starts with the first frame that is
    asked for. Close the generator (`contextlib.closing`) where it may not be read to its end: the thread has ended when
    that returns, within the time that one frame takes, so that the footage may be closed. Until then the footage is
    the thread's: nobody else may read it, and what it says of itself (`losses`, `end_ns`) is up to `depth` frames ahead
    of the frames that came. At most `depth` wait; a frame does with its decoded picture, 3 MB at 1080p.
    """
    queue: Queue[Read | _End] = Queue(depth)
    left = threading.Event()
    reader = threading.Thread(target=_read, args=(frames, queue, left), name="newsreel-decode", daemon=True)
    reader.start()
    try:
        while not isinstance(found := queue.get(), _End):
            yield found
            del found  # nothing is kept of a frame that was given
        if found.error is not None:
            raise found.error
    finally:
        left.set()
        with suppress(Empty):  # it may be waiting for a place
            while True:
                queue.get_nowait()
        reader.join()


class _End:
    """Behind the last frame."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def _read(frames: Iterator[Read], queue: Queue[Read | _End], left: threading.Event) -> None:
    error: BaseException | None = None
    try:
        for frame in frames:
            if not _put(queue, frame, left):
                break
    except BaseException as raised:  # noqa: BLE001 - whatever it is, it belongs to who reads
        error = raised
    finally:
        _put(queue, _End(error), left)


def _put(queue: Queue[Read | _End], one: Read | _End, left: threading.Event) -> bool:
    """Whether there was a place for it before nobody wanted it any more."""
    while not left.is_set():
        with suppress(Full):
            queue.put(one, timeout=_LOOK_UP_S)
            return True
    return False
