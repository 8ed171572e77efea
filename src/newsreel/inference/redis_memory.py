"""A second memory, in Redis: what one process has answered, the others know, also after it was begun anew."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from newsreel import telemetry
from newsreel.core.errors import UsageError
from newsreel.inference.memory import Key
from newsreel.inference.packing import address, pack, unpack

__all__ = ["RedisMemory"]

Known = dict[Key, Any]

_PATIENCE_S = 0.02
"""How long anybody waits for it. Once it takes longer nobody asks it, until it has answered again."""

_CONNECTING_S = 1.0
_SOONEST_S, _LATEST_S = 1.0, 30.0
"""When it is tried again: each time after twice as long."""

_AT_ONCE = 64
"""Answers that are written together: little enough that who asks meanwhile does not wait."""

_UNWRITTEN = 2_000
"""Answers that wait to be written, at most; more than that are not."""


@dataclass(frozen=True, slots=True)
class _Lookup:
    keys: Sequence[Key]
    found: Future[Known] = field(default_factory=Future)


class RedisMemory:
    """Answers in Redis. Thread-safe: one thread speaks to it, for all who ask at the same time at once.

    Whoever can write to it is believed. It is there to save work, and nothing waits for it: where it is slow, or gone,
    answers are made as without it.
    """

    def __init__(self, url: str, kept_s: int) -> None:
        """Begin to connect; answers are kept for so long. Raises UsageError for no address, and without `redis`."""
        self._client = _client(url)
        self._kept_s = kept_s
        self._lookups: deque[_Lookup] = deque()
        self._unwritten: deque[tuple[Key, Any]] = deque(maxlen=_UNWRITTEN)
        self._woken = threading.Condition()
        self._there = False
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="newsreel-redis", daemon=True)
        self._thread.start()

    @property
    def there(self) -> bool:
        """Whether it answers, as far as is known."""
        return self._there

    async def recall(self, keys: Sequence[Key]) -> Known:
        """Those of the answers that it knows and tells in time."""
        lookup = self._begin(keys)
        if lookup is None:
            return {}
        try:
            return await asyncio.wait_for(asyncio.wrap_future(lookup.found), _PATIENCE_S)
        except TimeoutError:
            return _late(keys)

    def recall_and_wait(self, keys: Sequence[Key]) -> Known:
        """The same, for a caller in a thread of its own."""
        lookup = self._begin(keys)
        if lookup is None:
            return {}
        try:
            return lookup.found.result(_PATIENCE_S)
        except TimeoutError:
            lookup.found.cancel()
            return _late(keys)

    def keep(self, key: Key, answer: Any) -> None:
        """Have an answer written, some time."""
        if self._there:
            with self._woken:
                self._unwritten.append((key, answer))
                self._woken.notify()

    def close(self) -> None:
        """Leave what is not written yet."""
        with self._woken:
            self._closing = True
            self._woken.notify()
        self._thread.join()
        self._client.close()

    def _begin(self, keys: Sequence[Key]) -> _Lookup | None:
        if not self._there:
            telemetry.redis("away", len(keys))
            return None
        lookup = _Lookup(keys)
        with self._woken:
            self._lookups.append(lookup)
            self._woken.notify()
        return lookup

    def _work(self) -> None:
        wait_s = 0.0
        while not self._closing:
            try:
                self._client.ping()
                self._there, wait_s = True, 0.0
                telemetry.log("redis_there")
                while not self._closing:
                    self._serve()
            except Exception as error:  # noqa: BLE001  # whatever it is, answers are made without it
                if self._there or not wait_s:
                    telemetry.log("redis_away", level="warning", cause=type(error).__name__)
            wait_s = min(max(_SOONEST_S, 2 * wait_s), _LATEST_S)
            self._leave(wait_s)

    def _leave(self, wait_s: float) -> None:
        """Ask nothing of it for so long."""
        with self._woken:
            self._there = False
            self._unwritten.clear()
            for lookup in self._lookups:
                _tell(lookup, {})
            self._lookups.clear()
            self._woken.wait_for(lambda: self._closing, wait_s)

    def _serve(self) -> None:
        """Do what is asked for, reading first. Raises what goes wrong, and TimeoutError if it takes too long."""
        with self._woken:
            while not (self._lookups or self._unwritten or self._closing):
                self._woken.wait()
            lookups = [lookup for lookup in self._lookups if not lookup.found.cancelled()]
            self._lookups.clear()
            several = 0 if lookups else min(_AT_ONCE, len(self._unwritten))
            answers = [self._unwritten.popleft() for _ in range(several)]
        began = perf_counter()
        try:
            if lookups:
                self._read(lookups)
            elif answers:
                self._write(answers)
        finally:
            for lookup in lookups:
                _tell(lookup, {})
        if perf_counter() - began > _PATIENCE_S:
            raise TimeoutError

    def _read(self, lookups: Sequence[_Lookup]) -> None:
        keys = list(dict.fromkeys(key for lookup in lookups for key in lookup.keys))
        packed = zip(keys, self._client.mget([address(key) for key in keys]), strict=True)
        known: Known = {}
        for key, value in packed:
            with suppress(ValueError):  # somebody else's, or damaged
                if value is not None:
                    known[key] = unpack(key, value)
        for lookup in lookups:
            found = {key: known[key] for key in lookup.keys if key in known}
            telemetry.redis("known", len(found))
            telemetry.redis("new", len(lookup.keys) - len(found))
            _tell(lookup, found)

    def _write(self, answers: Sequence[tuple[Key, Any]]) -> None:
        pipe = self._client.pipeline(transaction=False)
        for key, answer in answers:
            pipe.set(address(key), pack(answer), ex=self._kept_s)
        pipe.execute()
        telemetry.redis("kept", len(answers))


def _tell(lookup: _Lookup, found: Known) -> None:
    if not lookup.found.done() and lookup.found.set_running_or_notify_cancel():
        lookup.found.set_result(found)


def _late(keys: Sequence[Key]) -> Known:
    telemetry.redis("late", len(keys))
    return {}


def _client(url: str) -> Any:
    try:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as error:
        raise UsageError("a memory in Redis needs its client: pip install 'newsreel[redis]'") from error
    try:
        return Redis.from_url(
            url, socket_timeout=_PATIENCE_S, socket_connect_timeout=_CONNECTING_S, retry=Retry(NoBackoff(), 0)
        )
    except ValueError as error:
        raise UsageError("NEWSREEL_REDIS_URL is no address: write it as redis://host:6379/0 or rediss://…") from error
