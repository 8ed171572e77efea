"""The thread that reads a feed: connects, decodes, tells the time, and connects again."""

from __future__ import annotations

import time
from fractions import Fraction
from random import SystemRandom
from threading import Event
from typing import Any

import av
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from newsreel.core.times import NS_PER_S, now_ns
from newsreel.ingest.videos import Turn, exact_ns, shown_size, small, stamp_of
from newsreel.live.address import Address
from newsreel.live.arrivals import Arrival, Broken
from newsreel.live.backlog import Backlog, joined
from newsreel.live.clock import FeedClock
from newsreel.live.connection import Connection, Lost, connected
from newsreel.live.load import Load
from newsreel.live.options import SourceOptions

__all__ = ["Reading"]

_STEADY = ("mov", "matroska", "avi", "ogg", "asf", "mxf")
"""How FFmpeg's names of the formats begin in which a long pause is a long picture, not a jump of the clock."""
_LONGEST_STEP_NS = 600 * NS_PER_S
_ENDED = "the feed ended"
_MOST_HELD = 64
"""Pictures that a decoder holds back, at most, to give them in the order in which they are shown."""


class Reading:
    """Reads one feed into a backlog, once, until it ends, is given up, or `closed` is set."""

    def __init__(self, address: Address, options: SourceOptions, backlog: Backlog, closed: Event) -> None:
        self._address, self._options = address, options
        self._backlog, self._closed = backlog, closed
        self._clock = FeedClock()
        self._load = Load()
        self._tries = _Tries(options, asks=address.asks)
        self._reformatter = VideoReformatter()
        self._plays = address.path is not None and not address.path.is_fifo()
        self._start_s: float | None = None
        self._read_s: dict[int, float] = {}
        """When the packet with this timestamp was read."""
        self._cue = ""
        self._why = ""
        self.received = 0
        """Pictures that came, or would have, had they been decoded."""
        self.skipped = 0
        """Of them: those that were not decoded."""
        self.damaged = 0
        """Packets and pictures."""
        self.reconnects = 0

    @property
    def fps(self) -> float:
        """Pictures a second, of the last few seconds."""
        return self._clock.fps

    def run(self) -> None:
        """Until the end. What goes wrong for good comes to who takes from the backlog."""
        try:
            if self._address.is_network:
                self._follow()
            else:
                self._play_once()
        except Lost:  # a pipe that was closed before it was open
            self._backlog.end()
        except Exception as error:  # noqa: BLE001 - whatever it is, the consumer must hear of it
            self._backlog.end(error)
        else:
            self._backlog.end()

    def _play_once(self) -> None:
        while not self._closed.is_set():
            before = self.received
            with connected(self._address, self._options, self._closed) as feed:
                self._read(feed)
            if not self._options.loop or not self._plays or self.received == before:
                return
            self._clock.break_off()

    def _follow(self) -> None:
        while not self._closed.is_set():
            began_s, before = time.monotonic(), self.received
            why = self._connect()
            if why is None or self._closed.is_set():
                return
            self._break_off(why)
            held_s = time.monotonic() - began_s if self.received > before else 0.0
            wait_s = self._tries.next_s(held_s)
            if wait_s is None or self._closed.wait(wait_s):
                return
            self.reconnects += 1

    def _connect(self) -> str | None:
        """Reads the feed while it lasts; why it broke off, None where it is over for good."""
        try:
            with connected(self._address, self._options, self._closed) as feed:
                if feed.is_recording and self.received:
                    return None  # it was live and is a recording now: another reading would begin where it began
                self._read(feed)
                return None if feed.is_recording else _ENDED
        except Lost as lost:
            return str(lost)

    def _break_off(self, why: str) -> None:
        """Told once, however often in a row the feed cannot be reached for the same reason."""
        self._clock.break_off()
        if why != self._why:
            self._why = why
            self._backlog.tell(Broken(why, self._clock.last_ns))

    def _read(self, feed: Connection) -> None:
        turns: dict[int, Turn] = {}
        damaged, owed = self.damaged, 0
        self._read_s.clear()
        for packet in feed.packets():
            arrived_s = time.monotonic()
            if self._closed.is_set():
                return
            self._note(feed, packet, arrived_s)
            self._cue = joined(self._cue, feed.words(packet))
            pictures = feed.pictures(packet)
            self.damaged = damaged + feed.damaged
            owed = self._without_skipped(feed, packet, owed - len(pictures))
            for picture in pictures:
                self._arrive(feed, picture, arrived_s, turns)
            feed.skip(self._load.skips)

    def _note(self, feed: Connection, packet: Packet[Any], read_s: float) -> None:
        """A picture that others before it refer to comes before them: its decoder gives it later than it arrived."""
        if packet.stream is feed.film.stream and packet.pts is not None:
            self._read_s[packet.pts] = read_s
        if len(self._read_s) > _MOST_HELD:
            del self._read_s[next(iter(self._read_s))]

    def _without_skipped(self, feed: Connection, packet: Packet[Any], owed: int) -> int:
        """How many pictures are still to come of what was decoded; what is more than a decoder holds was left out."""
        owed += packet.stream is feed.film.stream and packet.size > 0
        left_out = max(0, owed - feed.film.stream.codec_context.reorder_depth)
        if self._load.skips:
            self.received += left_out
            self.skipped += left_out
        return owed - left_out

    def _arrive(self, feed: Connection, picture: VideoFrame, arrived_s: float, turns: dict[int, Turn]) -> None:
        if picture.rotation not in turns:
            turns[picture.rotation] = Turn.of(picture)
        turn = turns[picture.rotation]
        time_ns = self._tick(feed, picture, arrived_s)
        try:
            seen = small(picture, turn, self._reformatter)
        except (av.FFmpegError, ValueError):  # a pixel format that cannot be converted
            self.damaged += 1
            return
        self._load.worked(time.monotonic() - arrived_s, time_ns)
        read_s, due_s = self._when_read(picture, arrived_s), self._clock.due_s
        if self._plays:
            read_s = arrived_s = due_s = self._wait_for(time_ns)
        number, self.received = self.received, self.received + 1
        cue, self._cue, self._why = self._cue, "", ""
        size = shown_size(picture.width, picture.height, feed.film.pixel_aspect, turn)
        wall_ns = now_ns() - int((time.monotonic() - arrived_s) * NS_PER_S)
        self._backlog.put(Arrival(number, time_ns, wall_ns, read_s, due_s, seen, cue, size, picture, turn))

    def _when_read(self, picture: VideoFrame, given_s: float) -> float:
        return given_s if picture.pts is None else self._read_s.pop(picture.pts, given_s)

    def _tick(self, feed: Connection, picture: VideoFrame, arrived_s: float) -> int:
        film = feed.film
        step_ns = exact_ns(Fraction(picture.duration or 0), film.time_base)
        step_ns = step_ns if 0 < step_ns <= _LONGEST_STEP_NS else int(NS_PER_S / film.rate)
        stamp = stamp_of(film, picture)
        stamp_ns = None if stamp is None else exact_ns(Fraction(stamp), film.time_base)
        return self._clock.tick(stamp_ns, step_ns, arrived_s, may_leap=not film.format.startswith(_STEADY))

    def _wait_for(self, time_ns: int) -> float:
        """A file's picture is held until it is its turn; when that was."""
        now_s = time.monotonic()
        if self._start_s is None:
            self._start_s = now_s - time_ns / NS_PER_S
        self._closed.wait(max(0.0, self._start_s + time_ns / NS_PER_S - now_s))
        return time.monotonic()


class _Tries:
    """How long to wait before connecting again: twice as long each time, up to a limit, and never quite the same."""

    def __init__(self, options: SourceOptions, *, asks: bool) -> None:
        self._options, self._asks = options, asks
        self._random = SystemRandom()
        self._failed = 0

    def next_s(self, held_s: float) -> float | None:
        """After a connection that gave pictures for so long; None where the feed is given up."""
        options = self._options
        if held_s > self._longest_s():
            self._failed = 0
        if options.max_reconnects is not None and self._failed >= options.max_reconnects:
            return None
        longest_s = self._longest_s()
        self._failed += 1
        return self._random.uniform(longest_s / 2, longest_s)

    def _longest_s(self) -> float:
        options = self._options
        doublings = min(self._failed, 32) if self._asks else 0
        return min(options.first_wait_s * (1 << doublings), options.longest_wait_s)
