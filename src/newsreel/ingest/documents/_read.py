"""From the bytes of one file to its items: find out what it is, hand it to that format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Item
from newsreel.ingest.documents import html, markdown, newsml, ninjs, nitf, plain
from newsreel.ingest.documents._decode import declared_encoding, decode
from newsreel.ingest.documents._detect import is_html_page, looks_like_json, refuse_binary, starts_as_html
from newsreel.ingest.documents._draft import Refusal
from newsreel.ingest.documents._xml import local_name, namespace, parse, root_name

__all__ = ["read_document"]

_PLAIN = ("", ".txt", ".text", ".asc")
_MARKDOWN = (".md", ".markdown")
_HTML = (".html", ".htm", ".xhtml")
_JSON = (".json", ".ninjs")
_SUBTITLES = (".vtt", ".srt")
_EXPECTED = {".xml": "XML", ".nitf": "NITF", ".json": "JSON", ".ninjs": "JSON", ".newsml": "NewsML-G2"}
_NOT_A_STORY = {
    "schema": "an XML Schema, not a story",
    "stylesheet": "an XSLT stylesheet, not a story",
    "rss": "an RSS feed of links, not a story; send the stories themselves",
    "feed": "an Atom feed of links, not a story; send the stories themselves",
    "svg": "a drawing (SVG), not a story",
    "newsml": "NewsML 1, which is not read; ask the provider for NewsML-G2, NITF or ninjs",
}
# The roots that make a file XML whatever its name; under a text's name, other leading tags may be just text.
_OURS = frozenset(("nitf", "newsitem", "newsmessage", *(name.lower() for name in newsml.REFUSED_ITEMS)))


def read_document(data: bytes, *, name: str, uri: str, beside_film: bool = False) -> Sequence[Item | Refusal]:
    """The items in one file's bytes.

    `name` is the file's name, for its suffix; `uri` is used where the format carries none of its own, with `#2`, `#3`
    for further items of the same file. `beside_film`: what has no body of its own describes a video that lies beside
    it, and need not say anything to find it by. An unreadable one of several comes back as a `Refusal`. Raises
    UnreadableError, and nothing else, when the file as a whole is unreadable; a cause never quotes the text.
    """
    suffix = _suffix(name)
    if not uri or len(uri) > 4000:
        raise UnreadableError("its name makes a uri longer than 4,000 characters; shorten the path")
    refuse_binary(data)
    declared = declared_encoding(data)
    is_xml = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml")
    text = decode(data, declared, strict=is_xml)
    if not text.strip("\ufeff \t\r\n"):
        raise UnreadableError("an empty file")
    return _read_text(text, suffix, uri, beside_film)


def _suffix(name: str) -> str:
    """The suffix; in `St. Mary's reopens` there is none."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,10}", suffix) else ""


def _read_text(text: str, suffix: str, uri: str, beside_film: bool) -> Sequence[Item | Refusal]:
    start = text.lstrip("\ufeff \t\r\n")
    root = root_name(text) if start.startswith("<") else ""
    if root in _OURS or (start.startswith("<?xml") and root != "html"):
        return _read_xml(text, uri, beside_film)
    if looks_like_json(start) or (suffix in _JSON and start[0] in "[{"):
        return ninjs.read(text, uri, beside_film)
    if is_html_page(start, root):
        return html.read(text, uri)
    if suffix in _MARKDOWN:
        return markdown.read(text, uri)
    if starts_as_html(root):
        return html.read(text, uri)
    if start.startswith("<") and suffix not in (*_PLAIN, *_HTML, *_SUBTITLES):
        return _read_xml(text, uri, beside_film)
    if suffix in _HTML:
        return html.read(text, uri)
    if suffix in _PLAIN:
        _refuse_other_xml(text, start)
        return plain.read(text, uri)
    raise UnreadableError(_unexpected(suffix))


def _read_xml(text: str, uri: str, beside_film: bool) -> Sequence[Item | Refusal]:
    root = parse(text)
    name = local_name(root)
    if name == "nitf":
        return nitf.read(root, uri)
    if name in ("newsItem", "newsMessage", *newsml.REFUSED_ITEMS):
        return newsml.read(root, uri, beside_film)
    if newsml.is_fragment(root):
        raise UnreadableError(f"a part of NewsML-G2 ({name}) without its item; send the whole newsItem")
    if name.lower() in ("html", "body") or "xhtml" in namespace(root):
        return html.read(text, uri)
    cause = _NOT_A_STORY.get(name.lower())
    raise UnreadableError(cause or "XML of an unknown kind; NITF, NewsML-G2 and XHTML are read")


def _refuse_other_xml(text: str, start: str) -> None:
    """A text may start with a tag. If all of it is XML, it is no text, and which XML it is gives the cause."""
    if not start.startswith("<"):
        return
    try:
        parse(text)
    except UnreadableError:
        return
    _read_xml(text, "", beside_film=False)


def _unexpected(suffix: str) -> str:
    if suffix in _SUBTITLES:
        return f"subtitles without their video; put them beside it under its name: clip.mp4 and clip{suffix}"
    if suffix in _EXPECTED:
        return f"named {suffix}, but it holds no {_EXPECTED[suffix]}; name a text .txt"
    return f"text named {suffix}, which says nothing of a story; name a story .txt, .md or .html"
