"""Opening a video: from one regular file and nothing else, with bounds; and choosing the stream that is the film."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, cast

import av
import av.logging
from av.container import Flags, InputContainer
from av.stream import Discard, Disposition
from av.video.stream import VideoStream

from newsreel.core.errors import UnreadableError
from newsreel.core.times import NS_PER_S
from newsreel.ingest.files import open_regular
from newsreel.ingest.videos._clock import LATEST_NS
from newsreel.ingest.videos._formats import DEMUXERS

__all__ = ["MAX_PIXELS", "Opened", "chosen", "keyframes", "open_video"]

MAX_PIXELS = 40_000_000
"""Of one picture: 8K of any shape."""
_BUFFER_BYTES = 1 << 18
_OPTIONS = {
    "format_whitelist": DEMUXERS,
    "protocol_whitelist": "file",  # not used: the bytes come from a file that we opened
    "enable_drefs": "0",  # a QuickTime file may name other files as its media
    "max_pixels": str(MAX_PIXELS),
}
_STAMPLESS = ("avi", "h264", "hevc", "mpegvideo")
"""FFmpeg's names of the formats that do not say when a picture is shown, only when it is decoded."""
_FROM_ZERO = ("mov", "matroska", "ogg")
"""How FFmpeg's names of the formats that browsers play begin: their players' clocks start at the file's own zero."""
_COVERS = Disposition.attached_pic | Disposition.timed_thumbnails
_MOST_THREADS = 8
_MOST_PIXELS_AT_ONCE = 50_000_000
"""Of all the pictures that are decoded at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A video that is open, its stream of pictures, and what is said of both.

    Plain values, asked for once: PyAV's objects must not be touched after the container is closed.
    """

    container: InputContainer
    stream: VideoStream
    format: str
    """FFmpeg's name of the container."""
    codec: str
    """FFmpeg's name of the codec, not of the library that decodes it: `av1`, not `libdav1d`."""
    streams: int
    others: int
    """How many other streams of pictures there are, covers aside."""
    chosen: str
    """For people, which of the streams of pictures it is: `stream 2 of 3: h264 1920x1080 (default)`; "" of one."""
    time_base: Fraction
    """Of the stream's timestamps, in seconds."""
    origin: Fraction
    """The timestamp at which a player's clock starts, in ticks of the stream.

    The file's own zero in the formats that browsers play, or the first picture's where that is before zero (a browser
    does not show it). Elsewhere, where a clock may stand anywhere, the start of the earliest stream.
    """
    rate: Fraction
    """Pictures a second on the average, as the file says; 25 where it says nothing."""
    duration_ns: int | None
    """When it ends on a player's clock, by its own account: the pictures where the stream says so, else all of it."""
    is_alone: bool
    """Whether that is the end of the pictures, not of sound that may be longer."""
    pixel_aspect: Fraction | None
    metadata: Mapping[str, str]
    hasty: bool
    """Whether several pictures are decoded at a time, and nothing is forgiven: the first damage is an error."""

    @property
    def has_stamps(self) -> bool:
        """Whether the format says when a picture is shown; otherwise, only in which order and how far apart."""
        return self.format not in _STAMPLESS


class _Bytes:
    """A file as PyAV reads one. A damaged video asks for places that no file has; PyAV would print the exception."""

    def __init__(self, file: BinaryIO) -> None:
        self.read, self.tell, self._file = file.read, file.tell, file

    def seek(self, offset: int, whence: int) -> int:
        """The new place, or FFmpeg's number of an error."""
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return -errno.EINVAL


