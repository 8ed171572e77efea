"""Which block wins where several speak of the same thing."""

from __future__ import annotations

import re
from dataclasses import replace

from newsreel.ingest.photos._fields import Fields, unique

__all__ = ["merge", "rights_of"]

_CAMERA_DEFAULT = re.compile(
    r"[A-Z0-9 ._-]*DIGITAL CAMERA|SONY DSC|(EXIF|Exif)_JPEG_(PICTURE|T-PICTURE)|SAMSUNG( CAMERA PICTURES)?|"
    r"(DCIM|DSC|IMG|DSCN|DSCF|HDR)[A-Z0-9_./\\-]*|JPEG|CAMERA|<[^>]*>"
)
"""What cameras write into every picture. Capitals only, so that a person's words are safe."""

_FILE_NAME = re.compile(r"\S+\.(jpe?g|png|tiff?|webp|hei[cf]|psd|dng|cr[23]|nef|arw)", re.IGNORECASE)


def _spoken(block: Fields) -> Fields:
    """The block without what no person wrote."""

    def said(text: str) -> str:
        return "" if _CAMERA_DEFAULT.fullmatch(text) or _FILE_NAME.fullmatch(text) else text

    return replace(block, title=said(block.title), caption=said(block.caption), copyright=said(block.copyright))


def _uncut(iim: Fields, xmp: Fields) -> Fields:
    """IIM with the texts that it had to cut short (a byline has 32 bytes, a caption 2000) as XMP has them whole."""
    whole = {
        name: getattr(xmp, name)
        for name in ("headline", "title", "caption", "byline", "copyright", "credit", "source")
        if getattr(iim, name) and getattr(xmp, name).startswith(getattr(iim, name))
    }
    return replace(iim, **whole)


def merge(*, iim: Fields, xmp: Fields, exif: Fields, iim_changed_last: bool) -> Fields:
    """One answer a field, from the first block that has one: XMP, IIM, EXIF; or IIM, XMP, EXIF when IIM is newer."""
    order = [_uncut(iim, xmp), xmp, exif] if iim_changed_last else [xmp, iim, exif]
    blocks = [_spoken(block) for block in order]

    def first(name: str) -> str:
        return next((v for v in (getattr(b, name) for b in blocks) if v), "")

    return Fields(
        headline=first("headline") or first("title"),
        title=first("title"),
        caption=first("caption"),
        byline=first("byline"),
        place=first("place"),
        created_ns=next((b.created_ns for b in blocks if b.created_ns is not None), None),
        keywords=next((b.keywords for b in blocks if b.keywords), ()),
        copyright=first("copyright"),
        credit=first("credit"),
        source=first("source"),
        usage=first("usage"),
    )


def rights_of(fields: Fields) -> str:
    """Copyright, credit, source and usage terms on one line, each once."""
    return " · ".join(unique([fields.copyright, fields.credit, fields.source, fields.usage]))
