"""Where nothing is to be heard in a film. Its sound is decoded by itself, a block at a time, and let go."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.stream import Discard, Disposition
from numpy.typing import NDArray

from newsreel.core.times import NS_PER_S, TimeRange
from newsreel.ingest.videos._clock import BROADCAST, Clock, exact_ns
from newsreel.ingest.videos._decoding import packets
from newsreel.ingest.videos._losses import What
from newsreel.ingest.videos._opening import Opened, open_video

__all__ = ["SILENCE_DBFS", "SILENCE_NS", "silences"]

SILENCE_DBFS = -50.0
"""Below it is silence: a room in which nobody speaks is louder, the noise of a good recording is not."""
SILENCE_NS = 2 * NS_PER_S
"""A shorter one is a pause (FFmpeg's `silencedetect` has the same)."""
_WINDOWS_A_SECOND = 20
"""The level is the loudest channel's root mean square over a twentieth of a second at most, offset aside."""
_LOUDEST = 10 ** (SILENCE_DBFS / 20)
_SLIGHT_NS = NS_PER_S // 10
"""A shorter gap between blocks is the rounding of their times."""


def silences(path: Path, limit_s: float) -> tuple[TimeRange, ...]:
    """The stretches of at least `SILENCE_NS` below `SILENCE_DBFS`, on the clock of the film's pictures, in order.

    Of its default sound. Where a film has sound elsewhere, a stretch without any is one too; what is damaged is not.
    None for a film without sound. After `limit_s` of wall-clock time it ends with what it knows. Raises
    UnreadableError where there is no film, OSError where there is no such file.
    """
    deadline_s = time.monotonic() + limit_s
    with open_video(path, limit_s) as film:
        sounds = [one for one in film.container.streams.audio if one.codec_context is not None]
        if not sounds:
            return ()
        sound = min(sounds, key=lambda one: (not one.disposition & Disposition.default, one.index))
        for stream in film.container.streams:
            stream.discard = Discard.default if stream is sound else Discard.all
        return _Listening(film, sound).all(deadline_s)


class _Listening:
    """Blocks of sound in, stretches of silence out. It holds where the last silence began, and no sound."""

    def __init__(self, film: Opened, sound: AudioStream) -> None:
        self._film, self._sound = film, sound
        self._time_base = sound.time_base or Fraction(1, sound.codec_context.sample_rate or 1)
        self._origin = film.origin * film.time_base / self._time_base
        self._clock = Clock()
        self._since_ns: int | None = 0
        self._found: list[TimeRange] = []
        self._is_damaged = False

    def all(self, deadline_s: float) -> tuple[TimeRange, ...]:
        """All of the film's."""
        with closing(packets(self._film.container, self._sound, self._damaged)) as coming:
            for packet in coming:
                if time.monotonic() > deadline_s:
                    break
                try:
                    for block in self._sound.decode(packet):
                        self._take(block)
                except (av.FFmpegError, ValueError):
                    self._is_damaged = True
            else:
                self._to_the_end()
        return tuple(self._found)

    def _damaged(self, _: What) -> None:
        self._is_damaged = True

    def _take(self, block: AudioFrame) -> None:
        if not block.samples or not block.sample_rate:
            return
        stamp_ns = None if block.pts is None else exact_ns(block.pts - self._origin, self._time_base)
        if self._clock == Clock() and stamp_ns is not None and stamp_ns < 0:
            return  # the run-up of the codec: a player does not play it
        expected_ns = self._clock.end_ns
        step_ns = block.samples * NS_PER_S // block.sample_rate
        self._clock, _ = self._clock.tick(stamp_ns, step_ns, may_leap=self._film.format in BROADCAST)
        if self._clock.last_ns > expected_ns + _SLIGHT_NS or self._is_damaged:
            self._gap(expected_ns)
        for start, is_silent in _windows(block):
            if not is_silent:
                self._heard(self._clock.last_ns + start)
            elif self._since_ns is None:
                self._since_ns = self._clock.last_ns + start

    def _gap(self, start_ns: int) -> None:
        if self._is_damaged:
            self._heard(start_ns)
            self._is_damaged = False
        elif self._since_ns is None:
            self._since_ns = start_ns

    def _heard(self, at_ns: int) -> None:
        """From here on something is to be heard, or might be."""
        if self._since_ns is not None and at_ns - self._since_ns >= SILENCE_NS:
            self._found.append(TimeRange(self._since_ns, at_ns))
        self._since_ns = None

    def _to_the_end(self) -> None:
        if self._clock == Clock():
            return  # nothing was decoded
        end_ns = max(self._clock.end_ns, self._film.duration_ns or 0)
        self._gap(self._clock.end_ns)
        self._heard(end_ns)


def _windows(block: AudioFrame) -> Iterator[tuple[int, bool]]:
    """When each begins, in nanoseconds from the block's start, and whether it is silent."""
    sound = _channels(block)
    size = max(1, block.sample_rate // _WINDOWS_A_SECOND)
    for start in range(0, block.samples, size):
        window = sound[:, start : start + size]
        with np.errstate(all="ignore"):  # damaged sound of floats may be infinite, or no number: not silent
            is_silent = bool((window.std(axis=1) < _LOUDEST).all())
        yield start * NS_PER_S // block.sample_rate, is_silent


def _channels(block: AudioFrame) -> NDArray[np.float64]:
    """The samples, [channels, n], full scale being 1."""
    samples = block.to_ndarray()
    scale = 2 ** (8 * samples.dtype.itemsize - 1) if samples.dtype.kind in "iu" else 1
    whole = samples if block.format.is_planar else samples.reshape(block.samples, -1).T
    return whole.astype(np.float64) / scale  # unsigned ones keep their offset
