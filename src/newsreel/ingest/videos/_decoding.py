"""From packets to pictures. What is damaged is noted and passed over; whatever the file, it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeVar

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from newsreel.ingest.videos._losses import What
from newsreel.ingest.videos._opening import Opened

__all__ = ["BARREN_PACKETS", "HasteError", "Pictures", "byte_of", "packets", "pictures", "stamp_of"]

BARREN_PACKETS = 10_000
"""So many packets without a picture, and the rest is given up."""
_MOST_READ_ERRORS = 100

Note = Callable[[What], None]
Pictures = Generator[VideoFrame]
S = TypeVar("S", VideoStream, AudioStream)


class HasteError(Exception):
    """A film that was opened for haste cannot be read on so. What was given of it is right."""


def pictures(film: Opened, deadline_s: float, note: Note) -> Pictures:
    """The stream's pictures from where the container stands, as they are shown; `deadline_s` is of `time.monotonic`.

    Raises HasteError at the first damage where the film was opened so, before a picture that it may have touched.
    """
    note = _unforgiving(note) if film.hasty else note
    barren = held = 0
    with closing(packets(film.container, film.stream, note)) as coming:
        for packet in coming:
            if time.monotonic() > deadline_s:
                note(What.LIMIT)
                return
            found = _decoded(film, packet, note)
            if (packet is not None and packet.is_corrupt) or any(picture.is_corrupt for picture in found):
                note(What.PICTURE)
            is_last = packet is None or not packet.size
            held += (not is_last) - len(found)
            if film.hasty and is_last and held:  # PyAV tells nothing of an error behind a picture
                raise HasteError
            yield from found
            barren = 0 if found else barren + 1
            if barren >= BARREN_PACKETS:
                note(What.BARREN)
                return


def _unforgiving(note: Note) -> Note:
    def stop(what: What) -> None:
        if what is not What.LIMIT:
            raise HasteError
        note(what)

    return stop


def byte_of(picture: VideoFrame) -> int | None:
    """Where the packet that it was decoded from lies in the file, as far as is known."""
    return picture.opaque[0] if isinstance(picture.opaque, tuple) else None


def stamp_of(film: Opened, picture: VideoFrame) -> int | None:
    """The picture's timestamp, in the stream's ticks."""
    return picture.pts if film.has_stamps else picture.dts


def _decoded(film: Opened, packet: Packet[VideoStream] | None, note: Note) -> list[VideoFrame]:
    if packet is not None and packet.has_sidedata("encryption_info"):
        note(What.ENCRYPTED)
        return []
    if packet is not None and packet.size:
        packet.opaque = (packet.pos,)  # a new object each: PyAV tells them apart by their address
    try:
        return film.stream.decode(packet)
    except av.error.BlockingIOError:  # it wants to be emptied first, which PyAV cannot do
        film.stream.codec_context.flush_buffers()
    except av.error.EOFError:
        return []  # it was emptied already
    except av.FFmpegError:
        pass
    note(What.PACKET)
    return []


def packets(container: InputContainer, stream: S, note: Note) -> Generator[Packet[S] | None]:
    """The stream's packets; at the end an empty one, or None, which has the decoder give what it held back."""
    for _ in range(_MOST_READ_ERRORS):
        try:
            yield from container.demux(stream)
            return
        except av.error.ExitError:
            note(What.LIMIT)
            break
        except IndexError:  # a stream appeared on the way, and PyAV stumbles over it at the end
            break
        except (av.FFmpegError, OSError):
            note(What.PLACE)
    yield None
