"""Stories as the files that agencies send: one renderer for each format, each document valid on its own."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from lxml import etree
from lxml.builder import ElementMaker

from newsreel.core.item import Status

__all__ = ["FORMATS", "RIGHTS", "Format", "Story"]

AGENCY = "Newsreel Wire"
RIGHTS = f"© 2026 {AGENCY}. Sample content, free to use."
HOME_COUNTRY = "Varland"
LANGUAGE = "en"

_TOPICS = {
    "01000000": "arts, culture and entertainment",
    "02000000": "crime, law and justice",
    "03000000": "disaster, accident and emergency incident",
    "04000000": "economy, business and finance",
    "06000000": "environment",
    "07000000": "health",
    "11000000": "politics",
    "13000000": "science and technology",
    "14000000": "society",
    "15000000": "sport",
    "16000000": "conflicts, war and peace",
}
_DESK_TOPICS = {
    "climate": "06000000",
    "courts": "02000000",
    "culture": "01000000",
    "economy": "04000000",
    "politics": "11000000",
    "science": "13000000",
    "sport": "15000000",
    "world": "11000000",
}
_MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One version of one story, before it has a form. Times are aware and in UTC."""

    desk: str
    slug: str
    format: str
    headline: str
    body: tuple[str, ...]
    """Paragraphs, without the dateline."""
    byline: str
    place: str
    published: datetime
    country: str = HOME_COUNTRY
    updated: datetime | None = None
    version: int = 1
    edition: str = ""
    """Tells apart the files of one story, e.g. `v2`; part of the file's name."""
    status: Status = Status.USABLE
    embargo: datetime | None = None
    note: str = ""
    """To editors, never published."""
    topic: str = ""
    """An IPTC media topic, where the desk's own does not fit."""
    keywords: tuple[str, ...] = ()
    also: str = ""
    """The path of a second file with the same bytes."""

    def __post_init__(self) -> None:
        if self.desk not in _DESK_TOPICS or self.format not in FORMATS or self.topic_code not in _TOPICS:
            raise ValueError(f"{self.slug}: unknown desk {self.desk}, format {self.format} or topic {self.topic}")
        if any(moment.utcoffset() is None for moment in (self.published, self.changed, self.embargo) if moment):
            raise ValueError(f"{self.slug}: a time without a zone; end it with Z")
        if not self.headline or bool(self.body) is not (self.status is Status.USABLE):
            raise ValueError(f"{self.slug}: a story has a headline and a body, a kill has a headline alone")
        if not FORMATS[self.format].carries_metadata and (self.embargo or self.note or self.version != 1):
            raise ValueError(f"{self.slug}: {self.format} cannot say its embargo, note or version")

    @property
    def path(self) -> str:
        """The file's path relative to the sample's folder, with `/`."""
        name = "-".join(filter(None, (f"{self.published:%Y-%m-%d}", self.slug, self.edition)))
        return f"{self.desk}/{name}{FORMATS[self.format].suffix}"

    @property
    def uris(self) -> tuple[str, ...]:
        """The item it becomes; two when its file is there twice."""
        if FORMATS[self.format].carries_uri:
            return (f"urn:newsml:newsreel.example:{self.published:%Y%m%d}:{self.slug}",)
        return tuple(f"file:{quote(path)}" for path in (self.path, self.also) if path)

    @property
    def changed(self) -> datetime:
        """When this version was made."""
        return self.updated or self.published

    @property
    def located(self) -> str:
        """Town and country."""
        return f"{self.place}, {self.country}"

    @property
    def dateline(self) -> str:
        """As it opens the text: `TARNBY, March 9 (Newsreel) —`. Only foreign towns name their country."""
        place = self.place.upper() if self.country == HOME_COUNTRY else f"{self.place.upper()}, {self.country}"
        return f"{place}, {_MONTHS[self.published.month - 1]} {self.published.day} (Newsreel) —"

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body as it is printed, the dateline before its first words."""
        return tuple(f"{self.dateline} {text}" if i == 0 else text for i, text in enumerate(self.body))

    @property
    def topic_code(self) -> str:
        """Its IPTC media topic."""
        return self.topic or _DESK_TOPICS[self.desk]

    @property
    def topic_name(self) -> str:
        """That topic in words."""
        return _TOPICS[self.topic_code]


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _norm(moment: datetime) -> str:
    """NITF's basic form of ISO 8601."""
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _text(story: Story) -> bytes:
    return "\n\n".join((story.headline, f"By {story.byline}", *story.paragraphs, "")).rstrip("\n").encode() + b"\n"


def _markdown(story: Story) -> bytes:
    front = {
        "author": story.byline,
        "date": _iso(story.published),
        "place": story.located,
        "keywords": f"[{', '.join(story.keywords)}]",
        "rights": RIGHTS,
        "language": LANGUAGE,
    }
    fields = "\n".join(f"{name}: {value}" for name, value in front.items())
    text = "\n\n".join((f"# {story.headline}", *story.paragraphs))
    return f"---\n{fields}\n---\n\n{text}\n".encode()


