"""What a container says of its film, from whichever of the many names each field has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from newsreel.ingest import text
from newsreel.ingest.dates import parse_ns

__all__ = ["fields_of"]

_APPLE = "com.apple.quicktime."
_MOST_TAGS = 1_000
_LONGEST_NAME = 200
_MOST_CHARACTERS = 100_000
_HEADLINE = ("title", "headline")
_CAPTION = ("description", "synopsis", "comment", "comments", "summary")
_BYLINE = ("artist", "author", "creator", "director")
_RIGHTS = ("copyright", "credit", "license", "rights")
_KEYWORDS = ("keywords", "keyword", "subject")
_DATES = ("creationdate", "date_recorded", "date", "date_released", "creation_time")
# What programs write where a person wrote nothing.
_PROGRAMS = re.compile(
    r"(?i)lav[cf][\d.].*|(?:video|sound|data|core media) ?(?:media )?handler|handbrake.*|vid:v[0-9a-z]+|default"
    r"|(?:encoded|created) (?:by|with) \S+( \S+){0,3}|untitled(?: \d+)?|no (?:title|description)"
    r"|(?:img|dsc|mvi|vid|dji|go?pr?)[_-]?\d+"
)
_FILE_NAME = re.compile(r"(?i)\S+\.(?:mp4|mov|mkv|webm|avi|mxf|mpe?g|m2?ts|wmv|flv|prproj|aep|drp)")
_COORDINATES = re.compile(r"[\d+\-., ;]+(?:CRS\S*)?/?")
_NEVER_A_DATE = re.compile(r"(?:1904|1970)-01-01|0")
_FIRST_DIGITAL = "1990"


def fields_of(metadata: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an item that the container's tags fill, by their names."""
    tags = _normalised(metadata)
    place = _spoken(_values(tags, ("location", "location.name", "place")))
    fields = {
        "headline": text.line(_spoken(_values(tags, _HEADLINE))),
        "caption": text.paragraphs(text.wrapped(_spoken(_values(tags, _CAPTION)))),
        "byline": text.byline(_spoken(_values(tags, _BYLINE))),
        "rights": text.joined(_values(tags, _RIGHTS)),
        "keywords": text.keywords(re.split(r"[,;]", ",".join(_values(tags, _KEYWORDS)))),
        "place": "" if _COORDINATES.fullmatch(place) else text.line(place),
        "published_ns": _published_ns(tags),
    }
    return {name: value for name, value in fields.items() if value or value == 0}


def _normalised(metadata: Mapping[str, str]) -> dict[str, str]:
    """Names in lower case, without a maker's prefix; `title-eng` where there is no `title`."""
    tags: dict[str, str] = {}
    for name, value in islice(metadata.items(), _MOST_TAGS):
        tags.setdefault(name[:_LONGEST_NAME].lower().removeprefix(_APPLE), value[:_MOST_CHARACTERS].strip())
    for name in tuple(tags):
        if re.fullmatch(r"\w+-[a-z]{3}", name):
            tags.setdefault(name[:-4], tags[name])
    return tags


def _values(tags: Mapping[str, str], names: Iterable[str]) -> list[str]:
    return [tags[name] for name in names if tags.get(name)]


def _spoken(values: Iterable[str]) -> str:
    """The first that a person wrote."""
    return next((v for v in values if not _PROGRAMS.fullmatch(v) and not _FILE_NAME.fullmatch(v)), "")


def _published_ns(tags: Mapping[str, str]) -> int | None:
    said = [
        tags[name]
        for name in _DATES
        if tags.get(name)
        and not _NEVER_A_DATE.match(tags[name])
        and not (name == "creation_time" and tags[name] < _FIRST_DIGITAL)  # a clock that was never set
        and parse_ns(tags[name]) is not None
    ]
    if not said:
        return None
    first = said[0]
    if len(first) == len("2024"):  # a year alone is less than what another tag may say of the same year
        first = max((value for value in said if value.startswith(first)), key=len)
    return parse_ns(first)
