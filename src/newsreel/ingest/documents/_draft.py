"""What a format says about an item, before it is cleaned, checked and made one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Item, Kind, Status
from newsreel.core.times import FOREVER_NS
from newsreel.ingest.documents import _text
from newsreel.ingest.documents._times import moment

__all__ = ["MAX_BODY", "Draft", "status_of"]

MAX_BODY = 5_000_000

_STATUS = {
    "": Status.USABLE,
    "usable": Status.USABLE,
    "embargoed": Status.USABLE,  # NITF's word; the embargo itself says until when
    "withheld": Status.WITHHELD,
    "withhold": Status.WITHHELD,
    "canceled": Status.CANCELED,
    "cancelled": Status.CANCELED,
    "killed": Status.CANCELED,
}


def status_of(text: str) -> Status:
    """The publishing status behind `usable`, `stat:canceled` or a concept's address."""
    name = re.split(r"[:/#]", text.strip())[-1].lower()
    if name not in _STATUS:
        raise UnreadableError("an unknown publishing status; send usable, withheld or canceled")
    return _STATUS[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The fields of an item as the document has them: raw text, dates unparsed, best candidates first.

    Body and caption are paragraphs already. An item that is withheld or canceled comes out without them, and nothing
    else that may be wrong with it stands in the way of a kill.
    """

    uri: str
    kind: Kind = Kind.STORY
    status: Status = Status.USABLE
    version: str = ""
    updated: str = ""
    published: tuple[str, ...] = ()
    embargo: str | None = None
    """None: none. Empty: until further notice."""
    headline: str = ""
    body: str = ""
    caption: str = ""
    byline: str = ""
    place: str = ""
    keywords: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    language: str = ""
    no_text: str = "no text: it has no body"

    def item(self) -> Item:
        """The item, or UnreadableError: a usable one must have something to find it by."""
        usable = self.status is Status.USABLE
        body = self._checked_body() if usable else ""
        uri = _text.uri(self.uri)
        if len(uri) > 4096:
            raise UnreadableError("its uri is longer than 4,096 characters; give it a shorter one")
        moments = (moment(text) for text in self.published)
        return Item(
            uri=uri,
            kind=self.kind,
            version=_text.line(self.version, 200) or None,
            updated_ns=moment(self.updated),
            status=self.status,
            headline=_text.line(self.headline),
            body=body,
            caption=self.caption if usable else "",
            byline=_text.byline(self.byline),
            place=_text.line(self.place),
            published_ns=next((m for m in moments if m is not None), None),
            embargo_ns=self._embargo_ns() if usable else None,
            keywords=_text.keywords(self.keywords),
            rights=_text.joined(self.rights),
            language=_text.language(self.language),
        )

    def _checked_body(self) -> str:
        body = _without_headline(self.body, _text.line(self.headline))
        if not body and not (self.kind is Kind.PHOTO and (self.headline.strip() or self.caption)):
            raise UnreadableError(self.no_text)
        if max(len(body), len(self.caption)) > MAX_BODY:
            raise UnreadableError(f"the text is longer than {MAX_BODY:,} characters; split it into several items")
        return body

    def _embargo_ns(self) -> int | None:
        if self.embargo is None:
            return None
        if not self.embargo.strip():
            return FOREVER_NS
        end = moment(self.embargo)
        if end is None:
            raise UnreadableError("its embargo is not a date and time; write it as 2024-01-31T10:15:00Z")
        return max(end, 0)


def _without_headline(body: str, headline: str) -> str:
    """The body without a first paragraph that only repeats the headline."""
    first, _, rest = body.partition("\n\n")
    return rest if headline and rest and first.casefold() == headline.casefold() else body
