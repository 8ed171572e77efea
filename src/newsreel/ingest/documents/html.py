"""HTML: a page's main text by trafilatura, a bare fragment's visible text. Nothing is fetched."""

from __future__ import annotations

import re
from typing import Any

import trafilatura
from lxml import etree

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Item
from newsreel.ingest import text as _text
from newsreel.ingest.documents._blocks import block_text, parse_html, refuse_long
from newsreel.ingest.documents._draft import Draft
from newsreel.ingest.documents._xml import XML_LANG, all_text, attribute

__all__ = ["read"]

MAX_HTML = 10_000_000
_LD_DATE = re.compile(r'"(datePublished|dateModified)"\s*:\s*"([^"]{4,40})"')
_PUBLISHED = ("article:published_time", "og:article:published_time", "datepublished", "dcterms.created",
              "dc.date.issued", "dc.date", "date", "pubdate", "publish-date", "parsely-pub-date")  # fmt: skip
_FURNITURE = ("nav", "aside", "footer", "form")
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")


def read(text: str, uri: str) -> list[Item]:
    """The one story in a page."""
    refuse_long(text, MAX_HTML, "an HTML page")
    root = parse_html(text)
    if root is None:
        raise UnreadableError("no text: the HTML page is empty")
    meta = _linked_data(root) | _meta(root)
    draft = Draft(
        uri=uri,
        updated=_first(meta, *_UPDATED),
        published=(*(meta.get(name, [""])[0] for name in _PUBLISHED), *_times(root)),
        headline=_headline(root, meta),
        body=_body(root, text),
        byline=", ".join(name for name in meta.get("author", []) if "://" not in name),
        keywords=tuple(_keywords(meta)),
        rights=(_first(meta, "copyright", "dcterms.rights", "dc.rights"),),
        language=attribute(root, "lang", XML_LANG) or _first(meta, "content-language", "language"),
        no_text="no text: the HTML page shows none (is it drawn by a script?)",
    )
    return [draft.item()]


def _body(root: Any, text: str) -> str:
    """The main text; all visible text where the page is nothing but the story, or no main text is found."""
    visible = block_text(root)
    links = sum(len(all_text(link)) for link in root.iter("a"))
    furnished = next(root.iter(*_FURNITURE), None) is not None
    # A wire's or a CMS's fragment: the extractor, made for web pages, would drop parts of one so plain.
    if not furnished and links * 5 <= len(visible):
        return visible
    return _main_text(text) or visible


def _main_text(text: str) -> str:
    """What trafilatura takes for the article. Its options keep out comments, links and its own duplicate filter."""
    try:
        found = trafilatura.bare_extraction(
            text, url=None, include_comments=False, include_tables=True, include_links=False, include_images=False,
            include_formatting=False, deduplicate=False, with_metadata=False, prune_xpath="//*[@hidden]",
        )  # fmt: skip
    except (etree.LxmlError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return ""  # a page its heuristics stumble over still has visible text
    lines = (found.text or "").split("\n") if found is not None else []
    return _text.paragraphs(one.strip("|- ") if one.startswith(("|", "- ")) else one for one in lines)


def _meta(root: Any) -> dict[str, list[str]]:
    """What the page says about itself: `meta` names and properties in lower case, and microdata dates."""
    meta: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        content = attribute(element, "content")
        name = attribute(element, "property", "name", "itemprop", "http-equiv").lower()
        if name and content:
            meta.setdefault(name, []).append(content)
    return meta


def _linked_data(root: Any) -> dict[str, list[str]]:
    """The dates of the page's JSON-LD, under the names microdata has for them."""
    found: dict[str, list[str]] = {}
    for script in root.iter("script"):
        if attribute(script, "type").lower() == "application/ld+json":
            for name, value in _LD_DATE.findall(script.text or ""):
                found.setdefault(name.lower(), []).append(value)
    return found


def _first(meta: dict[str, list[str]], *names: str) -> str:
    return next((meta[name][0] for name in names if name in meta), "")


def _times(root: Any) -> list[str]:
    return [attribute(element, "datetime") for element in root.iter("time")][:5]


def _headline(root: Any, meta: dict[str, list[str]]) -> str:
    """The only `h1`; where there are none or several, what the page calls itself when shared, else its title."""
    headings = [text for element in root.iter("h1") if (text := all_text(element))]
    if len(headings) == 1:
        return headings[0]
    title = next((text for element in root.iter("title") if (text := all_text(element))), "")
    return _first(meta, "og:title", "twitter:title", "headline") or (headings[0] if headings else title)


def _keywords(meta: dict[str, list[str]]) -> list[str]:
    names = meta.get("article:tag", []) + meta.get("news_keywords", []) + meta.get("keywords", [])
    return [part for name in names for part in name.split(",")]
