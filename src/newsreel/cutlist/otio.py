"""A cut list as OpenTimelineIO's own JSON, and one read back."""

from __future__ import annotations

from typing import Any

from opentimelineio import adapters, schema

from newsreel.core.errors import UnreadableError
from newsreel.core.shots import Shot
from newsreel.core.times import NS_PER_S
from newsreel.cutlist._timeline import FAULTS, places, span, tick, timeline
from newsreel.cutlist.lists import CutList
from newsreel.cutlist.rulers import Ruler

__all__ = ["otio", "read_otio"]


def otio(film: CutList) -> str:
    """A clip of the film's file for each shot; what is known of it is in its `metadata["newsreel"]`.

    In frames, from the film's own timecode; in nanoseconds where frames do not all last the same.
    """
    ruler = Ruler.of_film(film)
    first, end = ruler.of(film.shots[0])[0], ruler.of(film.shots[-1])[1]
    url = film.path.absolute().as_uri()
    likes = film.likes

    def reference() -> Any:
        return schema.ExternalReference(url, span(ruler, first, end))

    def said(place: int, shot: Shot) -> dict[str, Any]:
        return {"newsreel": _said(place, shot, likes[place])}

    made = timeline(film, ruler, reference, said)
    made.global_start_time = tick(ruler, first)
    made.metadata["newsreel"] = {
        "frame_rate": str(film.rate or film.frame_rate),
        "constant_frame_rate": film.rate is not None,
        "frames": film.frames,
        "loss": film.loss,
    }
    return str(adapters.write_to_string(made, "otio_json")) + "\n"


def read_otio(text: str) -> tuple[int, ...]:
    """The places at which its first picture track's clips begin, and that at which the last ends.

    Counted from the source of the first, in ticks of the timeline's own rate: frames, or nanoseconds. Raises
    UnreadableError.
    """
    try:
        return places(adapters.read_from_string(text, "otio_json"))
    except FAULTS as error:
        raise UnreadableError(f"not an OTIO timeline of clips: {error}") from None


def _said(place: int, shot: Shot, like: int | None) -> dict[str, Any]:
    said = {
        "index": place,
        "start_frame": shot.start_frame,
        "end_frame": shot.end_frame,
        "start_s": shot.time.start_ns / NS_PER_S,
        "end_s": shot.time.end_ns / NS_PER_S,
        "transition": str(shot.transition),
        "transition_frames": None if shot.transition_frames is None else list(shot.transition_frames),
        "confidence": shot.confidence,
        "keyframe_s": None if shot.keyframe_ns is None else shot.keyframe_ns / NS_PER_S,
        "like": like,
    }
    return {name: value for name, value in said.items() if value is not None}
