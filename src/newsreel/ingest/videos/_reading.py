"""One video to its item: what the container says, which stream is the film, and that a picture comes out of it."""

from __future__ import annotations

import hashlib
import os
from fractions import Fraction
from pathlib import Path

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Film, Item, Kind
from newsreel.ingest.files import open_regular
from newsreel.ingest.videos._formats import HEAD_BYTES, sniff
from newsreel.ingest.videos._opening import MAX_PIXELS, Opened
from newsreel.ingest.videos._tags import fields_of
from newsreel.ingest.videos.footage import Footage, Frame
from newsreel.ingest.wanted import refuse_unwanted

__all__ = ["media_hash", "read_video"]

MAX_BYTES = 1 << 40
"""Hours of hashing: what is larger is no film but a mistake, a sparse file perhaps."""
_FIRST_PICTURE_S = 60.0
_PIECE_BYTES = 1 << 20


def media_hash(path: Path) -> str:
    """16 bytes of BLAKE2b in hex. Raises OSError, or UnreadableError where it is too large or nobody waits for it."""
    digest = hashlib.blake2b(digest_size=16)
    with open_regular(path) as file:
        _refuse_large(os.fstat(file.fileno()).st_size)
        while piece := file.read(_PIECE_BYTES):
            refuse_unwanted()
            _refuse_large(file.tell())  # it may grow faster than it is read
            digest.update(piece)
    return digest.hexdigest()


def _refuse_large(size: int) -> None:
    if size > MAX_BYTES:
        raise UnreadableError(f"a video of {size:,} bytes; {MAX_BYTES:,} is the most: export it smaller")


def read_video(path: Path, *, uri: str, hashed: str | None = None) -> Item:
    """The video's item; `hashed` is its media hash where that is known already.

    Its first picture is decoded, no more. Raises UnreadableError, or OSError where the file cannot be opened.
    """
    with open_regular(path) as file:
        container = sniff(file.read(HEAD_BYTES))
    if container is None:
        raise UnreadableError("not a video in a container that is read: convert it to an .mp4")
    with Footage(path, limit_s=_FIRST_PICTURE_S) as footage:
        first = next(footage.frames(), None)
        if first is None:
            raise UnreadableError(_why_no_picture(footage))
        said = footage.film
        film = Film(
            media_hash=hashed or media_hash(path),
            duration_ns=said.duration_ns,
            width=first.size[0],
            height=first.size[1],
            codec=said.codec,
            stream=_stream(said, first),
        )
        return Item(
            uri=uri,
            kind=Kind.VIDEO,
            media_path=str(path),
            media_type=container.value,
            film=film,
            **fields_of(said.metadata),
        )


def _why_no_picture(footage: Footage) -> str:
    if not footage.losses:
        return "a video without a single picture: its recording was never finished, or it is cut short; copy it again"
    lost = "; ".join(footage.losses)
    large = f"larger than {MAX_PIXELS // 1_000_000} million pixels"
    return f"no picture could be decoded ({lost}): damaged, encrypted or {large}; copy it again, or export it anew"


def _stream(said: Opened, first: Frame) -> str:
    """Which stream was taken, and which were left."""
    width, height = first.size
    taken = f"stream {said.stream.index} of {said.streams}, {said.codec}, {width}x{height}"
    left = ("", "; the other video stream was left")[said.others] if said.others < 2 else ""
    if said.others > 1:
        left = f"; the {said.others} other video streams were left"
    return f"{taken}, {_short(said.rate)} fps{left}"


def _short(rate: Fraction) -> str:
    return f"{float(rate):.2f}".rstrip("0").rstrip(".")
