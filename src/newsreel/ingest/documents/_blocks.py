"""Paragraphs of marked-up text (HTML, XHTML, NITF): what a reader would see, without the markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from newsreel.core.errors import UnreadableError
from newsreel.ingest import text as _text

__all__ = ["block_text", "html_text", "parse_html"]

# fmt: off
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav",
    "ol", "option", "p", "pre", "search", "section", "summary", "table", "tbody", "tfoot", "thead",
    "tr", "ul", "block", "bq", "credit", "hl1", "hl2", "fn", "note", "datasource", "abstract",
    "body.content", "byline", "dateline", "nitf-table", "nitf-table-summary", "tagline",
    "bibliography", "copyrite.notice",
))
_HIDDEN = frozenset((
    "head", "title", "style", "script", "noscript", "template", "iframe", "object", "embed",
    "applet", "svg", "math", "canvas", "video", "audio", "picture", "select", "datalist", "button",
    "textarea", "input", "media", "nitf-table-metadata", "alt-code", "col-group",
))
# fmt: on
_CELLS = frozenset(("td", "th"))
_MEDIA = ("img", "picture", "video", "audio", "iframe", "object", "embed")
_BREAK = re.compile(r"\n\s*\n")
_TAGGED = re.compile(r"<[A-Za-z!/][^<>]*>")


def parse_html(text: str) -> Any:
    """The root of an HTML document or fragment, or None where there is nothing to parse."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def html_text(markup: str) -> str:
    """The paragraphs of an HTML fragment. Without a single tag it is plain text, and its blank lines count."""
    root = parse_html(markup)
    if root is None:
        return ""
    if not _TAGGED.search(markup):
        return _text.paragraphs(_BREAK.split("".join(root.itertext())))
    return block_text(root)


def block_text(element: Any) -> str:
    """The paragraphs of an element: one for each block, list entry and table row."""
    blocks: list[str] = []
    pieces: list[str] = []

    def end_block() -> None:
        blocks.extend(_BREAK.split("".join(pieces).strip(" |\n")))
        pieces.clear()

    for kind, value in _walk(element):
        if kind == "text":
            pieces.append(value)
        elif value in _BLOCKS:
            end_block()
        elif value in _CELLS:
            if kind == "start" and "".join(pieces).strip():
                pieces.append(" | ")
        elif value == "br" and kind == "start":
            pieces.append("\n")
    end_block()
    return _text.paragraphs(blocks)


def _walk(root: Any) -> Iterator[tuple[str, str]]:
    """Starts, ends and texts in document order. Without recursion: depth is the sender's choice."""
    stack: list[tuple[Any, bool, bool]] = [(root, False, False)]
    while stack:
        element, leaving, verbatim = stack.pop()
        if leaving:
            yield "end", _name(element)
        elif not _is_hidden(element):
            yield "start", _name(element)
            stack.append((element, True, verbatim))  # what follows it is its parent's text
            verbatim = verbatim or _name(element) == "pre"
            yield "text", _piece(element.text, verbatim)
            stack.extend((child, False, verbatim) for child in reversed(element))
            continue
        if element is not root:
            yield "text", _piece(element.tail, verbatim)


def _name(element: Any) -> str:
    """The local name. Not by `QName`, which refuses the names that broken HTML has."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _is_hidden(element: Any) -> bool:
    name = _name(element)
    if not name or name in _HIDDEN or element.get("hidden") is not None:
        return True
    # A picture's caption belongs to the picture, which is an item of its own.
    return name == "figure" and any(True for _ in element.iter(*(f"{{*}}{media}" for media in _MEDIA)))


def _piece(text: str | None, verbatim: bool) -> str:
    if not text:
        return ""
    return text if verbatim else re.sub(r"\s+", " ", text)


def refuse_long(text: str, limit: int, what: str) -> None:
    """Bounds what an expensive parser is given."""
    if len(text) > limit:
        raise UnreadableError(f"{what} longer than {limit:,} characters; split it, or save it as plain text")
