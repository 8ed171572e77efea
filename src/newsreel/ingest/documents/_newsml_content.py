"""What a NewsML-G2 news item contains: its text, and the names it is described with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from newsreel.ingest import text as _text
from newsreel.ingest.documents import nitf
from newsreel.ingest.documents._blocks import block_text, html_text
from newsreel.ingest.documents._xml import XML_LANG, all_text, attribute, children, find, find_all, iterate, local_name

__all__ = ["best", "body", "description", "inline_nitf", "keywords", "why_no_text"]

# What inline XML may start with and still be prose, in XHTML's namespace or in none that matters.
# fmt: off
_PROSE = frozenset((
    "html", "body", "div", "section", "article", "p", "h1", "h2", "h3", "ul", "ol", "table",
    "blockquote",
))
# fmt: on


def inline_nitf(item: Any) -> Any:
    """The NITF inside, or None."""
    return find(item, "contentSet/inlineXML/nitf")


def body(item: Any) -> str:
    """The text of the first form of the content that has any."""
    inline = inline_nitf(item)
    if inline is not None and (text := nitf.body_text(inline)):
        return text
    for xml in find_all(item, "contentSet/inlineXML"):
        if any(local_name(child).lower() in _PROSE for child in children(xml)) and (text := block_text(xml)):
            return text
    return next((text for data in find_all(item, "contentSet/inlineData") if (text := _inline_data(data))), "")


def _inline_data(data: Any) -> str:
    """Text or escaped HTML; encoded (base64) data is not text of the story."""
    if attribute(data, "encoding"):
        return ""
    text = "".join(data.itertext())
    if "html" in attribute(data, "contenttype").lower():
        return html_text(text)
    return _text.paragraphs(_text.wrapped(text))


def why_no_text(item: Any) -> str:
    """The cause to give when a usable text item has no text."""
    content = find(item, "contentSet")
    if content is None or next(children(content), None) is None:
        return "no text: the news item has no content"
    if find(content, "inlineXML") is None and find(content, "inlineData") is None:
        return "no text: the content is only linked to, and links are not fetched; send it inline"
    names = {local_name(child) for xml in find_all(content, "inlineXML") for child in children(xml)}
    if "sports-content" in names:
        return "no text: the content is SportsML results, not a story"
    if "events" in names:
        return "no text: the content is a list of events, not a story"
    return "no text: the inline content is empty, or neither NITF, XHTML nor plain text"


def best(parent: Any, name: str, language: str, roles: tuple[str, ...] = ()) -> str:
    """The one of these elements that fits the role and the item's language best; the first among equals."""
    found = [] if parent is None else find_all(parent, name)
    ranked = sorted(((_misfit(one, language, roles), one) for one in found), key=lambda pair: pair[0])
    return next((text for _, one in ranked if (text := all_text(one))), "")


def _misfit(element: Any, language: str, roles: tuple[str, ...]) -> tuple[int, int]:
    role = attribute(element, "role", "roleuri").replace("/", ":").split(":")[-1].lower()
    rank = roles.index(role) if role in roles else len(roles)
    tag = attribute(element, XML_LANG)
    if not tag or tag == language:
        return rank, 0
    return rank, 1 if tag.split("-")[0] == language.split("-")[0] else 2


def description(meta: Any, language: str) -> str:
    """The caption, else the summary, else any description."""
    return best(meta, "description", language, roles=("caption", "", "main", "summary", "abstract"))


def keywords(item: Any, language: str) -> Iterator[str]:
    """Names of subjects and their facets, then keywords. A bare code is named by the item's own assertions."""
    asserted = {
        attribute(one, "qcode", "uri", "literal"): best(one, "name", language) for one in find_all(item, "assert")
    }
    for subject in find_all(item, "contentMeta/subject"):
        for concept in (subject, *iterate(subject, "mainConcept"), *iterate(subject, "facetConcept")):
            yield best(concept, "name", language) or asserted.get(attribute(concept, "qcode", "uri", "literal"), "")
    for keyword in find_all(item, "contentMeta/keyword"):
        yield all_text(keyword)
