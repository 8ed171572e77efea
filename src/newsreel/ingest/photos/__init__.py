"""Photos: bytes of a JPEG, PNG, TIFF (its first page), WebP or HEIC file to an item and its thumbnail.

Three kinds of metadata may speak of the same thing, and each answer comes from the first that has one:

1. XMP, which every current program writes, without limits of length and in Unicode;
2. IPTC IIM, which older programs and wires write;
3. EXIF, which the camera writes, unattended.

IIM goes before XMP when Photoshop's digest of the IIM block is there and no longer fits: a program that knows only IIM
changed it last. Even then a text that IIM had to cut short is taken whole from XMP. Both follow the Metadata Working
Group's guidelines; where those put EXIF first we put it last, because in a newsroom a person's caption outranks a
camera's. A place is taken whole from one of the three, never mixed. Camera defaults ("OLYMPUS DIGITAL CAMERA") and file
names are not captions or titles. GPS coordinates are not turned into places. The headline is the headline, otherwise
the title (object name). The date is when the photo was made; without a time zone, it is taken as UTC. Rights are the
copyright, credit, source and usage terms.

Broken metadata does not lose a photo whose pixels are sound; broken or missing pixels do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Item, Kind
from newsreel.ingest.photos import _exif, _iim, _xmp
from newsreel.ingest.photos._containers import (
    Blocks,
    has_too_many_scans,
    heif_is_whole,
    split_jpeg,
    split_png,
    split_tiff,
    split_webp,
)
from newsreel.ingest.photos._fields import Fields
from newsreel.ingest.photos._formats import Format, sniff
from newsreel.ingest.photos._ifd import first_ifd
from newsreel.ingest.photos._merge import merge, rights_of
from newsreel.ingest.photos._pixels import open_image, thumbnail

__all__ = ["MAX_BYTES", "Photo", "looks_like_photo", "read_photo", "read_xmp"]

MAX_BYTES = 200 << 20
_SPLIT = {Format.JPEG: split_jpeg, Format.PNG: split_png, Format.TIFF: split_tiff, Format.WEBP: split_webp}


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as an item, and its thumbnail: a JPEG of at most 480 pixels a side, upright, in sRGB, no metadata."""

    item: Item
    thumbnail: bytes


def looks_like_photo(data: bytes) -> bool:
    """Whether the first bytes are those of a format that is read, whatever the file is called."""
    return sniff(data) is not None


def _checked_format(data: bytes) -> Format:
    if not data:
        raise UnreadableError("the file is empty: copy it again from its source")
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"the file has {len(data) >> 20} MB, more than {MAX_BYTES >> 20}: export it smaller")
    kind = sniff(data)
    if kind is None:
        raise UnreadableError("not a format Newsreel reads: convert it to JPEG, PNG, TIFF, WebP or HEIC")
    if kind is Format.JPEG and has_too_many_scans(data):
        raise UnreadableError("a progressive JPEG with over 100 scans: save it again as an ordinary JPEG")
    if kind in (Format.HEIC, Format.HEIF) and not heif_is_whole(data):
        raise UnreadableError("the file is cut short: copy it again from its source")
    return kind


def _decode(data: bytes, kind: Format) -> tuple[Blocks, bytes]:
    """The metadata blocks and the thumbnail."""
    if kind in _SPLIT:
        pixels, blocks = _SPLIT[kind](data)
        return blocks, thumbnail(open_image(pixels, kind), _exif.orientation(blocks.exif))
    image = open_image(data, kind)  # libheif finds the metadata, and applies the container's own orientation
    exif, xmp = image.info.get("exif") or b"", image.info.get("xmp") or b""
    return Blocks(first_ifd(exif.removeprefix(b"Exif\0\0")), xmp), thumbnail(image, 1)


def _fields(blocks: Blocks) -> Fields:
    return merge(
        iim=_iim.parse(blocks.iim),
        xmp=_xmp.parse(blocks.xmp),
        exif=_exif.parse(blocks.exif),
        iim_changed_last=blocks.iim_changed_last,
    )


def read_photo(path: Path, data: bytes, *, uri: str) -> Photo:
    """The photo in `data`; `path` is only noted as where its bytes are. Raises UnreadableError, and nothing else."""
    kind = _checked_format(data)
    blocks, small = _decode(data, kind)
    fields = _fields(blocks)
    item = _item(uri, Kind.PHOTO, fields)
    return Photo(replace(item, media_path=str(path), media_type=kind.value), small)


def read_xmp(packet: bytes, uri: str, kind: Kind) -> Item | None:
    """What an XMP packet that lies beside a picture or a film says of it; None where it says nothing."""
    fields = merge(iim=Fields(), xmp=_xmp.parse(packet), exif=Fields(), iim_changed_last=False)
    return None if fields == Fields() else _item(uri, kind, fields)


def _item(uri: str, kind: Kind, fields: Fields) -> Item:
    return Item(
        uri=uri,
        kind=kind,
        headline=fields.headline,
        caption=fields.caption,
        byline=fields.byline,
        place=fields.place,
        published_ns=fields.created_ns,
        keywords=fields.keywords,
        rights=rights_of(fields),
    )
