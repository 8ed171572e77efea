"""Which format a file is in, by its first bytes: its name may lie."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Format", "sniff"]

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_HEIF_BRANDS = frozenset({b"mif1", b"msf1"})


class Format(StrEnum):
    """The formats that are read; the value is the media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    TIFF = "image/tiff"
    WEBP = "image/webp"
    HEIC = "image/heic"
    HEIF = "image/heif"


def sniff(data: bytes) -> Format | None:
    """The format, or None for anything else (GIF, BMP, AVIF, BigTIFF, a video in an `ftyp` box, text)."""
    if data.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if data.startswith((b"II*\0", b"MM\0*")):
        return Format.TIFF
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Format.WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return Format.HEIC
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return Format.HEIF
    return None
