"""NITF 3.x, as a file of its own or inside NewsML-G2 and ninjs."""

from __future__ import annotations

import re
from typing import Any

from newsreel.core.item import Item
from newsreel.ingest.documents._blocks import block_text
from newsreel.ingest.documents._draft import Draft
from newsreel.ingest.documents._xml import XML_LANG, all_text, attribute, children, find, find_all, text_at
from newsreel.ingest.status import status_of

__all__ = ["body_text", "byline_of", "headline_of", "place_of", "read"]


def read(root: Any, uri: str) -> list[Item]:
    """The one story in an NITF document."""
    data = "head/docdata"
    status = attribute(find(root, data), "management-status")
    draft = Draft(
        uri=_own_uri(attribute(find(root, f"{data}/doc-id"), "id-string")) or uri,
        status=status_of(status),
        version=attribute(find(root, f"{data}/du-key"), "version"),
        updated=_updated(root),
        published=(
            attribute(find(root, f"{data}/date.issue"), "norm"),
            attribute(find(root, "body/body.head/dateline/story.date"), "norm"),
            attribute(find(root, "head/pubdata"), "date.publication"),
            attribute(find(root, f"{data}/date.release"), "norm"),
        ),
        embargo=_embargo(root, status),
        headline=headline_of(root),
        body=body_text(root),
        byline=byline_of(root),
        place=place_of(root),
        keywords=tuple(_keywords(root)),
        rights=tuple(_rights(root)),
        language=attribute(root, XML_LANG) or attribute(find(root, "body"), XML_LANG, "lang"),
        no_text="no text: the NITF has neither body.content nor an abstract",
    )
    return [draft.item()]


def _own_uri(identifier: str) -> str:
    """A doc-id is a uri only if it is written as one; `AP:1234` and a bare number are the provider's own matter."""
    return identifier if re.match(r"(?:urn:[\w-]+:|tag:[^:]+:|https?://)\S", identifier) else ""


def _updated(root: Any) -> str:
    """When this version was made: the last entry of its history, else the issue date."""
    history = [attribute(entry, "norm") for entry in find_all(root, "head/revision-history")]
    return max(history, default="") or attribute(find(root, "head/docdata/date.issue"), "norm")


def _embargo(root: Any, status: str) -> str | None:
    release = find(root, "head/docdata/date.release")
    if release is not None:
        return attribute(release, "norm")
    return "" if status == "embargoed" else None


def headline_of(root: Any) -> str:
    """The main headline, else the document's title."""
    head = "body/body.head/hedline"
    return text_at(root, f"{head}/hl1") or text_at(root, head) or text_at(root, "head/title")


def byline_of(root: Any) -> str:
    """The bylines, one after the other."""
    return ", ".join(text for line in find_all(root, "body/body.head/byline") if (text := all_text(line)))


def place_of(root: Any) -> str:
    """Where it was written: the dateline's location, else the event's."""
    dateline = find(root, "body/body.head/dateline")
    if dateline is not None:
        location = find(dateline, "location")
        if location is not None:
            parts = [all_text(part) for part in children(location)]
            loose = any((part.tail or "").strip() for part in location) or (location.text or "").strip()
            return all_text(location) if loose else ", ".join(filter(None, parts))
        date = text_at(dateline, "story.date")
        return all_text(dateline).replace(date, "").strip(" ,—–-") if date else all_text(dateline)
    return attribute(find(root, "head/docdata/evloc"), "city", "state-prov")


def body_text(root: Any) -> str:
    """The story's paragraphs, lists and tables; its abstract where that is all there is."""
    contents = [block_text(content) for content in find_all(root, "body/body.content")]
    text = "\n\n".join(filter(None, contents))
    abstract = find(root, "body/body.head/abstract")
    return text or ("" if abstract is None else block_text(abstract))


def _keywords(root: Any) -> list[str]:
    names = [attribute(key, "key") for key in find_all(root, "head/docdata/key-list/keyword")]
    for subject in find_all(root, "head/tobject/tobject.subject"):
        names += [attribute(subject, f"tobject.subject.{level}") for level in ("type", "matter", "detail")]
    return names


def _rights(root: Any) -> list[str]:
    notice = find(root, "head/docdata/doc.copyright")
    year = re.match(r"\d{4}", attribute(notice, "year"))
    holder = attribute(notice, "holder")
    owned = find(root, "head/docdata/doc.rights")
    return [
        f"Copyright {year[0]} {holder}" if year and holder else f"Copyright {holder}" if holder else "",
        text_at(root, "body/body.head/rights"),
        ", ".join(filter(None, (attribute(owned, name) for name in ("owner", "agent", "geography", "limitations")))),
    ]