def _html(story: Story) -> bytes:
    values = {
        "headline": story.headline,
        "byline": story.byline,
        "keywords": ", ".join(story.keywords),
        "published": _iso(story.published),
        "shown": f"{story.published:%d.%m.%Y, %H:%M} UTC",
        "rights": RIGHTS,
        "agency": AGENCY,
        "language": LANGUAGE,
    }
    page = resources.files("newsreel.sample").joinpath("stories", "page.html").read_text(encoding="utf-8")
    paragraphs = "\n".join(f"<p>{html.escape(text, quote=False)}</p>" for text in story.paragraphs)
    return page.format(**{name: html.escape(value) for name, value in values.items()}, paragraphs=paragraphs).encode()


_NITF_NS = "http://iptc.org/std/NITF/2006-10-18/"
_G2_NS = "http://iptc.org/std/nar/2006-10-01/"
_XHTML_NS = "http://www.w3.org/1999/xhtml"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _document(root: Any) -> bytes:
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _nitf_body(story: Story) -> Any:
    e = ElementMaker(namespace=_NITF_NS, nsmap={None: _NITF_NS})
    when = e("story.date", f"{_MONTHS[story.published.month - 1]} {story.published.day}", norm=_norm(story.published))
    where = e.location(e.city(story.place), ", ", e.country(story.country))
    head = e(
        "body.head",
        e.hedline(e.hl1(story.headline)),
        e.rights(RIGHTS),
        e.byline(f"By {story.byline}"),
        e.dateline(where, " ", when),
    )
    return e.body(head, e("body.content", *(e.p(text) for text in story.body)))


def _nitf(story: Story) -> bytes:
    e = ElementMaker(namespace=_NITF_NS, nsmap={None: _NITF_NS})
    data = [
        e("doc-id", {"regsrc": AGENCY, "id-string": f"{story.published:%Y%m%d}-{story.slug}"}),
        e("date.issue", norm=_norm(story.published)),
        *([e("date.release", norm=_norm(story.embargo))] if story.embargo else []),
        *([e("ed-msg", info=story.note)] if story.note else []),
        e("du-key", version=str(story.version)),
        e("doc.copyright", year=f"{story.published:%Y}", holder=AGENCY),
        e("key-list", *(e.keyword(key=keyword) for keyword in story.keywords)),
    ]
    topic = e(
        "tobject.subject",
        {"tobject.subject.refnum": story.topic_code, "tobject.subject.type": story.topic_name},
    )
    head = e.head(
        e.title(story.headline),
        e.tobject(topic, {"tobject.type": "news"}),
        e.docdata(*data, {"management-status": story.status.value}),
    )
    attributes = {_LANG: LANGUAGE, "version": "-//IPTC//DTD NITF 3.6//EN"}
    return _document(e.nitf(head, _nitf_body(story), attributes))


def _xhtml_body(story: Story) -> Any:
    e = ElementMaker(namespace=_XHTML_NS, nsmap={None: _XHTML_NS})
    return e.html(e.head(e.title(story.headline)), e.body(*(e.p(text) for text in story.paragraphs)))


def _newsml_nitf(story: Story) -> bytes:
    e = ElementMaker(namespace=_NITF_NS, nsmap={None: _NITF_NS})
    return _newsml(story, "application/nitf+xml", e.nitf(_nitf_body(story)))


def _newsml_xhtml(story: Story) -> bytes:
    return _newsml(story, "application/xhtml+xml", _xhtml_body(story))


def _newsml(story: Story, content_type: str, content: Any) -> bytes:
    """NewsML-G2 2.24, the newest whose schema is at hand to check it against."""
    e = ElementMaker(namespace=_G2_NS, nsmap={None: _G2_NS})
    rights = e.rightsInfo(e.copyrightHolder(e.name(AGENCY), literal="newsreel"), e.copyrightNotice(RIGHTS))
    item_meta = e.itemMeta(
        e.itemClass(qcode="ninat:text"),
        e.provider(e.name(AGENCY), literal="newsreel"),
        e.versionCreated(_iso(story.changed)),
        e.firstCreated(_iso(story.published)),
        *([e.embargoed(_iso(story.embargo))] if story.embargo else []),
        e.pubStatus(qcode=f"stat:{story.status.value}"),
        *([e.edNote(story.note)] if story.note else []),
    )
    content_meta = e.contentMeta(
        e.contentCreated(_iso(story.published)),
        e.located(e.name(story.located), literal=story.place.lower()),
        e.creator(e.name(story.byline), literal=story.byline),
        e.language({"tag": LANGUAGE}),
        *(e.keyword(keyword) for keyword in story.keywords),
        e.subject(e.name(story.topic_name), qcode=f"medtop:{story.topic_code}"),
        e.slugline(story.slug),
        e.headline(story.headline),
        e.by(f"By {story.byline}"),
    )
    root = e.newsItem(
        e.catalogRef(href="http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_32.xml"),
        rights,
        item_meta,
        content_meta,
        e.contentSet(e.inlineXML(content, contenttype=content_type)),
        {"guid": story.uris[0], "version": str(story.version), "standard": "NewsML-G2"},
        {"standardversion": "2.24", "conformance": "power", _LANG: LANGUAGE},
    )
    return _document(root)


