"""A film's pictures at some moments of it: found by seeking where that pays, decoded from its beginning otherwise."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av

from newsreel.core.times import NS_PER_S
from newsreel.ingest.videos import Footage, Frame

__all__ = ["frames_at", "start_timecode"]

_STEADY = ("mov", "matroska")
"""How FFmpeg's names of the formats begin whose clock does not jump: a timestamp there is one moment of the film."""
_RUN_UP_NS = NS_PER_S
_WORTH_NS = 8 * NS_PER_S
"""A picture further ahead is sought: to decode what lies between is about as long, where keyframes are 10 s apart."""


def frames_at(path: Path, moments_ns: Sequence[int], limit_s: float, *, whole: bool = True) -> Iterator[Frame]:
    """The frames that are shown from these moments on, where there are such, in no certain order.

    Each may be used until the next is asked for. Nothing is sought in a film of which not the `whole` can be decoded:
    its clock depends on what was read before. Raises UnreadableError, OSError.
    """
    waiting = deque(sorted(set(moments_ns)))
    if whole:
        missed: list[int] = []
        yield from _sought(path, waiting, missed, limit_s)
        waiting = deque(missed)
    if waiting:
        with Footage(path, limit_s=limit_s) as footage:
            yield from _passing(footage, waiting)


def start_timecode(path: Path, limit_s: float) -> str:
    """The timecode of the first frame, as the file says it; "" where it says none. Raises UnreadableError, OSError."""
    with Footage(path, limit_s=limit_s) as footage:
        said = (footage.film.stream.metadata, footage.film.metadata)
        return next((text for each in said if (text := each.get("timecode", ""))), "")


def _sought(path: Path, waiting: deque[int], missed: list[int], limit_s: float) -> Iterator[Frame]:
    """Those that are found so; the moments of the others go to `missed`. Each time it opens the film, few or many."""
    left_ns, worth_ns = 0, _WORTH_NS
    while waiting:
        with Footage(path, limit_s=limit_s) as footage:
            if not _is_steady(footage):
                break
            if waiting[0] > left_ns + worth_ns:
                _seek(footage, waiting[0] - _RUN_UP_NS)
            landed_ns = None
            for frame in footage.frames():
                landed_ns = frame.time_ns if landed_ns is None else landed_ns
                if not (due := _due(waiting, frame.time_ns)):
                    continue
                missed.extend(moment for moment in due if moment != frame.time_ns)
                if due[-1] == frame.time_ns:
                    yield frame
                if landed_ns < left_ns:  # its keyframes are so far apart that seeking leads back
                    worth_ns *= 2
                    landed_ns = left_ns
                left_ns = frame.time_ns
                if not waiting or waiting[0] > left_ns + worth_ns:
                    break
            else:
                break
    missed.extend(waiting)


def _due(waiting: deque[int], now_ns: int) -> list[int]:
    """The moments up to now, which wait no longer."""
    due = []
    while waiting and waiting[0] <= now_ns:
        due.append(waiting.popleft())
    return due


def _passing(footage: Footage, waiting: deque[int]) -> Iterator[Frame]:
    for frame in footage.frames():
        if frame.time_ns in _due(waiting, frame.time_ns):
            yield frame
        if not waiting:
            return


def _is_steady(footage: Footage) -> bool:
    return footage.film.has_stamps and footage.film.format.startswith(_STEADY)


def _seek(footage: Footage, moment_ns: int) -> None:
    """As near before that moment as can be; where it cannot, reading begins at the start."""
    film = footage.film
    target = int(film.origin + Fraction(moment_ns, NS_PER_S) / film.time_base)
    with suppress(av.FFmpegError, OSError):
        film.container.seek(target, stream=film.stream)
