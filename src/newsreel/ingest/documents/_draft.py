"""What a format says about an item, before it is cleaned, checked and made one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from newsreel.core.errors import UnclearReleaseError, UnreadableError
from newsreel.core.item import Item, Kind, Status
from newsreel.core.times import FOREVER_NS
from newsreel.ingest import text as _text
from newsreel.ingest.dates import parse_embargo_ns, parse_ns

__all__ = ["MAX_BODY", "Draft", "Refusal", "read_each"]

MAX_BODY = 5_000_000


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
    alone: bool = True
    """Whether there is nothing but this document: then there must be something in it to find the item by."""

    def item(self) -> Item:
        """The item, or UnreadableError: a usable one must have something to find it by."""
        usable = self.status is Status.USABLE
        body = self._checked_body() if usable else ""
        uri = _text.uri(self.uri)
        if len(uri) > 4096:
            raise UnreadableError("its uri is longer than 4,096 characters; give it a shorter one")
        moments = (parse_ns(text) for text in self.published)
        return Item(
            uri=uri,
            kind=self.kind,
            version=_text.line(self.version, 200) or None,
            updated_ns=parse_ns(self.updated),
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
        described = self.kind is not Kind.STORY and (self.headline.strip() or self.caption or not self.alone)
        if not body and not described:
            raise UnreadableError(self.no_text)
        if max(len(body), len(self.caption)) > MAX_BODY:
            raise UnreadableError(f"the text is longer than {MAX_BODY:,} characters; split it into several items")
        return body

    def _embargo_ns(self) -> int | None:
        if self.embargo is None:
            return None
        if not self.embargo.strip():
            return FOREVER_NS
        end = parse_embargo_ns(self.embargo)
        if end is None:
            raise UnclearReleaseError("its embargo is not a date and time; write it as 2024-01-31T10:15:00Z")
        return end


def _without_headline(body: str, headline: str) -> str:
    """The body without a first paragraph that only repeats the headline."""
    first, _, rest = body.partition("\n\n")
    return rest if headline and rest and first.casefold() == headline.casefold() else body


@dataclass(frozen=True, slots=True)
class Refusal:
    """One item of a file that could not be read, beside others that could."""

    uri: str
    cause: str
    hide: bool
    """Whether it may be shown is what could not be read."""


def read_each(
    found: Sequence[Any], uri: str, read: Callable[[Any, str], Item], claimed: Callable[[Any], str]
) -> list[Item | Refusal]:
    """Each of the items in a file; `claimed` gives the uri that one says it has, if any.

    Those without a uri of their own get the file's, numbered by position, so that an item keeps its uri when a
    neighbour is unreadable. Raises UnreadableError when the file holds one item and that is unreadable.
    """
    if len(found) == 1:
        return [read(found[0], uri)]
    out: list[Item | Refusal] = []
    for position, one in enumerate(found, start=1):
        own = uri if position == 1 else f"{uri}#{position}"
        try:
            out.append(read(one, own))
        except UnreadableError as error:
            hide = isinstance(error, UnclearReleaseError)
            out.append(Refusal(_text.uri(claimed(one))[:4096] or own, str(error), hide))
    return out
