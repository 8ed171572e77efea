"""What one block of metadata says of a photo, as clean text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from newsreel.ingest.dates import parse_ns
from newsreel.ingest.text import composed

__all__ = ["Fields", "clean", "created_ns", "decode", "line", "place_of", "unique"]

_MOMENT = re.compile(
    r"(\d{4})(?:[-:](\d\d))?(?:[-:](\d\d))?(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s?(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Fields:
    """The same questions asked of IIM, XMP and EXIF. Empty means that the block does not say."""

    headline: str = ""
    title: str = ""
    """The object name: a headline where there is none, though often only a slug."""
    caption: str = ""
    byline: str = ""
    place: str = ""
    created_ns: int | None = None
    keywords: tuple[str, ...] = ()
    copyright: str = ""
    credit: str = ""
    source: str = ""
    usage: str = ""


def decode(raw: bytes) -> str:
    """Text of an undeclared encoding: UTF-8 where it is valid, otherwise Windows-1252, its usual predecessor.

    A last character cut in two by a length limit (IIM counts bytes) is dropped; it does not make the text Windows-1252.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start:
            return raw[: error.start].decode("utf-8")
        return raw.decode("cp1252", "replace")


def clean(text: str) -> str:
    """NFC, lines ended by newlines, without control characters or outer blanks."""
    text = composed(text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs")).strip(" \n\ufeff")


def line(text: str) -> str:
    """Clean text on one line: for everything but captions."""
    return " ".join(clean(text).split())


def unique(parts: list[str]) -> tuple[str, ...]:
    """The parts that say something, each once, in their order."""
    return tuple(dict.fromkeys(p for p in (line(part) for part in parts) if p))


def place_of(*parts: str) -> str:
    """`Old Bridge, Brackwater, Varland`: from the smallest to the largest."""
    return ", ".join(unique(list(parts)))


def created_ns(text: str) -> int | None:
    """An EXIF, IIM or XMP moment, which may stop at the year or month; None for anything else.

    The pattern keeps free text from the lenient date parser, and zeros (a camera whose clock was never set) from the
    epoch.
    """
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        return None
    year, month, day, time, zone = found.groups()
    date = "-".join([year, month if month and month != "00" else "01", day if day and day != "00" else "01"])
    return parse_ns(f"{date}T{time}{zone or ''}" if time else date)