@contextmanager
def open_video(path: Path, limit_s: float, *, hasty: bool = False) -> Iterator[Opened]:
    """The video, open, ready to decode. Raises UnreadableError; OSError where the file itself cannot be opened.

    `hasty`: for a film that is whole, and read from its beginning. It is decoded several pictures at a time.
    """
    av.logging.set_level(None)  # FFmpeg writes to stderr what we account for ourselves
    with open_regular(path) as file:
        try:
            container = av.open(
                _Bytes(file),
                "r",
                options=_OPTIONS,
                metadata_errors="replace",
                buffer_size=_BUFFER_BYTES,
                timeout=limit_s,
            )
        except (av.FFmpegError, OSError, ValueError) as error:
            raise UnreadableError(_why_not_open(path, error)) from None
        with container:
            yield chosen(container, hasty=hasty)


def keyframes(path: Path, limit_s: float) -> Sequence[int]:
    """The timestamps of the keyframes that the file's own index lists, sorted; none where it has no index.

    Some readers load it only when they seek.
    """
    with open_video(path, limit_s) as film:
        with suppress(av.FFmpegError, OSError):
            film.container.seek(0, stream=film.stream)
        return sorted(entry.timestamp for entry in film.stream.index_entries if entry.timestamp is not None)


def chosen(container: InputContainer, *, hasty: bool = False) -> Opened:
    """The container's stream that is the film, ready to decode. Raises UnreadableError where it has none."""
    pictures = [one for one in container.streams.video if not one.disposition & _COVERS]
    if not pictures:
        sound = container.streams.audio or container.streams.video
        raise UnreadableError(
            "a sound recording in a video's container: it has no pictures; Newsreel does not read audio"
            if sound
            else "a video without any stream: its beginning is damaged or it was never finished; export it again"
        )
    known = [one for one in pictures if one.codec_context is not None]
    if not known:
        raise UnreadableError("its codec is not one that FFmpeg decodes: convert it to H.264 in an .mp4")
    stream = min(known, key=lambda one: (not one.disposition & Disposition.default, -_pixels(one), one.index))
    if _pixels(stream) > MAX_PIXELS:
        raise UnreadableError(
            f"its pictures have {stream.codec_context.width} x {stream.codec_context.height} pixels, more than "
            f"{MAX_PIXELS // 1_000_000} million: export it smaller"
        )
    _prepare(container, stream, hasty)
    time_base = stream.time_base or Fraction(1, 90_000)
    origin_s = _origin_s(container, stream)
    return Opened(
        container=container,
        stream=stream,
        format=container.format.name,
        codec=stream.codec_context.codec.canonical_name,
        streams=len(container.streams),
        others=len(pictures) - 1,
        chosen=_which(stream, pictures),
        time_base=time_base,
        origin=origin_s / time_base,
        rate=_rate(stream),
        duration_ns=_duration_ns(container, stream, origin_s),
        is_alone=(bool(stream.duration) and not _counts_all(container)) or len(container.streams) == 1,
        pixel_aspect=stream.sample_aspect_ratio,
        metadata=dict(container.metadata),
        hasty=hasty,
    )


def _which(stream: VideoStream, pictures: Sequence[VideoStream]) -> str:
    if len(pictures) == 1:
        return ""
    context = stream.codec_context
    why = "default" if stream.disposition & Disposition.default else "the largest"
    place = f"stream {pictures.index(stream) + 1} of {len(pictures)}"
    return f"{place}: {context.codec.canonical_name} {context.width}x{context.height} ({why})"


def _origin_s(container: InputContainer, stream: VideoStream) -> Fraction:
    return min(Fraction(0), _ticks_s(stream, stream.start_time)) if _keeps_zero(container) else _start_s(container)


def _ticks_s(stream: VideoStream, ticks: int | None) -> Fraction:
    return (ticks or 0) * (stream.time_base or Fraction(0))


def _start_s(container: InputContainer) -> Fraction:
    """When the earliest stream starts, in seconds: to the microsecond, or exactly as that stream says it."""
    if container.start_time is None:
        return Fraction(0)
    start = Fraction(container.start_time, av.time_base)
    known = ((one.start_time, one.time_base) for one in container.streams)
    exact = (ticks * base for ticks, base in known if ticks is not None and base is not None)
    near = min(exact, key=lambda moment: abs(moment - start), default=start)
    return near if abs(near - start) <= Fraction(1, av.time_base) else start


