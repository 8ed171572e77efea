"""Items, segments and shots as Arrow rows, between stages and in tables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import pyarrow as pa

from newsreel.core.item import Cue, Film, Item, Kind, Segment, Status
from newsreel.core.shots import Mark, MarkKind, Shot, Transition
from newsreel.core.times import TimeRange

__all__ = [
    "ITEM_FIELDS",
    "SEGMENT_FIELDS",
    "SHOTS",
    "item_from_row",
    "item_to_row",
    "mark_from_row",
    "mark_to_row",
    "path_from_text",
    "path_to_text",
    "plain",
    "segment_from_row",
    "segment_to_row",
    "shot_from_row",
]

_CUE = pa.struct([("start_ns", pa.int64()), ("end_ns", pa.int64()), ("text", pa.string())])
_FILM = pa.struct(
    [
        ("media_hash", pa.string()),
        ("duration_ns", pa.int64()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("codec", pa.string()),
        ("stream", pa.string()),
        ("cues", pa.list_(_CUE)),
    ]
)

ITEM_FIELDS: list[pa.Field] = [
    pa.field("uri", pa.string()),
    pa.field("kind", pa.string()),
    pa.field("version", pa.string()),
    pa.field("updated_ns", pa.int64()),
    pa.field("status", pa.string()),
    pa.field("headline", pa.string()),
    pa.field("body", pa.large_string()),
    pa.field("caption", pa.string()),
    pa.field("byline", pa.string()),
    pa.field("place", pa.string()),
    pa.field("published_ns", pa.int64()),
    pa.field("embargo_ns", pa.int64()),
    pa.field("keywords", pa.list_(pa.string())),
    pa.field("rights", pa.string()),
    pa.field("language", pa.string()),
    pa.field("media_path", pa.string()),
    pa.field("media_type", pa.string()),
    pa.field("film", _FILM),
    pa.field("loss", pa.string()),
]

SEGMENT_FIELDS: list[pa.Field] = [
    pa.field("id", pa.string()),
    pa.field("uri", pa.string()),
    pa.field("position", pa.int32()),
    pa.field("start", pa.int32()),
    pa.field("end", pa.int32()),
    pa.field("text", pa.string()),
    pa.field("context", pa.string()),
    pa.field("start_ns", pa.int64()),
    pa.field("end_ns", pa.int64()),
    pa.field("shot", pa.int32()),
    pa.field("repeated", pa.int32()),
    pa.field("alike", pa.int32()),
]

_MARK = pa.struct([("kind", pa.string()), ("start_ns", pa.int64()), ("end_ns", pa.int64())])
_CANDIDATE = pa.struct(
    [
        ("frame", pa.int64()),
        ("time_ns", pa.int64()),
        ("sharpness", pa.float64()),
        ("calm", pa.bool_()),
        ("blank", pa.bool_()),
        ("small", pa.binary()),
        ("jpeg", pa.binary()),
    ]
)

SHOTS = pa.schema(
    [
        ("id", pa.string()),
        ("key", pa.string()),
        ("position", pa.int32()),
        ("start_frame", pa.int64()),
        ("end_frame", pa.int64()),
        ("start_ns", pa.int64()),
        ("end_ns", pa.int64()),
        ("transition", pa.string()),
        ("transition_frames", pa.list_(pa.int64())),
        ("confidence", pa.float64()),
        ("keyframe", pa.large_binary()),
        ("keyframe_ns", pa.int64()),
        ("look", pa.int64()),
        ("marks", pa.list_(_MARK)),
        ("candidates", pa.list_(_CANDIDATE)),
        ("progress", pa.string()),
        ("loss", pa.string()),
        ("uri", pa.string()),
    ]
)
"""The shots of films, by the `key` of (the film's bytes, what cuts it).

While a film is being cut its last row is open: `transition` is empty, `end_frame` is how far it is known, `candidates`
are the pictures that may yet stand for it, `progress` says how to go on. The last row of a film that is done ends with
`Transition.END`, and its `loss` is the film's; there a `progress` says that another try may find more. `keyframe` is a
JPEG, `uri` the item for which the cutting was begun.
"""

_NAMES = [f.name for f in ITEM_FIELDS]


def plain(value: Any) -> Any:
    """A value as Arrow takes it."""
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def path_to_text(path: str) -> str:
    """A path may be any bytes, a column only UTF-8: it is percent-encoded."""
    return quote(os.fsencode(path))


def path_from_text(text: str) -> str:
    """The path that `path_to_text` made this of."""
    return os.fsdecode(unquote_to_bytes(text))


def item_to_row(item: Item) -> dict[str, Any]:
    """As a row of `ITEM_FIELDS`."""
    row = {name: plain(getattr(item, name)) for name in _NAMES}
    row["media_path"] = None if item.media_path is None else path_to_text(item.media_path)
    row["film"] = None if item.film is None else _film_to_row(item.film)
    return row


def item_from_row(row: Mapping[str, Any]) -> Item:
    """From a row that has at least `ITEM_FIELDS`."""
    values = {name: row[name] for name in _NAMES}
    path = values["media_path"]
    values["media_path"] = None if path is None else path_from_text(path)
    values["kind"] = Kind(values["kind"])
    values["status"] = Status(values["status"])
    values["keywords"] = tuple(values["keywords"] or ())
    values["film"] = None if values["film"] is None else _film_from_row(values["film"])
    return Item(**values)


def segment_to_row(segment: Segment) -> dict[str, Any]:
    """As a row of `SEGMENT_FIELDS`."""
    row = {f.name: getattr(segment, f.name, None) for f in SEGMENT_FIELDS}
    time = segment.time
    return row | ({} if time is None else {"start_ns": time.start_ns, "end_ns": time.end_ns})


def segment_from_row(row: Mapping[str, Any]) -> Segment:
    """From a row that has at least `SEGMENT_FIELDS`."""
    time = None if row["start_ns"] is None else TimeRange(row["start_ns"], row["end_ns"])
    names = ("id", "uri", "position", "start", "end", "text", "context", "shot", "repeated", "alike")
    return Segment(**{name: row[name] for name in names}, time=time)


def shot_from_row(row: Mapping[str, Any]) -> Shot:
    """From a row of `SHOTS` that is not open."""
    frames = row["transition_frames"]
    return Shot(
        start_frame=row["start_frame"],
        end_frame=row["end_frame"],
        time=TimeRange(row["start_ns"], row["end_ns"]),
        transition=Transition(row["transition"]),
        transition_frames=None if frames is None else (frames[0], frames[1]),
        confidence=row["confidence"],
        keyframe_ns=row["keyframe_ns"],
        look=row["look"],
        marks=tuple(mark_from_row(mark) for mark in row["marks"] or ()),
    )


def mark_to_row(mark: Mark) -> dict[str, Any]:
    """As it stands in `marks` of a row of `SHOTS`."""
    return {"kind": mark.kind.value, "start_ns": mark.time.start_ns, "end_ns": mark.time.end_ns}


def mark_from_row(row: Mapping[str, Any]) -> Mark:
    """What `mark_to_row` made."""
    return Mark(MarkKind(row["kind"]), TimeRange(row["start_ns"], row["end_ns"]))


def _film_to_row(film: Film) -> dict[str, Any]:
    cues = [{"start_ns": c.time.start_ns, "end_ns": c.time.end_ns, "text": c.text} for c in film.cues]
    return {name: getattr(film, name) for name in _FILM.names} | {"cues": cues}


def _film_from_row(row: Mapping[str, Any]) -> Film:
    cues = tuple(Cue(TimeRange(c["start_ns"], c["end_ns"]), c["text"]) for c in row["cues"])
    return Film(**{**row, "cues": cues})
