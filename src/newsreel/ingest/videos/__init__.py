"""Videos: what FFmpeg's libraries decode, from the bytes of one file to an item, and its pictures one by one."""

from __future__ import annotations

from newsreel.ingest.videos._formats import HEAD_BYTES, sniff
from newsreel.ingest.videos._reading import media_hash, read_video
from newsreel.ingest.videos.footage import Footage, Frame
from newsreel.ingest.videos.position import Position

__all__ = ["HEAD_BYTES", "Footage", "Frame", "Position", "looks_like_video", "media_hash", "read_video"]


def looks_like_video(head: bytes) -> bool:
    """Whether a file that begins so (`HEAD_BYTES` of it) is a video in a container that is read, whatever its name."""
    return sniff(head) is not None