def _xhtml(story: Story) -> str:
    return "".join(f"<p>{html.escape(text, quote=False)}</p>" for text in story.paragraphs)


def _json(fields: Mapping[str, object]) -> bytes:
    """What a story does not have is left out, not sent empty."""
    present = {name: value for name, value in fields.items() if value not in ("", None, [])}
    return json.dumps(present, ensure_ascii=False, indent=2).encode() + b"\n"


def _ninjs_1(story: Story) -> bytes:
    topic = {"name": story.topic_name, "rel": "about", "code": story.topic_code}
    topic["scheme"] = "http://cv.iptc.org/newscodes/mediatopic/"
    fields = {
        "$standard": _standard("1.4"),
        **_ninjs_core(story),
        "byline": f"By {story.byline}",
        "headline": story.headline,
        "subject": [topic, *({"name": keyword, "rel": "mentions"} for keyword in story.keywords)],
        "place": [{"name": story.place, "rel": "about"}],
        "body_text": "\n\n".join(story.paragraphs),
        "body_xhtml": _xhtml(story),
    }
    return _json(fields)


def _ninjs_2(story: Story) -> bytes:
    return _json({"standard": _standard("2.1"), **_ninjs_core(story), **_ninjs_arrays(story, "contenttype")})


# ninjs 3 is ninjs 2 with the words in its names capitalised.
_CAMEL = {
    "versioncreated": "versionCreated",
    "firstcreated": "firstCreated",
    "contentcreated": "contentCreated",
    "pubstatus": "pubStatus",
    "copyrightholder": "copyrightHolder",
    "copyrightnotice": "copyrightNotice",
    "ednote": "edNote",
}


def _ninjs_3(story: Story) -> bytes:
    core = {_CAMEL.get(name, name): value for name, value in _ninjs_core(story).items()}
    return _json({"standard": _standard("3.0"), **core, **_ninjs_arrays(story, "contentType")})


def _standard(version: str) -> dict[str, str]:
    schema = f"http://www.iptc.org/std/ninjs/ninjs-schema_{version}.json"
    return {"name": "ninjs", "version": version, "schema": schema}


def _ninjs_core(story: Story) -> dict[str, object]:
    """What ninjs 1 and 2 have in common."""
    return {
        "uri": story.uris[0],
        "type": "text",
        "profile": "text-only",
        "version": str(story.version),
        "firstcreated": _iso(story.published),
        "versioncreated": _iso(story.changed),
        "contentcreated": _iso(story.published),
        "embargoed": _iso(story.embargo) if story.embargo else "",
        "pubstatus": story.status.value,
        "copyrightholder": AGENCY,
        "copyrightnotice": RIGHTS,
        "ednote": story.note,
        "language": LANGUAGE,
        "slugline": story.slug,
        "located": story.located,
    }


def _ninjs_arrays(story: Story, content_type: str) -> dict[str, object]:
    address = f"http://cv.iptc.org/newscodes/mediatopic/{story.topic_code}"
    topic = {"name": story.topic_name, "rel": "about", "uri": address}
    text = {"role": "text", content_type: "text/plain", "value": "\n\n".join(story.paragraphs)}
    xhtml = {"role": "xhtml", content_type: "text/html", "value": _xhtml(story)}
    return {
        "by": f"By {story.byline}",
        "headlines": [{"role": "main", "value": story.headline}],
        "subjects": [topic, *({"name": keyword, "rel": "mentions"} for keyword in story.keywords)],
        "places": [{"name": story.place, "rel": "about"}],
        "bodies": [text, xhtml] if story.body else [],
    }


@dataclass(frozen=True, slots=True)
class Format:
    """How a story is written down, and what that form can say."""

    suffix: str
    render: Callable[[Story], bytes]
    carries_uri: bool = False
    """Otherwise the item is named after its file."""
    carries_metadata: bool = False
    """Status, version, embargo and a note to editors."""


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "text": Format(".txt", _text),
        "markdown": Format(".md", _markdown),
        "html": Format(".html", _html),
        "nitf": Format(".xml", _nitf, carries_metadata=True),
        "newsml-nitf": Format(".xml", _newsml_nitf, carries_uri=True, carries_metadata=True),
        "newsml-xhtml": Format(".xml", _newsml_xhtml, carries_uri=True, carries_metadata=True),
        "ninjs-1.4": Format(".json", _ninjs_1, carries_uri=True, carries_metadata=True),
        "ninjs-2.1": Format(".json", _ninjs_2, carries_uri=True, carries_metadata=True),
        "ninjs-3.0": Format(".json", _ninjs_3, carries_uri=True, carries_metadata=True),
    }
)
