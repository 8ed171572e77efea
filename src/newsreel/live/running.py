"""Several feeds at once, until they end or are stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from newsreel.live.events import Event
from newsreel.live.feed import Feed, FeedState

__all__ = ["one_at_a_time", "run_feeds"]

_LOOK_EVERY_S = 0.5

Watch = Callable[[Sequence[FeedState]], None]


def one_at_a_time(emit: Callable[[Event], None]) -> Callable[[Event], None]:
    """For feeds in several threads: no event is told in the middle of another."""
    lock = threading.Lock()

    def told(event: Event) -> None:
        with lock:
            emit(event)

    return told


def run_feeds(feeds: Sequence[Feed], watch: Watch, seconds: float | None = None) -> None:
    """Watch these, each in a thread, until all have ended or `seconds` are over; `watch` is told now and then.

    Then, after an interruption (KeyboardInterrupt), or when telling what happens fails, all of them are stopped, and
    come to their end with the shot that is open. Raises what any of them raised first, or KeyboardInterrupt.
    """
    errors: list[BaseException] = []
    failed = threading.Event()

    def run(feed: Feed) -> None:
        try:
            feed.run()
        except BaseException as error:  # noqa: BLE001 raised in the caller's thread
            errors.append(error)
            failed.set()

    threads = [threading.Thread(target=run, args=(feed,), name=f"newsreel-live-{feed.name}") for feed in feeds]
    for thread in threads:
        thread.start()
    try:
        _wait(feeds, threads, failed, watch, seconds)
    finally:
        for feed in feeds:
            feed.stop()
        for thread in threads:
            thread.join()
        watch([feed.state for feed in feeds])
    if errors:
        raise errors[0]


def _wait(
    feeds: Sequence[Feed],
    threads: Sequence[threading.Thread],
    failed: threading.Event,
    watch: Watch,
    seconds: float | None,
) -> None:
    until_s = None if seconds is None else time.monotonic() + seconds
    while any(thread.is_alive() for thread in threads) and not failed.is_set():
        left_s = _LOOK_EVERY_S if until_s is None else min(_LOOK_EVERY_S, until_s - time.monotonic())
        if left_s <= 0:
            return
        failed.wait(left_s)
        watch([feed.state for feed in feeds])
