"""ninjs 1.x, 2.x and 3.x. They spell the same things differently: `body_text`, `bodies`, `copyrightnotice`,
`copyrightNotice`; names are compared without case and underscores, and every spelling is taken in every version."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from newsreel.core.errors import UnclearReleaseError, UnreadableError
from newsreel.core.item import Item, Kind, Status
from newsreel.ingest.documents import _ninjs_content as content
from newsreel.ingest.documents._blocks import html_text
from newsreel.ingest.documents._draft import Draft, Refusal, read_each
from newsreel.ingest.status import status_of

__all__ = ["read"]

_KINDS = {
    "": Kind.STORY, "text": Kind.STORY, "composite": Kind.STORY, "component": Kind.STORY, "package": Kind.STORY,
    "picture": Kind.PHOTO, "graphic": Kind.PHOTO, "video": Kind.VIDEO, "animation": Kind.VIDEO,
}  # fmt: skip
_REFUSED = {
    "audio": "a sound recording; Newsreel does not read audio",
    "event": "an event, not a story",
    "planning": "a planning item, not a story",
}
_NOUNS = {Kind.PHOTO: "picture", Kind.VIDEO: "video"}
_SIGNS = {"headline", "headlines", "bodies", "descriptions", "pubstatus", "embargoed", "versioncreated", "firstcreated",
          "eventdetails", "renditions", "associations", "byline", "copyrightnotice"}  # fmt: skip


def read(text: str, uri: str, beside_film: bool = False) -> list[Item | Refusal]:
    """The items of a ninjs object or of a list of them; `associations` are part of theirs, not items.

    `beside_film`: one that has no body describes the video that it lies beside.
    """
    found = _load(text)
    objects = found if isinstance(found, list) else [found]
    if not objects:
        raise UnreadableError("an empty JSON list; there is no item in it")
    if not any(isinstance(one, dict) for one in objects):
        raise UnreadableError("JSON, but not a ninjs item: it is not an object")
    return read_each(objects, uri, partial(_item, beside_film=beside_film), _claimed_uri)


def _claimed_uri(one: Any) -> str:
    uri = one.get("uri") if isinstance(one, dict) else None
    return uri if isinstance(uri, str) else ""


def _load(text: str) -> Any:
    """The document. Numbers stay as they are written: 1.10 is a version, and not the same as 1.1."""
    decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(_cause(decoder, text, error)) from None
    except RecursionError:
        raise UnreadableError("JSON nested too deeply to be a ninjs item") from None


def _cause(decoder: json.JSONDecoder, text: str, error: json.JSONDecodeError) -> str:
    where = f"line {error.lineno}, column {error.colno}"
    start = len(text) - len(text.lstrip())
    try:
        decoder.raw_decode(text, start)
    except (json.JSONDecodeError, RecursionError):
        return f"not valid JSON ({where}): cut off or damaged; get a complete copy"
    return f"more than one JSON document in a file ({where}); a manifest of items, one a line, is named .jsonl"


def _item(value: Any, uri: str, *, beside_film: bool) -> Item:
    if not isinstance(value, dict):
        raise UnreadableError("JSON, but not a ninjs item: it is not an object")
    fields = content.fields_of(value)
    if str(fields.get("$schema", "")).startswith(("http://json-schema.org", "https://json-schema.org")):
        raise UnreadableError("a JSON Schema, not a story")
    if not _is_ninjs(fields, beside_film):
        raise UnreadableError("JSON, but not a ninjs item (no headline, body or description); no other JSON is read")
    kind = _kind(fields)
    if beside_film and kind is Kind.STORY and not content.body(fields):
        kind = Kind.VIDEO
    item = _draft(fields, kind, uri, beside_film).item()
    misread = [name for name in fields if name.startswith("embargo") and name != "embargoed"]
    if misread and item.status is Status.USABLE:  # leaving it out would publish
        raise UnclearReleaseError("a field of an embargo that is not ninjs; write 'embargoed'")
    return item


def _is_ninjs(fields: content.Fields, beside_film: bool) -> bool:
    """Whether it says anything that ninjs says; beside a film its type is enough."""
    if beside_film and content.string(fields, "type").lower() in _KINDS.keys() - {""}:
        return True
    return bool(_SIGNS & fields.keys()) or any(name.startswith(("body", "description")) for name in fields)


def _kind(fields: content.Fields) -> Kind:
    name = content.string(fields, "type").lower() or ("event" if "eventdetails" in fields else "")
    if name in _REFUSED:
        raise UnreadableError(_REFUSED[name])
    if name not in _KINDS:
        raise UnreadableError("a ninjs item of an unknown type; text, composite, picture, graphic and video are read")
    return _KINDS[name]


def _draft(fields: content.Fields, kind: Kind, uri: str, beside_film: bool) -> Draft:
    story = kind is Kind.STORY
    descriptions = [text for text in (html_text(markup) for markup in content.descriptions(fields)) if text]
    caption = descriptions[0] if descriptions else ""
    composite = content.string(fields, "type").lower() in ("composite", "package")
    return Draft(
        uri=content.string(fields, "uri").strip() or uri,
        kind=kind,
        status=status_of(content.as_written(fields, "pubstatus")),
        version=content.string(fields, "version"),
        updated=content.string(fields, "versioncreated"),
        published=tuple(content.string(fields, f"{what}created") for what in ("first", "content", "version")),
        # An empty string is how many feeds write "none"; ninjs has no embargo without an end.
        embargo=content.as_written(fields, "embargoed") or None,
        headline=content.plain(
            content.pick(fields, "headline", "headlines", ("main", "headline", "")) or content.string(fields, "title")
        ),
        # A news brief is sent as a description alone.
        body=(content.body(fields) or caption) if story else "",
        caption=caption or content.body(fields) if kind is Kind.VIDEO else "" if story else caption,
        byline=content.plain(content.string(fields, "byline", "by")),
        place=content.plain(content.string(fields, "located")),
        keywords=tuple(content.plain(name) for name in content.keywords(fields)),
        rights=tuple(content.plain(part) for part in content.rights(fields)),
        language=content.string(fields, "language"),
        alone=not beside_film,
        no_text=(
            "a package of other items, with no text of its own"
            if composite
            else "no text: neither a body nor a description"
            if story
            else f"a {_NOUNS[kind]} with neither headline nor description: there is nothing to find it by"
        ),
    )