def _rate(stream: VideoStream) -> Fraction:
    rates = (stream.average_rate, stream.guessed_rate, stream.base_rate)
    return next((rate for rate in rates if rate and Fraction(1, 86_400) <= rate <= 10_000), Fraction(25))


def _duration_ns(container: InputContainer, stream: VideoStream, origin_s: Fraction) -> int | None:
    if stream.duration and stream.duration > 0 and stream.time_base:
        start_s = Fraction(0) if _counts_all(container) else _ticks_s(stream, stream.start_time)
        end_s = start_s + _ticks_s(stream, stream.duration)
    elif container.duration and container.duration > 0:
        start_s = Fraction(0) if _keeps_zero(container) else origin_s
        end_s = start_s + Fraction(container.duration, av.time_base)
    else:
        return None
    end_ns = int((end_s - origin_s) * NS_PER_S)
    return end_ns if 0 < end_ns <= LATEST_NS else None


def _keeps_zero(container: InputContainer) -> bool:
    return container.format.name.startswith(_FROM_ZERO)


def _counts_all(container: InputContainer) -> bool:
    """Whether each stream is said to last as long as the file does, from its zero on: Windows Media."""
    return container.format.name == "asf"


def _pixels(stream: VideoStream) -> int:
    return stream.codec_context.width * stream.codec_context.height


def _prepare(container: InputContainer, stream: VideoStream, hasty: bool) -> None:
    container.flags &= ~cast(int, Flags.gen_pts.value)  # it may read far ahead, to guess
    for other in container.streams:
        other.discard = Discard.default if other is stream else Discard.all
    context = stream.codec_context
    threads = min(_MOST_THREADS, os.cpu_count() or 1)
    options = {"max_pixels": str(MAX_PIXELS)}
    if hasty:
        # A thread a picture, where the codec can. Pictures that refer to a damaged one, which another thread mends
        # meanwhile, would come out by chance; so the first damage ends it, and it is read again from there, as below.
        context.thread_type = "AUTO"
        threads = max(1, min(threads, _MOST_PIXELS_AT_ONCE // max(1, _pixels(stream))))
        options["err_detect"] = "explode"
    else:
        # Threads within a picture: what a damaged packet costs is then told at that packet, and a film is decoded to
        # the same pixels from wherever one starts. H.264's decoder mends nothing then: it leaves what lay in memory.
        context.thread_type = "SLICE"
        threads = 1 if context.name == "h264" else threads
    context.thread_count = threads
    context.options = options
    context.copy_opaque = True  # carries a packet's place in the file to its picture


def _why_not_open(path: Path, error: Exception) -> str:
    if isinstance(error, av.error.ExitError):
        return "opening it took longer than the time limit: is the disk well? Try `--retry-failed` later"
    if _lacks_index(path):
        return "a video cut short: its index (moov) is missing, without which nothing can be decoded; copy it again"
    return "a video's first bytes, but FFmpeg cannot open it: damaged or cut short; copy it again from its source"


def _lacks_index(path: Path) -> bool:
    """Whether the boxes of an MP4 run past the file's end, or end, without a `moov`."""
    with open_regular(path) as file:
        size, at = os.fstat(file.fileno()).st_size, 0
        for _ in range(1000):
            file.seek(min(at, size))  # a damaged length may be one that no file has
            head: Any = file.read(16)
            if len(head) < 8:
                return at > 0
            length, name = int.from_bytes(head[:4], "big"), head[4:8]
            if name == b"moov":
                return at + length > size
            if at == 0 and name not in (b"ftyp", b"wide", b"mdat", b"free", b"skip"):
                return False
            at += int.from_bytes(head[8:16], "big") if length == 1 else length if length >= 8 else size
    return False
