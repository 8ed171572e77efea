"""What a ninjs item says, in any of its versions' spellings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from newsreel.core.errors import UnreadableError
from newsreel.ingest import text as _text
from newsreel.ingest.documents import nitf
from newsreel.ingest.documents._blocks import html_text
from newsreel.ingest.documents._xml import local_name, parse

__all__ = ["Fields", "as_written", "body", "descriptions", "fields_of", "keywords", "pick", "plain", "rights", "string"]

Fields = dict[str, Any]
"""A JSON object with its names in lower case and without underscores."""

_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")


def fields_of(value: dict[str, Any]) -> Fields:
    """An object under the names that every version's spelling comes down to."""
    return {name.lower().replace("_", ""): content for name, content in value.items()}


def as_written(fields: Fields, name: str) -> str:
    """A value that must not be passed over because its type is wrong; nothing only where nothing is said."""
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else "" if value in (None, False) else f"{value}"


def string(fields: Fields, *names: str) -> str:
    """The first of these that is text; what has another type is as good as absent."""
    values = (fields.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value.strip()), "")


def plain(text: str) -> str:
    """A text field without the entities and tags that do not belong there, and are sent all the same."""
    return html_text(text) if _MARKUP.search(text) else _text.unescaped(text)


def _objects(value: Any) -> list[Fields]:
    values = value if isinstance(value, list) else [value]
    return [fields_of(one) for one in values if isinstance(one, dict)]


def pick(fields: Fields, single: str, several: str, roles: tuple[str, ...]) -> str:
    """ninjs 1's one value, or the value with the first of these roles, or simply the first."""
    if value := string(fields, single):
        return value
    valued = [one for one in _objects(fields.get(several)) if string(one, "value")]
    ranked = sorted(valued, key=lambda one: _rank(string(one, "role").lower(), roles))
    return string(ranked[0], "value") if ranked else ""


def _rank(role: str, roles: tuple[str, ...]) -> int:
    return roles.index(role) if role in roles else len(roles)


def descriptions(fields: Fields) -> Iterator[str]:
    """The description or caption, best first; who wrote it and who gets the credit are not it."""
    for name in ("descriptiontext", "description", "descriptionxhtml", "descriptionhtml"):
        if value := string(fields, name):
            yield value
    roles = ("caption", "main", "text", "", "lead", "summary")
    for one in sorted(_objects(fields.get("descriptions")), key=lambda one: _rank(string(one, "role").lower(), roles)):
        if string(one, "role").lower() not in ("creditline", "writer"):
            yield string(one, "value")


def body(fields: Fields) -> str:
    """The first form that has text; HTML and NITF before plain text, since they know where paragraphs end."""
    forms = [(name.removeprefix("body"), value) for name, value in fields.items() if name.startswith("body")]
    forms += [
        (f"{string(one, 'contenttype')} {string(one, 'role')}".lower(), one.get("value"))
        for one in _objects(fields.get("bodies"))
    ]
    ranked = sorted(((_form(name), value) for name, value in forms if isinstance(value, str)), key=lambda one: one[0])
    return next((text for form, value in ranked if (text := _FORMS[form](value))), "")


def _form(name: str) -> int:
    if "html" in name:
        return 0
    if re.search(r"\bnitf\b|\.nitf", name):
        return 1
    return 3 if "xml" in name else 2


def _nitf_text(markup: str) -> str:
    """An NITF body's text; one that is damaged is passed over for another form."""
    try:
        root = parse(markup)
    except UnreadableError:
        return ""
    return nitf.body_text(root) if local_name(root) == "nitf" else ""


def _plain_text(text: str) -> str:
    return _text.paragraphs(plain(paragraph) for paragraph in _text.wrapped(text))


_FORMS: tuple[Callable[[str], str], ...] = (html_text, _nitf_text, _plain_text, lambda _: "")


def keywords(fields: Fields) -> Iterator[str]:
    """What it is about: subjects and keywords, then the people, organisations and places it names."""
    names = ("subject", "subjects", "keyword", "keywords", "person", "people", "organisation", "organisations",
             "organization", "organizations", "place", "places")  # fmt: skip
    for name in names:
        value = fields.get(name)
        yield from (string(one, "name") for one in _objects(value))
        yield from _strings(value)


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return value.split(",")
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else ()


def rights(fields: Fields) -> Iterator[str]:
    """Notice, credit, terms; of rights meant for machines, where they are or that there are some."""
    info = _objects(fields.get("rightsinfo"))
    yield from (string(one, "copyrightnotice", "copyrightholder") for one in (fields, *info))
    yield string(fields, "creditline")
    credits = (one for one in _objects(fields.get("descriptions")) if string(one, "role").lower() == "creditline")
    yield from (string(one, "value") for one in credits)
    yield from (string(one, "usageterms") for one in (fields, *info))
    for one in info:
        if linked := string(one, "linkedrights"):
            yield f"Rights: {linked}"
        if string(one, "encodedrights"):
            yield f"Rights encoded in {string(one, 'langid') or 'an unnamed language'}; see the original"
