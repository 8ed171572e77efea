"""What a file is, by its first bytes and its first element; its name decides only where those say nothing."""

from __future__ import annotations

import re

from newsreel.core.errors import UnreadableError

__all__ = ["MAX_BYTES", "is_html_page", "looks_like_json", "refuse_binary", "starts_as_html"]

MAX_BYTES = 50_000_000

_OFFICE = "an Office or ZIP file; export it as text, HTML, NITF, NewsML-G2 or ninjs"
_PICTURE = "a picture under the name of a text; name it .jpg, .png, .tif, .webp or .heic, as it is"
_VIDEO = "a video where a text was expected; name it .mp4, .mov, .mkv or .webm, as it is"
_AUDIO = "a sound recording; Newsreel does not read audio"
_COMPRESSED = "a compressed file; unpack it first"
_MAGIC = (
    (b"%PDF-", "a PDF; export it as text or HTML"),
    (b"%!PS", "a PostScript file; export it as text or HTML"),
    (b"{\\rtf", "an RTF document; export it as text or HTML"),
    (b"PK\x03\x04", _OFFICE),
    (b"PK\x05\x06", _OFFICE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OFFICE),
    (b"\x1f\x8b", _COMPRESSED),
    (b"BZh", _COMPRESSED),
    (b"\xfd7zXZ\x00", _COMPRESSED),
    (b"7z\xbc\xaf\x27\x1c", _COMPRESSED),
    (b"\x28\xb5\x2f\xfd", _COMPRESSED),
    (b"Rar!\x1a\x07", _COMPRESSED),
    (b"\xff\xd8\xff", _PICTURE),
    (b"\x89PNG\r\n", _PICTURE),
    (b"GIF87a", _PICTURE),
    (b"GIF89a", _PICTURE),
    (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE),
    (b"ID3", _AUDIO),
    (b"OggS", _AUDIO),
    (b"fLaC", _AUDIO),
    (b"\x1aE\xdf\xa3", _VIDEO),
    (b"FLV\x01", _VIDEO),
    (b"\x7fELF", "a program, not a text"),
    (b"SQLite format 3\x00", "a database, not a text"),
    (b"PAR1", "a Parquet table, not a text"),
)
_CONTAINERS = {b"WEBP": _PICTURE, b"WAVE": _AUDIO, b"AVI ": _VIDEO}
_SOUND_BRANDS = (b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B ")
_PICTURE_BRANDS = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif")

# fmt: off
_HTML_FIRST = frozenset((
    "html", "head", "body", "div", "p", "article", "section", "main", "h1", "h2", "h3", "meta",
    "title", "span", "table", "ul", "ol", "header",
))
# fmt: on
_JSON_FIRST = re.compile(r'\s*(?:\{\s*(?:"|\}|\Z)|\[\s*(?:[\[{"\]]|\Z))')


def refuse_binary(data: bytes) -> None:
    """Raises UnreadableError with what the file is, where its first bytes tell."""
    if not data.strip(b"\x00 \t\r\n"):
        raise UnreadableError("an empty file")
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"a file of more than {MAX_BYTES // 1_000_000} MB; split it into one file an item")
    cause = next((cause for magic, cause in _MAGIC if data.startswith(magic)), None)
    if data.startswith(b"RIFF"):
        cause = _CONTAINERS.get(data[8:12])
    elif data[4:8] == b"ftyp":
        cause = _PICTURE if data[8:12] in _PICTURE_BRANDS else _AUDIO if data[8:12] in _SOUND_BRANDS else _VIDEO
    if cause:
        raise UnreadableError(cause)


def looks_like_json(text: str) -> bool:
    """Whether it starts as a JSON object or list does, and not as "[Correction] ..." may in a story."""
    return _JSON_FIRST.match(text) is not None


def is_html_page(text: str, root: str) -> bool:
    """Whether it is a whole page: the first element, or the DOCTYPE, says so."""
    return root == "html" or re.match(r"\s*<!doctype\s+html\b", text, re.IGNORECASE) is not None


def starts_as_html(root: str) -> bool:
    """Whether the first element is one that a page or a part of one starts with."""
    return root in _HTML_FIRST
