"""EXIF: what the camera, and sometimes Windows, wrote."""

from __future__ import annotations

from newsreel.ingest.photos._fields import Fields, clean, created_ns, decode, line, unique
from newsreel.ingest.photos._ifd import Ifd, ifd_at

__all__ = ["orientation", "parse"]

_DESCRIPTION, _ORIENTATION, _ARTIST, _COPYRIGHT, _EXIF_IFD = 270, 274, 315, 33432, 34665
_DATE_ORIGINAL, _OFFSET_ORIGINAL = 36867, 36881
_XP_TITLE, _XP_KEYWORDS = 40091, 40094


def orientation(ifd: Ifd) -> int:
    """How the pixels lie, 1 to 8; 1 (upright) when EXIF does not say."""
    number = ifd.number(_ORIENTATION)
    return number if number is not None and 2 <= number <= 8 else 1


def _text(ifd: Ifd, tag: int) -> str:
    return decode(ifd.value(tag).strip(b"\0"))


def _windows_text(ifd: Ifd, tag: int) -> str:
    return ifd.value(tag).decode("utf-16-le", "ignore")


def parse(ifd: Ifd) -> Fields:
    """What EXIF says. GPS is left alone: turning it into a place takes a gazetteer, which is not ours to guess."""
    camera = ifd_at(ifd.data, ifd.number(_EXIF_IFD) or len(ifd.data), ifd.order)
    # A local time without its offset is taken as UTC by `core.times`, as everywhere in Newsreel.
    date = _text(camera, _DATE_ORIGINAL).strip("\0 ") + _text(camera, _OFFSET_ORIGINAL).strip("\0 ")
    return Fields(
        title=line(_windows_text(ifd, _XP_TITLE)),
        caption=clean(_text(ifd, _DESCRIPTION)),
        byline=", ".join(unique(_text(ifd, _ARTIST).replace("\0", ";").split(";"))),
        created_ns=created_ns(date),
        keywords=unique(_windows_text(ifd, _XP_KEYWORDS).split(";")),
        copyright=", ".join(unique(_text(ifd, _COPYRIGHT).split("\0"))),  # the photographer's, then the editor's
    )
