"""NewsML-G2: a news item, or a message that carries several."""

from __future__ import annotations

from functools import partial
from typing import Any

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Item, Kind
from newsreel.ingest.documents import _newsml_content as content
from newsreel.ingest.documents import nitf
from newsreel.ingest.documents._draft import Draft, Refusal, read_each
from newsreel.ingest.documents._xml import (
    XML_LANG,
    all_text,
    attribute,
    children,
    find,
    find_all,
    iterate,
    local_name,
    text_at,
)
from newsreel.ingest.status import status_of

__all__ = ["FRAGMENTS", "REFUSED_ITEMS", "read"]

REFUSED_ITEMS = {
    "packageItem": "a package of links to other items, not a story; send the items themselves",
    "conceptItem": "a concept item (a person, place, event or term), not a story",
    "knowledgeItem": "a knowledge item (a list of terms or events), not a story",
    "planningItem": "a planning item, not a story",
    "catalogItem": "a catalog of vocabularies, not a story",
}
FRAGMENTS = ("contentSet", "contentMeta", "itemMeta", "groupSet", "rightsInfo", "partMeta", "itemSet")
_KINDS = {
    "": Kind.STORY, "text": Kind.STORY, "composite": Kind.STORY, "picture": Kind.PHOTO, "graphic": Kind.PHOTO,
    "video": Kind.VIDEO, "animation": Kind.VIDEO,
}  # fmt: skip
_NOUNS = {Kind.PHOTO: "picture", Kind.VIDEO: "video"}
_REFUSED_CLASSES = {
    "audio": "a sound recording; Newsreel does not read audio",
}


def read(root: Any, uri: str, beside_film: bool = False) -> list[Item | Refusal]:
    """Its news items; `beside_film`: one that has no body describes the video that it lies beside."""
    name = local_name(root)
    news = [root] if name == "newsItem" else list(iterate(root, "newsItem"))
    others = [one for one in (root, *find_all(root, "itemSet/*")) if local_name(one) in REFUSED_ITEMS]
    if not news:
        raise UnreadableError(
            REFUSED_ITEMS[local_name(others[0])] if others else "a NewsML-G2 message without a news item in it"
        )
    items = read_each(news, uri, partial(_item, beside_film=beside_film), lambda one: attribute(one, "guid"))
    for number, one in enumerate(others, start=1):
        name = local_name(one)
        items.append(Refusal(attribute(one, "guid") or f"{uri}#{name}{number}", REFUSED_ITEMS[name], hide=False))
    return items


def _item(item: Any, uri: str, *, beside_film: bool) -> Item:
    kind = _kind(item)
    if beside_film and kind is Kind.STORY and not content.body(item):
        kind = Kind.VIDEO
    language = attribute(find(item, "contentMeta/language"), "tag") or attribute(item, XML_LANG)
    inline = content.inline_nitf(item)
    meta = find(item, "contentMeta")
    caption = content.description(meta, language)
    published = ("itemMeta/firstCreated", "contentMeta/contentCreated", "itemMeta/versionCreated")
    embargo = find(item, "itemMeta/embargoed")
    return Draft(
        uri=attribute(item, "guid") or uri,
        kind=kind,
        status=status_of(attribute(find(item, "itemMeta/pubStatus"), "qcode", "uri", "literal")),
        version=attribute(item, "version"),
        updated=text_at(item, "itemMeta/versionCreated"),
        published=tuple(text_at(item, path) for path in published),
        embargo=None if embargo is None else all_text(embargo),
        headline=_headline(item, meta, inline, language),
        body=(content.body(item) or caption) if kind is Kind.STORY else "",
        caption=caption or content.body(item) if kind is Kind.VIDEO else "" if kind is Kind.STORY else caption,
        byline=_byline(meta, inline, language),
        place=_place(meta, inline, language),
        keywords=tuple(content.keywords(item, language)),
        rights=tuple(_rights(item, meta, language)),
        language=language,
        alone=not beside_film,
        no_text=(
            content.why_no_text(item)
            if kind is Kind.STORY
            else f"a {_NOUNS[kind]} with neither headline nor description"
        ),
    ).item()


def _kind(item: Any) -> Kind:
    element = find(item, "itemMeta/itemClass")
    name = attribute(element, "qcode", "uri").replace("/", ":").split(":")[-1].lower()
    if name in _REFUSED_CLASSES:
        raise UnreadableError(_REFUSED_CLASSES[name])
    if name not in _KINDS:
        raise UnreadableError("a NewsML-G2 item class that is not read; text, composite, picture and video are")
    return _KINDS[name]


def _headline(item: Any, meta: Any, inline: Any, language: str) -> str:
    return (
        content.best(meta, "headline", language, roles=("", "main", "headline"))
        or ("" if inline is None else nitf.headline_of(inline))
        or text_at(item, "itemMeta/title")
    )


def _byline(meta: Any, inline: Any, language: str) -> str:
    """The byline as written; where there is none, who made it."""
    written = content.best(meta, "by", language) or ("" if inline is None else nitf.byline_of(inline))
    creators = [] if meta is None else find_all(meta, "creator")
    return written or ", ".join(filter(None, (content.best(one, "name", language) for one in creators)))


def _place(meta: Any, inline: Any, language: str) -> str:
    located = [] if meta is None else find_all(meta, "located")
    for one in located:
        names = [content.best(one, "name", language)]
        names += [content.best(wider, "name", language) for wider in find_all(one, "broader")]
        if place := ", ".join(dict.fromkeys(filter(None, names))):
            return place
    return "" if inline is None else nitf.place_of(inline)


def _rights(item: Any, meta: Any, language: str) -> list[str]:
    parts: list[str] = []
    for info in find_all(item, "rightsInfo"):
        notice = content.best(info, "copyrightNotice", language)
        holders = [content.best(one, "name", language) for one in find_all(info, "copyrightHolder")]
        parts += [notice] if notice else holders
    parts.append(content.best(meta, "creditline", language))
    parts += [content.best(info, "usageTerms", language) for info in find_all(item, "rightsInfo")]
    return parts


def is_fragment(root: Any) -> bool:
    """Whether it is a part of a NewsML-G2 item, sent alone."""
    return local_name(root) in FRAGMENTS and next(children(root), None) is not None
