"""Videos: what FFmpeg's libraries decode, from the bytes of one file to an item, and its pictures one by one."""

from __future__ import annotations

from newsreel.ingest.videos._clock import Clock, exact_ns
from newsreel.ingest.videos._decoding import stamp_of
from newsreel.ingest.videos._formats import DEMUXERS, HEAD_BYTES, sniff
from newsreel.ingest.videos._opening import MAX_PIXELS, Opened, chosen, open_video
from newsreel.ingest.videos._pictures import Pixels, Turn, scaled, shown_size, small
from newsreel.ingest.videos._reading import media_hash, read_video
from newsreel.ingest.videos._silences import SILENCE_DBFS, SILENCE_NS, silences
from newsreel.ingest.videos.ahead import reading_ahead
from newsreel.ingest.videos.footage import Footage, Frame
from newsreel.ingest.videos.position import Position

__all__ = [
    "DEMUXERS",
    "HEAD_BYTES",
    "MAX_PIXELS",
    "SILENCE_DBFS",
    "SILENCE_NS",
    "Clock",
    "Footage",
    "Frame",
    "Opened",
    "Pixels",
    "Position",
    "Turn",
    "chosen",
    "exact_ns",
    "looks_like_video",
    "media_hash",
    "open_video",
    "read_video",
    "reading_ahead",
    "scaled",
    "shown_size",
    "silences",
    "small",
    "stamp_of",
]


def looks_like_video(head: bytes) -> bool:
    """Whether a file that begins so (`HEAD_BYTES` of it) is a video in a container that is read, whatever its name."""
    return sniff(head) is not None
