"""The pictures of a film, one after the other, each with its exact time; and how to go on from any of them."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

import av
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from newsreel.core.errors import UnreadableError
from newsreel.core.times import NS_PER_S
from newsreel.ingest.files import open_regular
from newsreel.ingest.videos import _pictures
from newsreel.ingest.videos._clock import BROADCAST, Clock, exact_ns
from newsreel.ingest.videos._decoding import HasteError, Pictures, byte_of, pictures, stamp_of
from newsreel.ingest.videos._elements import is_unbroken
from newsreel.ingest.videos._losses import Losses, What
from newsreel.ingest.videos._opening import Opened, keyframes, open_video
from newsreel.ingest.videos.position import Position, matching, seek

__all__ = ["Footage", "Frame"]

_LONGEST_STEP_NS = 600 * NS_PER_S
_SHORT_BY_NS = NS_PER_S // 2
_SHORT_BY_WITH_SOUND_NS = 3 * NS_PER_S
_GAP_STEPS = 1.5
_RUN_UPS_S = (1, 12, 60)
"""How far before a position decoding starts when it is resumed: far enough for the pictures that its own refer to."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a film."""

    number: int
    """From 0, counting the pictures that could be decoded."""
    time_ns: int
    """When it is shown, on a player's clock."""
    duration_ns: int
    """For how long: as the stream says, or by its average rate."""
    small: _pictures.Pixels
    """The whole picture upright, uint8 [27, 48, 3], RGB."""
    size: tuple[int, int]
    """Width and height as shown: upright, with square pixels."""
    _decoded: VideoFrame = field(repr=False)
    _stamp: int | None = field(repr=False)
    _turn: _pictures.Turn = field(repr=False)
    _clock: Clock = field(repr=False)
    _losses: Losses = field(repr=False)
    _looking: Lock = field(repr=False, compare=False)
    """FFmpeg's scaler writes to the picture that it reads, and puts it right again."""

    def picture(self, max_side: int) -> _pictures.Pixels:
        """The picture as shown, uint8 [h, w, 3], RGB, its longer side at most `max_side`."""
        with self._looking:
            return _pictures.scaled(self._decoded, self._turn, self.size, max_side)

    @property
    def position(self) -> Position:
        """From where `Footage.frames(resume=...)` gives this very frame first. It looks at every pixel: not free."""
        with self._looking:
            fingerprint = _pictures.fingerprint(self._decoded, self.small)
        return Position(
            number=self.number,
            stamp=self._stamp,
            byte=byte_of(self._decoded),
            fingerprint=fingerprint,
            clock=self._clock,
            losses=self._losses,
        )


