"""Which container a video is in, by its first bytes: its name may lie."""

from __future__ import annotations

import re
from enum import StrEnum

__all__ = ["DEMUXERS", "HEAD_BYTES", "Container", "sniff"]

HEAD_BYTES = 4096
"""How much of a file's beginning is looked at."""
DEMUXERS = "mov,matroska,mpegts,mpeg,avi,mxf,flv,asf,ogg,h264,hevc,mpegvideo"
"""FFmpeg's readers of these containers. None follows a reference to another file, as playlists and sequences do."""


class Container(StrEnum):
    """The containers that are read; the value is the media type."""

    MP4 = "video/mp4"
    MOV = "video/quicktime"
    THREE_GP = "video/3gpp"
    WEBM = "video/webm"
    MATROSKA = "video/x-matroska"
    MPEG_TS = "video/mp2t"
    MPEG_PS = "video/mpeg"
    AVI = "video/x-msvideo"
    MXF = "application/mxf"
    FLV = "video/x-flv"
    ASF = "video/x-ms-asf"
    OGG = "video/ogg"
    H264 = "video/h264"
    HEVC = "video/h265"


_MXF = b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01"  # a header partition
_ASF = b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"
_BOXES = frozenset((b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp", b"moof", b"sidx"))
_NOT_VIDEO_BRANDS = (
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"heif", b"mif1", b"msf1", b"avif",
    b"avis", b"jp2 ", b"jpx ", b"jpm ", b"jxl ", b"crx ", b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B ",
)  # fmt: skip
_ELEMENTARY = re.compile(
    rb"\x00?\x00\x00\x01(?:(?P<h264>[\x07\x27\x47\x67\x09]).|(?P<hevc>[\x40\x42\x46]\x01))", re.DOTALL
)
_SYNC = 0x47
_SYNCS = 5


def sniff(head: bytes) -> Container | None:
    """The container, or None for anything else (pictures, sound, text). `head` is the first `HEAD_BYTES` bytes."""
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12])
    if head.startswith(b"\x1aE\xdf\xa3"):
        return Container.WEBM if b"webm" in head[:64] else Container.MATROSKA
    if head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"AVIX"):
        return Container.AVI
    if head.startswith((b"\0\0\x01\xba", b"\0\0\x01\xb3")):
        return Container.MPEG_PS
    if head.startswith(b"FLV\x01"):
        return Container.FLV
    if head.startswith(_ASF):
        return Container.ASF
    if head.startswith(b"OggS"):
        return Container.OGG if b"\x80theora" in head else None
    if _MXF in head:
        return Container.MXF
    if _is_transport_stream(head):
        return Container.MPEG_TS
    if elementary := _ELEMENTARY.match(head):
        return Container.H264 if elementary["h264"] else Container.HEVC
    return Container.MOV if _starts_with_box(head) else None


def _by_brand(brand: bytes) -> Container | None:
    if brand in _NOT_VIDEO_BRANDS:
        return None
    if brand == b"qt  ":
        return Container.MOV
    return Container.THREE_GP if brand.startswith((b"3gp", b"3g2")) else Container.MP4


def _starts_with_box(head: bytes) -> bool:
    """A QuickTime file from before `ftyp`, or a piece of a stream. A text may have these letters; it has no zeros."""
    size = int.from_bytes(head[:4], "big")
    return head[4:8] in _BOXES and (size in (0, 1) or size >= 8) and b"\0" in head


def _is_transport_stream(head: bytes) -> bool:
    """Packets of 188 bytes, or of 192 (with a time before each) or 204 (with a checksum behind), from any place on."""
    return any(
        _are_packets(head, start, size)
        for start in range(min(204, len(head)))
        if head[start] == _SYNC
        for size in (188, 192, 204)
    )


def _are_packets(head: bytes, start: int, size: int) -> bool:
    starts = range(start, len(head) - 3, size)[:_SYNCS]
    return len(starts) == _SYNCS and all(
        head[at] == _SYNC and head[at + 1] < 0x80 and head[at + 3] & 0x30 for at in starts
    )
