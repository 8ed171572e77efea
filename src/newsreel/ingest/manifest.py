"""A line of a `.jsonl` manifest: an item's own fields, and for media (or a story kept in a file) a path."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Item, Kind, Status
from newsreel.core.times import FOREVER_NS
from newsreel.ingest import text
from newsreel.ingest.dates import parse_embargo_ns, parse_ns
from newsreel.ingest.sources import MAX_LINE_BYTES
from newsreel.ingest.status import latest, status_of, strictest

__all__ = ["checked", "contained", "override", "parse_line", "story_of"]

_TEXTS = ("headline", "body", "caption", "byline", "place", "rights", "language")
_CLEAN: Mapping[str, Callable[[str], str]] = {
    "body": lambda body: text.paragraphs(text.wrapped(body)),
    "caption": lambda caption: text.paragraphs(text.wrapped(caption)),
    "byline": text.byline,
    "language": text.language,
}
_TIMES = {"published": "published_ns", "updated": "updated_ns", "embargo": "embargo_ns"}
_ALIASES = {"embargoed": "embargo", "pubstatus": "status", "pubStatus": "status"}
"""ninjs names, so that its objects flattened to lines keep their meaning. Other fields that are not known are left."""


class _Decimal(float):
    """A number as it was written: as a version, 1.10 is not 1.1."""

    def __init__(self, text: str) -> None:
        self.text = text


def parse_line(line: bytes) -> dict[str, Any]:
    """The line's object, which has a uri. Raises UnreadableError."""
    if len(line) > MAX_LINE_BYTES:
        raise UnreadableError(f"the line is longer than {MAX_LINE_BYTES // 2**20} MiB")
    try:
        fields = json.loads(line, parse_float=_Decimal)
    except (ValueError, RecursionError):
        raise UnreadableError("the line is not JSON: write one object a line, in UTF-8") from None
    if not isinstance(fields, dict):
        raise UnreadableError("the line is JSON but not an object: write {'uri': ..., ...}")
    if not isinstance(fields.get("uri"), str) or not text.uri(fields["uri"]):
        raise UnreadableError("the line has no 'uri': every item needs one")
    return fields


def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a line under the names that are read here, their types checked. Raises UnreadableError."""
    fields = {**fields, **_unaliased(fields)}
    if takes_away(fields):  # nothing else that may be wrong stands in the way of a kill
        return fields
    misread = sorted(n for n in fields if n.lower().startswith("embargo") and n not in ("embargo", "embargoed"))
    if misread:  # leaving it out would publish
        raise UnreadableError(f"the field {misread[0][:40]!r} is not one Newsreel knows: write 'embargo'")
    for name in ("path", "kind", "status", *_TEXTS, *_TIMES):
        if fields.get(name) is not None and not isinstance(fields[name], str):
            raise UnreadableError(f"'{name}' is not text")
    return fields


def _unaliased(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields with ninjs names say. Two that disagree are refused: the one left out may be an embargo."""
    said: dict[str, Any] = {}
    for name in (*_ALIASES.values(), *_ALIASES):
        value = fields.get(name)
        if value not in (None, "") and said.setdefault(_ALIASES.get(name, name), value) != value:
            raise UnreadableError(f"'{name}' contradicts '{_ALIASES.get(name, name)}': leave one of them out")
    return said


def contained(folder: Path, path: str) -> Path:
    """A manifest's path, which must lie in the manifest's folder, links followed. Raises UnreadableError."""
    try:
        real, root = (folder / path).resolve(), folder.resolve()
    except (OSError, RuntimeError, ValueError):
        raise UnreadableError("'path' cannot be followed: a loop of links, or not a path") from None
    if not real.is_relative_to(root):
        raise UnreadableError("'path' leads out of the manifest's folder: keep media beside or below the manifest")
    return folder / path


def takes_away(fields: Mapping[str, Any]) -> bool:
    """Whether the line cancels or withholds its item: what it was is then of no matter, nor whether it is there."""
    status = fields.get("status")
    return isinstance(status, str) and bool(status) and status_of(status) is not Status.USABLE


def speaks_of_release(fields: Mapping[str, Any]) -> bool:
    """Whether the line, read or not, means to keep its item from being shown."""
    said = {name.lower(): value for name, value in fields.items() if value not in (None, "")}
    return any(name.startswith("embargo") for name in said) or any(
        said[name] != Status.USABLE for name in ("status", "pubstatus") if name in said
    )


def story_of(fields: Mapping[str, Any]) -> Item:
    """The story of a line without a path. Raises UnreadableError."""
    if takes_away(fields):
        return Item(
            uri=_uri(fields),
            kind=Kind.STORY,
            status=status_of(fields["status"]),
            version=_version(fields["version"]) if isinstance(fields.get("version"), str | int | float) else None,
            updated_ns=parse_ns(str(fields.get("updated") or "")),
        )
    if fields.get("kind") and (kind := _one_of(Kind, "kind", fields["kind"])) is not Kind.STORY:
        raise UnreadableError(f"a {kind} needs a 'path'")
    item = override(Item(uri=_uri(fields), kind=Kind.STORY), fields)
    if item.status is Status.USABLE and not (item.body or item.headline):
        raise UnreadableError("the line has neither 'body' nor 'headline' nor 'path': there is nothing to index")
    return item


def override(item: Item, fields: Mapping[str, Any]) -> Item:
    """The item with what the manifest says in place of what its file says. Raises UnreadableError.

    Not so its release: of two embargoes the later holds, of two statuses the stricter (canceled, withheld, usable). A
    line may hold back what its file, or a file beside it, would let be shown; it never lifts what they hold back.
    """
    changes: dict[str, Any] = {"uri": _uri(fields)}
    changes |= {name: _CLEAN.get(name, text.line)(fields[name]) for name in _TEXTS if fields.get(name)}
    changes |= {field: _time(name, fields[name]) for name, field in _TIMES.items() if fields.get(name)}
    if fields.get("version") is not None:
        changes["version"] = _version(fields["version"])
    changes["embargo_ns"] = latest((item.embargo_ns, changes.get("embargo_ns")))
    if fields.get("status"):
        changes["status"] = strictest((item.status, status_of(fields["status"])))
    if fields.get("keywords"):
        changes["keywords"] = _keywords(fields["keywords"])
    if fields.get("kind") and _one_of(Kind, "kind", fields["kind"]) is not item.kind:
        raise UnreadableError(f"'kind' says {fields['kind']}, the file is a {item.kind}")
    return replace(item, **changes)


def _uri(fields: Mapping[str, Any]) -> str:
    uri = text.uri(fields["uri"])
    if len(uri) > 4096:
        raise UnreadableError("'uri' is longer than 4096 characters")
    return uri


def _time(name: str, value: str) -> int:
    moment = parse_embargo_ns(value) if name == "embargo" else parse_ns(value)
    if moment is None and name == "embargo" and value.strip().lower() in ("forever", "until further notice"):
        return FOREVER_NS
    if moment is None:  # never guessed: a wrong embargo would publish
        raise UnreadableError(f"'{name}' is not a date: write 2024-01-31T10:15:00Z")
    return moment


def _version(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnreadableError("'version' is neither text nor a number")
    return text.line(value.text if isinstance(value, _Decimal) else str(value), 200)


def _one_of(kind: Callable[[str], Any], name: str, value: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise UnreadableError(f"'{name}' is {value[:40]!r}, which is not one Newsreel knows") from None


def _keywords(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise UnreadableError("'keywords' is neither a list of texts nor a text with commas")
    return text.keywords(value)
