"""A cut list for scripts: as one JSON document, and as CSV."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsreel.cutlist import CutList

__all__ = ["as_csv", "as_json"]

_COLUMNS = (
    *("start_frame", "end_frame", "start_s", "end_s", "transition", "transition_start", "transition_end"),
    *("confidence", "keyframe_s", "marks", "like"),
)


def as_json(film: CutList) -> str:
    """The film and its shots; frames and seconds, half-open."""
    document = {
        "video": str(film.path),
        "frame_rate": float(film.frame_rate),
        "constant_frame_rate": film.constant_rate,
        "frames": film.frames,
        "size": film.size,
        "timecode": film.timecode or None,
        "chosen": film.chosen or None,
        "loss": film.loss or None,
        "shots": _shots(film),
    }
    said = {name: value for name, value in document.items() if value is not None}
    return json.dumps(said, ensure_ascii=False) + "\n"


def as_csv(film: CutList) -> str:
    """A line a shot; marks as `black 0.0-1.2; silence 0.0-3.0`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_line(fields) for fields in _shots(film))
    return out.getvalue()


def _shots(film: CutList) -> list[dict[str, Any]]:
    from newsreel.service.schemas import ShotAnswer

    return [shot.model_dump(mode="json", exclude_none=True) for shot in ShotAnswer.of_film(film.shots)]


def _line(fields: dict[str, Any]) -> dict[str, Any]:
    first, end = fields.pop("transition_frames", ("", ""))
    marks = "; ".join(f"{mark['kind']} {mark['start_s']}-{mark['end_s']}" for mark in fields["marks"])
    return fields | {"transition_start": first, "transition_end": end, "marks": marks}