class Footage:
    """A film's pictures. Opened by `with`, which raises UnreadableError, or OSError where there is no such file.

    Nothing is kept of a picture once the next is asked for. A damaged packet costs what it damages, not the film.
    One thread and one reading at a time; the frames may be used in any thread.
    """

    def __init__(self, path: Path, *, limit_s: float = 3600.0) -> None:
        self._path = path
        self._limit_s = limit_s
        self._stack = ExitStack()
        self._used = False
        self._clock = Clock()
        self._losses = Losses()
        self._stamp: int | None = None
        self._byte: int | None = None
        """Where the last picture lies in the file."""
        self._reading: Pictures | None = None
        self._turns: dict[int, _pictures.Turn] = {}
        self._keyframes: Sequence[int] | None = None
        self._reformatter = VideoReformatter()
        self._looking = Lock()

    def __enter__(self) -> Self:
        self._reopen(hasty=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    @property
    def film(self) -> Opened:
        """What is open: the container and the stream that was chosen."""
        return self._film

    @property
    def frame_rate(self) -> Fraction:
        """Pictures a second on the average, as the file says. To be printed; times are never made from it."""
        return self._film.rate

    @property
    def losses(self) -> tuple[str, ...]:
        """What could not be read so far, sentences for people; few, however much it is."""
        return self._losses.sentences

    @property
    def may_find_more(self) -> bool:
        """Whether another try may give more: the time limit was reached, or a place in the file could not be read."""
        return any(loss.what in (What.LIMIT, What.PLACE) for loss in self._losses.entries)

    @property
    def end_ns(self) -> int:
        """The end of the last picture read so far: the film's, once all were read."""
        return self._clock.end_ns

    def frames(self, resume: Position | None = None) -> Iterator[Frame]:
        """The frames, from the beginning or from a position; `limit_s` of wall-clock time later it ends, with a loss.

        A resumed reading gives what an unbroken one would have given from there on: the same numbers, times and pixels.
        The picture is looked for near the position; where none is certainly the same, it is decoded from the start.
        """
        deadline_s = time.monotonic() + self._limit_s
        if resume is not None:
            yield from self._patiently(resume, deadline_s)
            return
        last = None
        try:
            for frame in self._from_start(deadline_s, hasty=True):
                last = frame
                yield frame
        except HasteError:
            yield from self._again(last, deadline_s)

    def _close(self) -> None:
        if self._reading is not None:  # PyAV crashes where one goes on reading what is closed
            self._reading.close()
        self._stack.close()

    def _reopen(self, *, hasty: bool) -> None:
        self._close()
        self._film = self._stack.enter_context(open_video(self._path, self._limit_s, hasty=hasty))
        self._step_ns = int(NS_PER_S / self._film.rate)
        self._may_leap = self._film.format in BROADCAST
        self._used = False

    def _again(self, last: Frame | None, deadline_s: float) -> Iterator[Frame]:
        """The frames after the last that haste gave."""
        resumed = self._patiently(None if last is None else last.position, deadline_s)
        try:
            yield from resumed if last is None else islice(resumed, 1, None)
        except (UnreadableError, OSError):  # the file, or the disk that it is on, has gone since it was opened
            self._note(What.PLACE)

    def _patiently(self, resume: Position | None, deadline_s: float) -> Iterator[Frame]:
        """The frames from a position on, decoded so that damage costs what it damages."""
        found = None if resume is None else self._found(resume, deadline_s)
        if found is not None:
            yield from found
            return
        for frame in self._from_start(deadline_s, hasty=False):
            if resume is None or frame.number >= resume.number:
                yield frame

    def _from_start(self, deadline_s: float, *, hasty: bool) -> Iterator[Frame]:
        if self._used or self._film.hasty != hasty:
            self._reopen(hasty=hasty)
        self._used, self._clock, self._losses, self._stamp, self._byte = True, Clock(), Losses(), None, None
        self._reading = pictures(self._film, deadline_s, self._note)
        yield from self._framed(self._reading, 0)

    def _found(self, resume: Position, deadline_s: float) -> Iterator[Frame] | None:
        """The frames from that position on, where seeking leads to the very same picture."""
        if self._film.hasty:
            self._reopen(hasty=False)
        self._used = True
        for run_up_s in _RUN_UPS_S:
            if seek(self._film, resume, run_up_s):
                self._reading = pictures(self._film, deadline_s, self._note)
                if (picture := next(matching(self._film, self._reading, resume), None)) is not None:
                    return self._resumed(picture, self._reading, resume)
                self._reading.close()
        return None

    def _resumed(self, picture: VideoFrame, decoded: Pictures, resume: Position) -> Iterator[Frame]:
        # What was noted on the way was noted before.
        self._clock, self._losses, self._stamp, self._byte = resume.clock, resume.losses, resume.stamp, resume.byte
        yield self._frame(picture, resume.number)
        yield from self._framed(decoded, resume.number + 1)

    def _framed(self, decoded: Pictures, number: int) -> Iterator[Frame]:
        with closing(decoded):
            for picture in decoded:
                self._tick(picture)
                try:
                    frame = self._frame(picture, number)
                except (av.FFmpegError, ValueError):
                    self._note(What.FORMAT)
                    continue
                yield frame
                number += 1
        self._note_if_short()

    def _frame(self, picture: VideoFrame, number: int) -> Frame:
        turn = self._turn(picture)
        return Frame(
            number=number,
            time_ns=self._clock.last_ns,
            duration_ns=self._clock.step_ns,
            small=_pictures.small(picture, turn, self._reformatter),
            size=_pictures.shown_size(picture.width, picture.height, self._film.pixel_aspect, turn),
            _decoded=picture,
            _stamp=self._stamp,
            _turn=turn,
            _clock=self._clock,
            _losses=self._losses,
            _looking=self._looking,
        )

    def _turn(self, picture: VideoFrame) -> _pictures.Turn:
        """How it must be turned: looked up once for each angle that the film has."""
        if picture.rotation not in self._turns:
            self._turns[picture.rotation] = _pictures.Turn.of(picture)
        return self._turns[picture.rotation]

    def _tick(self, picture: VideoFrame) -> None:
        time_base = self._film.time_base
        step_ns = exact_ns(picture.duration or 0, time_base)
        stamp = stamp_of(self._film, picture)
        stamp_ns = None if stamp is None else exact_ns(stamp - self._film.origin, time_base)
        step_ns = step_ns if 0 < step_ns <= _LONGEST_STEP_NS else self._step_ns
        if not self._film.has_stamps and self._clock == Clock():
            # A picture comes out later than it is decoded, by as many as the decoder holds back to put them in order.
            self._clock = Clock(shift_ns=-self._film.stream.codec_context.reorder_depth * step_ns)
        byte = byte_of(picture)
        if self._is_gap(stamp, byte, step_ns):
            self._note(What.GAP)
        self._stamp, self._byte = stamp, byte
        self._clock, wrong = self._clock.tick(stamp_ns, step_ns, may_leap=self._may_leap)
        if wrong is not None:
            self._note(wrong)

    def _is_gap(self, stamp: int | None, byte: int | None, step_ns: int) -> bool:
        """Whether pictures are missing before this one: Matroska's reader does not tell.

        The index lists some there, or the file is broken between the last picture and this one.
        """
        if stamp is None or self._stamp is None or not self._film.format.startswith("matroska"):
            return False
        if exact_ns(stamp - self._stamp, self._film.time_base) <= _GAP_STEPS * step_ns:
            return False
        if self._keyframes is None:
            self._keyframes = keyframes(self._path, self._limit_s)
        if bisect_right(self._keyframes, self._stamp) < bisect_left(self._keyframes, stamp):
            return True
        return byte is not None and self._byte is not None and self._is_broken(self._byte, byte)

    def _is_broken(self, one: int, other: int) -> bool:
        with open_regular(self._path) as file:
            return not is_unbroken(file, min(one, other), max(one, other))

    def _note(self, what: What) -> None:
        self._losses = self._losses.noted(what, max(self._clock.last_ns, 0))

    def _note_if_short(self) -> None:
        said_ns = self._film.duration_ns or 0
        explained = any(loss.what in (What.LIMIT, What.BARREN, What.JUMP) for loss in self._losses.entries)
        slack_ns = _SHORT_BY_NS if self._film.is_alone else _SHORT_BY_WITH_SOUND_NS
        if not explained and said_ns > self.end_ns + slack_ns:
            self._note(What.SHORT)
