"""Photos made on the spot, each with just the metadata that a test is about."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
from PIL import Image

from newsreel.core.item import Item
from newsreel.ingest.photos import Photo, read_photo


def picture(width: int = 64, height: int = 48) -> Image.Image:
    """Red at the top left corner, blue elsewhere, so that one sees how it lies."""
    image = Image.new("RGB", (width, height), (20, 40, 220))
    image.paste((230, 30, 20), (0, 0, width // 2, height // 2))
    return image


def encoded(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def dataset(record: int, number: int, value: bytes) -> bytes:
    return bytes((0x1C, record, number)) + len(value).to_bytes(2, "big") + value


def iim(**fields: bytes) -> bytes:
    """`iim(d105=b"Headline")`; record 2."""
    return b"".join(dataset(2, int(name[1:4]), value) for name, value in fields.items())


def resource(number: int, content: bytes) -> bytes:
    padded = content + bytes(len(content) % 2)
    return b"8BIM" + number.to_bytes(2, "big") + bytes(2) + len(content).to_bytes(4, "big") + padded


def jpeg(
    *, iim: bytes = b"", digest_of: bytes | None = None, xmp: bytes = b"", exif: Image.Exif | bytes | None = None
) -> bytes:
    options: dict[str, object] = {"xmp": xmp} if xmp else {}
    if exif is not None:
        options["exif"] = exif
    data = encoded(picture(), **options)
    if not iim:
        return data
    body = b"Photoshop 3.0\0" + resource(0x0404, iim)
    if digest_of is not None:
        body += resource(0x0425, hashlib.md5(digest_of).digest())
    return data[:2] + b"\xff\xed" + (len(body) + 2).to_bytes(2, "big") + body + data[2:]


def xmp(attributes: str = "", elements: str = "") -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"'
        f' xmlns:core="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" {attributes}>{elements}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


FULL_XMP = xmp(
    'photoshop:Headline="Flood in Brackwater" photoshop:City="Brackwater" photoshop:Country="Varland"'
    ' core:Location="Old Bridge" photoshop:DateCreated="2026-03-03T18:12:00+01:00" photoshop:Credit="Newsreel Wire"',
    '<dc:description><rdf:Alt><rdf:li xml:lang="de">Hochwasser</rdf:li>'
    '<rdf:li xml:lang="x-default">The Lenne rises.</rdf:li></rdf:Alt></dc:description>'
    "<dc:creator><rdf:Seq><rdf:li>Jonas Weir</rdf:li><rdf:li>Priya Halloran</rdf:li></rdf:Seq></dc:creator>"
    "<dc:subject><rdf:Bag><rdf:li>flood</rdf:li><rdf:li>river</rdf:li><rdf:li>flood</rdf:li></rdf:Bag></dc:subject>"
    '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© 2026 Newsreel Wire</rdf:li></rdf:Alt></dc:rights>'
    '<xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang="x-default">Editorial use only</rdf:li></rdf:Alt>'
    "</xmpRights:UsageTerms>",
)


def read(data: bytes) -> Photo:
    return read_photo(Path("desk/photo.jpg"), data, uri="file:photo.jpg")


def item(data: bytes) -> Item:
    return read(data).item


def pixels(photo: Photo) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(photo.thumbnail)))
