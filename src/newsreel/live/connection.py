"""One feed, open: from its bytes to decoded pictures and to text, until it ends or breaks off."""

from __future__ import annotations

import os
import re
import select
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any, BinaryIO

import av
import av.logging
from av.packet import Packet
from av.stream import Discard
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import AssSubtitle
from av.video.frame import VideoFrame

from newsreel.core.errors import UnreadableError, UsageError
from newsreel.ingest import text
from newsreel.ingest.files import open_regular
from newsreel.ingest.videos import Opened, chosen
from newsreel.live.address import Address
from newsreel.live.options import SourceOptions

__all__ = ["Connection", "Lost", "connected"]

_BUFFER_BYTES = 1 << 15
_WRITTEN = ("webvtt", "subrip", "srt", "mov_text", "ass", "ssa", "text")
"""FFmpeg's names of the subtitles that are text, not pictures of it."""
_STYLING = re.compile(r"\{\\[^{}]*\}|\\[hn]")
_MOST_READ_ERRORS = 100
_POLL_S = 0.2


class Lost(Exception):  # noqa: N818 - what is lost may come again
    """The feed broke off, or could not be opened. The message is for people, and never has the address in it."""


class Connection:
    """A feed that is open. One thread; `Lost` may come from any call."""

    def __init__(self, film: Opened, *, ends: bool) -> None:
        self.film = film
        self.damaged = 0
        """Packets and pictures so far."""
        self._ends = ends
        self._subtitles = _subtitles(film)

    @property
    def is_recording(self) -> bool:
        """Whether it knows how long it lasts: a film, or a feed that has ended and is kept."""
        return self.film.duration_ns is not None

    def packets(self) -> Iterator[Packet[Any]]:
        """Pictures' and subtitles' packets as they come; at the feed's end an empty one, after which decoders flush."""
        streams = [self.film.stream, *([self._subtitles] if self._subtitles is not None else [])]
        for _ in range(_MOST_READ_ERRORS):
            try:
                yield from self.film.container.demux(*streams)
                return
            except IndexError:  # a stream appeared on the way, and PyAV stumbles over it at the end
                return
            except (av.FFmpegError, OSError) as error:
                if not self._ends or isinstance(error, av.error.ExitError):
                    raise Lost(_why(error)) from None
                self.damaged += 1

    def skip(self, skips: bool) -> None:
        """Whether pictures that no other refers to are left out."""
        self.film.stream.codec_context.skip_frame = "NONREF" if skips else "DEFAULT"

    def pictures(self, packet: Packet[Any]) -> list[VideoFrame]:
        """What can be decoded once this packet is there; nothing of a subtitle's."""
        if packet.stream is not self.film.stream:
            return []
        found: list[VideoFrame] = []
        try:
            found = self.film.stream.decode(packet)
        except av.error.EOFError:
            pass  # it was emptied already
        except av.error.BlockingIOError:  # it wants to be emptied first, which PyAV cannot do
            self.film.stream.codec_context.flush_buffers()
            self.damaged += 1
        except av.FFmpegError:
            self.damaged += 1
        else:
            self.damaged += packet.is_corrupt or any(picture.is_corrupt for picture in found)
        return found

    def words(self, packet: Packet[Any]) -> str:
        """What a subtitle's packet says, on one line; nothing of a picture's."""
        if packet.stream is not self._subtitles or not packet.size:
            return ""
        try:
            said = self._subtitles.decode(packet)
        except av.FFmpegError:
            self.damaged += 1
            return ""
        parts = (one.dialogue.decode(errors="replace") for one in said if isinstance(one, AssSubtitle))
        return text.line(_STYLING.sub(" ", " ".join(parts)))


@contextmanager
def connected(address: Address, options: SourceOptions, closed: Event) -> Iterator[Connection]:
    """The feed, open. Raises Lost; UnreadableError for a file or a pipe that is no video; UsageError for a bad address.

    A pipe may be silent for ever, and its reads end when `closed` is set. A connection's end when it has stalled.
    """
    av.logging.set_level(None)  # FFmpeg writes to stderr what we tell ourselves, and the address with it
    with _bytes_of(address, closed) as source:
        try:
            container = av.open(
                source,
                "r",
                options=address.options(options.connect_s),
                metadata_errors="replace",
                buffer_size=_BUFFER_BYTES,
                timeout=(options.connect_s, options.stall_s * address.patience) if address.is_network else None,
            )
        except av.error.ProtocolNotFoundError:
            raise UsageError("the FFmpeg in this installation does not speak this address's protocol") from None
        except (av.FFmpegError, OSError, ValueError) as error:
            if address.is_network or closed.is_set():
                raise Lost(_why(error)) from None
            raise UnreadableError("what comes is no video that FFmpeg can open") from None
        with container:
            try:
                film = chosen(container)
            except UnreadableError as error:
                if address.is_network:
                    raise Lost(str(error)) from None
                raise
            yield Connection(film, ends=not address.is_network)


class _Pipe:
    """A pipe as PyAV reads one: it gives what is there, at once, and is done when the feed is closed."""

    def __init__(self, descriptor: int, closed: Event) -> None:
        self._descriptor, self._closed = descriptor, closed

    def read(self, most: int) -> bytes:
        """Up to `most` bytes; none at the end."""
        while not self._closed.is_set():
            if select.select([self._descriptor], [], [], _POLL_S)[0]:
                return os.read(self._descriptor, most)
        return b""


@contextmanager
def _bytes_of(address: Address, closed: Event) -> Iterator[str | BinaryIO | _Pipe]:
    if address.is_network:
        yield address.url
    elif address.descriptor is not None:
        yield _Pipe(address.descriptor, closed)
    elif address.path is not None and address.path.is_fifo():
        descriptor = os.open(address.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            yield _Pipe(descriptor, closed)
        finally:
            os.close(descriptor)
    elif address.path is not None:
        with open_regular(address.path) as file:
            yield file


def _subtitles(film: Opened) -> SubtitleStream | None:
    for stream in film.container.streams.subtitles:
        if stream.codec_context is not None and stream.codec_context.name in _WRITTEN:
            stream.discard = Discard.default
            return stream
    return None


def _why(error: Exception) -> str:
    """FFmpeg's reason, without the address that its messages end with."""
    if isinstance(error, av.error.ExitError):
        return "nothing came for too long"
    if isinstance(error, av.error.InvalidDataError):
        return "what comes is not a video stream that can be read"
    said = getattr(error, "strerror", None) or type(error).__name__
    return f"{said[:1].lower()}{said[1:]}"
