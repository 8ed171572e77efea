"""Writes the three kinds of metadata into the sample photos, as a wire's picture desk would."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from PIL import ExifTags, Image

__all__ = ["Caption", "exif", "iim_segment", "with_iim", "xmp"]


@dataclass(frozen=True, slots=True)
class Caption:
    """What the picture desk says of a photo; an empty headline stands for a photo that was sent without words."""

    headline: str
    text: str
    byline: str
    created: datetime
    city: str
    country: str
    location: str = ""
    keywords: tuple[str, ...] = ()

    @property
    def credit(self) -> str:
        """Whom to name beside the picture."""
        return "Newsreel Wire"

    @property
    def copyright(self) -> str:
        """The notice that goes with every photo of the wire."""
        return f"© {self.created.year} Newsreel Wire"


_USAGE = "Fictional sample. Free to use with Newsreel."


def _dataset(record: int, number: int, value: bytes) -> bytes:
    return bytes((0x1C, record, number)) + len(value).to_bytes(2, "big") + value


def _iim(caption: Caption) -> bytes:
    fields = [
        (5, caption.headline),
        *((25, keyword) for keyword in caption.keywords),
        (55, caption.created.strftime("%Y%m%d")),
        (60, caption.created.strftime("%H%M%S%z")),
        (80, caption.byline),
        (90, caption.city),
        (92, caption.location),
        (101, caption.country),
        (105, caption.headline),
        (110, caption.credit),
        (116, caption.copyright),
        (120, caption.text),
    ]
    declared = _dataset(1, 90, b"\x1b%G") + _dataset(2, 0, b"\0\4")  # UTF-8; record version 4
    return declared + b"".join(_dataset(2, number, text.encode()) for number, text in fields if text)


def _resource(number: int, content: bytes) -> bytes:
    return (
        b"8BIM"
        + number.to_bytes(2, "big")
        + bytes(2)
        + len(content).to_bytes(4, "big")
        + content
        + bytes(len(content) % 2)
    )


def iim_segment(caption: Caption) -> bytes:
    """An APP13 segment of a JPEG: the IIM block, and the digest that says XMP is in step with it."""
    block = _iim(caption)
    digest = hashlib.md5(block, usedforsecurity=False).digest()
    body = b"Photoshop 3.0\0" + _resource(0x0404, block) + _resource(0x0425, digest)
    return b"\xff\xed" + (len(body) + 2).to_bytes(2, "big") + body


def with_iim(jpeg: bytes, segment: bytes) -> bytes:
    """The JPEG with a segment after its APP0 and APP1 ones."""
    at = 2
    while jpeg[at + 1] in (0xE0, 0xE1):
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return jpeg[:at] + segment + jpeg[at:]


def _bag(kind: str, items: tuple[str, ...]) -> str:
    return f"<rdf:{kind}>" + "".join(f"<rdf:li>{escape(item)}</rdf:li>" for item in items) + f"</rdf:{kind}>"


def _alt(text: str) -> str:
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt>'


def _attributes(caption: Caption) -> Iterator[str]:
    values = {
        "photoshop:Headline": caption.headline,
        "photoshop:City": caption.city,
        "photoshop:Country": caption.country,
        "photoshop:Credit": caption.credit,
        "photoshop:DateCreated": caption.created.isoformat(),
        "Iptc4xmpCore:Location": caption.location,
    }
    return (f" {name}={quoteattr(value)}" for name, value in values.items() if value)


def xmp(caption: Caption) -> bytes:
    """An XMP packet that says the same as the IIM block."""
    elements = [
        f"<dc:creator>{_bag('Seq', (caption.byline,))}</dc:creator>",
        f"<dc:rights>{_alt(caption.copyright)}</dc:rights>",
        f"<xmpRights:UsageTerms>{_alt(_USAGE)}</xmpRights:UsageTerms>",
        f"<dc:description>{_alt(caption.text)}</dc:description>" if caption.text else "",
        f"<dc:subject>{_bag('Bag', caption.keywords)}</dc:subject>" if caption.keywords else "",
    ]
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
        ' xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"'
        ' xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"'
        f"{''.join(_attributes(caption))}>{''.join(elements)}</rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    ).encode()


def exif(caption: Caption, orientation: int = 1) -> Image.Exif:
    """What the camera knew: when, who owns it, and how it was held."""
    block = Image.Exif()
    block[ExifTags.Base.Orientation] = orientation
    block[ExifTags.Base.Artist] = caption.byline
    block[ExifTags.Base.Copyright] = caption.copyright.replace("©", "(c)")  # EXIF text is ASCII
    details = block.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = caption.created.strftime("%Y:%m:%d %H:%M:%S")
    details[ExifTags.Base.OffsetTimeOriginal] = caption.created.strftime("%z")[:3] + ":00"
    return block
