"""Takes a file apart: the blocks of metadata for us, and a file of pixels alone for the decoder.

Separated, because metadata is what is most often broken in a photo: Pillow then never meets it, cannot fail on it, and
cannot warn about it. Nothing here raises, whatever the bytes.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from newsreel.ingest.photos._ifd import Ifd, first_ifd

__all__ = ["Blocks", "has_too_many_scans", "heif_is_whole", "split_jpeg", "split_png", "split_tiff", "split_webp"]

_EXIF_HEAD, _XMP_HEAD, _PHOTOSHOP_HEAD = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0"
MAX_SCANS = 100
"""Encoders write about ten."""
_MAX_TEXT_BYTES = 16 << 20
"""Of a compressed XMP packet, once it is inflated."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """The raw metadata of one photo; a block that is missing is empty."""

    exif: Ifd
    xmp: bytes = b""
    iim: bytes = b""
    iim_changed_last: bool = False
    """A program that knows IIM but not XMP was here after Photoshop left its digest of the IIM block."""


def _photoshop(resources: bytes) -> tuple[bytes, bool]:
    """The IIM block (0x0404), and whether it no longer matches the digest (0x0425) kept beside it."""
    found: dict[int, bytes] = {}
    at = 0
    while resources[at : at + 4] == b"8BIM" and at + 12 <= len(resources):
        number = int.from_bytes(resources[at + 4 : at + 6], "big")
        at += 6 + (resources[at + 6] + 2) // 2 * 2  # a counted name, padded to even
        size = int.from_bytes(resources[at : at + 4], "big")
        found.setdefault(number, resources[at + 4 : at + 4 + size])
        at += 4 + (size + 1) // 2 * 2
    iim, digest = found.get(0x0404, b""), found.get(0x0425, b"")
    changed = len(digest) == 16 and hashlib.md5(iim, usedforsecurity=False).digest() != digest
    return iim, bool(iim) and changed


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each JPEG segment before the pixels; stops where the structure breaks."""
    at = 2
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA or not 0xC0 <= marker <= 0xFE or end > len(data):
            return
        yield marker, at, end
        at = end


def split_jpeg(data: bytes) -> tuple[bytes, Blocks]:
    """Keeps the segments that mean something to the pixels: JFIF, the ICC profile, Adobe's colour transform, tables."""
    kept, rest = [data[:2]], 2
    exif = xmp = photoshop = b""
    for marker, start, end in _segments(data):
        body = data[start + 4 : end]
        if marker == 0xE1 and body.startswith(_EXIF_HEAD):
            exif = exif or body[len(_EXIF_HEAD) :]
        elif marker == 0xE1 and body.startswith(_XMP_HEAD):
            xmp = xmp or body[len(_XMP_HEAD) :]
        elif marker == 0xED and body.startswith(_PHOTOSHOP_HEAD):
            photoshop += body[len(_PHOTOSHOP_HEAD) :]  # a large block goes on in the next segment
        if marker in (0xE0, 0xE2, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(data[start:end])
        rest = end
    iim, changed = _photoshop(photoshop)
    return b"".join([*kept, data[rest:]]), Blocks(first_ifd(exif), xmp, iim, changed)


_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def has_too_many_scans(jpeg: bytes) -> bool:
    """Whether a progressive JPEG goes over its pixels so often that a small file would take minutes to decode."""
    at, scans = 2, 0
    while scans <= MAX_SCANS:
        found = _MARKER.search(jpeg, at)
        if not found or found[0] == b"\xff\xd9":
            return False
        scans += found[0] == b"\xff\xda"
        at = found.end() + int.from_bytes(jpeg[found.end() : found.end() + 2], "big")
    return True


def heif_is_whole(data: bytes) -> bool:
    """Whether every outermost box ends within the file. libheif itself paints what was cut off green and is silent."""
    at = 0
    while at < len(data):
        size, least = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, least = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        if size == 0:  # to the end of the file
            return True
        if size < least or at + size > len(data):
            return False
        at += size
    return True


def _inflate(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, _MAX_TEXT_BYTES)
    except zlib.error:
        return b""


def _png_xmp(body: bytes) -> bytes:
    """The packet in an iTXt chunk: keyword, two flags, language, translated keyword, text."""
    after_keyword = body.partition(b"\0")[2]
    text = after_keyword[2:].partition(b"\0")[2].partition(b"\0")[2]
    return _inflate(text) if after_keyword[:1] == b"\1" else text


def split_png(data: bytes) -> tuple[bytes, Blocks]:
    """Keeps the chunks that make the still picture and its colours."""
    kept, at = [data[:8]], 8
    exif = xmp = b""
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        name, body = data[at + 4 : at + 8], data[at + 8 : end - 4]
        if end > len(data):
            break
        if name == b"eXIf":
            exif = exif or body
        elif name == b"iTXt" and body.startswith(b"XML:com.adobe.xmp\0"):
            xmp = xmp or _png_xmp(body)
        elif name[:1].isupper() or name in (b"tRNS", b"iCCP", b"sRGB"):
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, data[at:]]), Blocks(first_ifd(exif.removeprefix(_EXIF_HEAD)), xmp)


def split_webp(data: bytes) -> tuple[bytes, Blocks]:
    """The pixels are left as they are: Pillow does not look into a WebP's metadata unasked."""
    at = 12
    found: dict[bytes, bytes] = {}
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] in (b"EXIF", b"XMP "):
            found.setdefault(data[at : at + 4], data[at + 8 : at + 8 + size])
        at += 8 + (size + 1) // 2 * 2
    exif = found.get(b"EXIF", b"").removeprefix(_EXIF_HEAD)
    return data, Blocks(first_ifd(exif), found.get(b"XMP ", b""))


_PIXEL_TAGS = frozenset({256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320, 322, 323, 324, 325})
_PIXEL_TAGS |= {332, 338, 339, 347, 529, 530, 531, 532, 34675}
_MANY_VALUED = frozenset({258, 273, 279, 320, 324, 325, 338, 339, 347, 529, 530, 532, 34675})
"""All other tags have one number, and Pillow warns when they have more."""


def split_tiff(data: bytes) -> tuple[bytes, Blocks]:
    """Gives the first page a directory of its own, with the sound tags that its pixels need; strips stay in place.

    Without the orientation, so that it is applied in one place for all formats.
    """
    ifd = first_ifd(data)
    tags = sorted(t for t in _PIXEL_TAGS & ifd.entries.keys() if t in _MANY_VALUED or ifd.entries[t].count == 1)
    budget = len(data)
    raw = []
    for tag in tags:
        budget -= ifd.entries[tag].size  # tags may overlap; Pillow reads no more than the file has
        if budget >= 0:
            raw.append(ifd.entries[tag].raw)
    data = data.ljust(8, b"\0")
    at = len(data) + len(data) % 2
    directory = len(raw).to_bytes(2, ifd.order) + b"".join(raw) + bytes(4)
    pixels = data[:4] + at.to_bytes(4, ifd.order) + data[8:] + bytes(at - len(data)) + directory
    iim, changed = _photoshop(ifd.value(34377))
    return pixels, Blocks(ifd, ifd.value(700), ifd.value(33723) or iim, changed)
