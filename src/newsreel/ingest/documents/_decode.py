"""Bytes to text: byte order mark, declared encoding, UTF-8, and then only a guess that is a sure one."""

from __future__ import annotations

import codecs
import re

import charset_normalizer

from newsreel.core.errors import UnreadableError

__all__ = ["declared_encoding", "decode"]

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Where the zero bytes of the first ASCII characters lie when there is no mark.
_ZEROS = {
    "x000": "utf-32-le",
    "000x": "utf-32-be",
    "x0x0": "utf-16-le",
    "0x0x": "utf-16-be",
}
_DECLARED = re.compile(
    rb"""^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([\w.:-]{1,40})["']|<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_NOT_ENCODINGS = {"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf-7"}
# What newsrooms' older systems write. A multi-byte one cannot be scored by letter frequencies.
_MULTI_BYTE = ("cp932", "euc_jp", "gb18030", "big5", "cp949")
_SINGLE_BYTE = ("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256")
_SAMPLE = 200_000
_UNKNOWN = "text in an unknown encoding; save it as UTF-8"


def declared_encoding(data: bytes) -> str:
    """The encoding an XML declaration or an HTML `meta` names, or nothing."""
    if not data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return ""  # a `meta` inside a text or a JSON string is not about this file
    found = _DECLARED.search(data[:2048])
    return (found[1] or found[2]).decode("ascii") if found else ""


def decode(data: bytes, declared: str = "", *, strict: bool = False) -> str:
    """The text. `strict` holds the document to what it declares, as XML does.

    HTML is often wrong about itself: there, what is valid UTF-8 is UTF-8 (ISO-2022's escapes are, without being it).
    """
    text = _decoded(data, declared, strict)
    if "\x00" in text:
        raise UnreadableError("binary data, not text; export it as text, HTML, NITF, NewsML-G2 or ninjs")
    return text


def _decoded(data: bytes, declared: str, strict: bool) -> str:
    if unicode := _unicode_form(data):
        return _strictly(data, unicode, f"text that is not the {unicode.upper()} it starts as; save it as UTF-8")
    if not strict and b"\x1b" not in data and (text := _as_declared(data, "utf-8")) is not None:
        return text
    if declared:
        text = _as_declared(data, declared)
        if text is not None:
            return text
        if strict:
            raise UnreadableError("text that is not in the encoding it declares; save it as UTF-8 and declare that")
    text = _as_declared(data, "utf-8")
    return _guessed(data) if text is None else text


def _unicode_form(data: bytes) -> str | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding
    return _ZEROS.get("".join("0" if byte == 0 else "x" for byte in data[:4]))


def _strictly(data: bytes, encoding: str, cause: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableError(cause) from None


def _as_declared(data: bytes, declared: str) -> str | None:
    try:
        codec = codecs.lookup(declared).name
    except LookupError:
        return None
    if codec in _NOT_ENCODINGS:
        return None
    if codec in ("iso8859-1", "ascii"):
        codec = "cp1252"  # as browsers do: quotes and dashes where Latin-1 has control characters
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, LookupError):  # LookupError: a codec that does not make text, such as hex
        return None


def _guessed(data: bytes) -> str:
    matches = charset_normalizer.from_bytes(data[:_SAMPLE], cp_isolation=[*_SINGLE_BYTE, *_MULTI_BYTE])
    likely = [match for match in matches if match.chaos < 0.1]
    encoding = _sure([(m.encoding, m.chaos, m.coherence) for m in likely], high_bytes=_high_bytes(data))
    if encoding is None:
        raise UnreadableError(_UNKNOWN)
    return _strictly(data, encoding, _UNKNOWN)


def _high_bytes(data: bytes) -> int:
    return sum(byte > 0x7F for byte in data[:4096])


def _sure(likely: list[tuple[str, float, float]], *, high_bytes: int) -> str | None:
    """The one encoding that reads as a language, or the only possible multi-byte one of enough text."""
    multi = [encoding for encoding, _, _ in likely if encoding in _MULTI_BYTE]
    if len(likely) == 1 and multi and high_bytes >= 20:
        return multi[0]
    clean = [(coherence, encoding) for encoding, chaos, coherence in likely if chaos <= 0.02]
    best = max((coherence for coherence, _ in clean), default=0.0)
    if best < 0.45:
        return None
    tied = [encoding for coherence, encoding in clean if coherence > best - 0.01]
    return "cp1252" if "cp1252" in tied else tied[0] if len(tied) == 1 else None
