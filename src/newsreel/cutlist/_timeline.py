"""A cut list as OpenTimelineIO's timeline: one track, a clip for each shot, what is marked in it as markers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opentimelineio import exceptions, opentime, schema

from newsreel.core.shots import MarkKind, Shot
from newsreel.core.times import TimeRange
from newsreel.cutlist.lists import CutList
from newsreel.cutlist.rulers import Ruler

__all__ = ["FAULTS", "places", "span", "tick", "timeline"]

_COLOURS = {
    MarkKind.BLACK: schema.MarkerColor.BLACK,
    MarkKind.BARS: schema.MarkerColor.MAGENTA,
    MarkKind.FREEZE: schema.MarkerColor.CYAN,
    MarkKind.SILENCE: schema.MarkerColor.YELLOW,
}
_GRADUAL = schema.MarkerColor.GREEN


FAULTS = (exceptions.OTIOError, ValueError, RuntimeError, LookupError, TypeError, AttributeError)
"""What OpenTimelineIO and its adapter raise at a text that is not what it should be."""


def timeline(
    film: CutList, ruler: Ruler, reference: Callable[[], Any], metadata: Callable[[int, Shot], dict[str, Any]]
) -> Any:
    """The film's timeline. `reference` is what its clips show, `metadata` what is said of each, by its place."""
    track = schema.Track(name="V", kind=schema.TrackKind.Video)
    for place, shot in enumerate(film.shots):
        clip = schema.Clip(film.name, reference(), span(ruler, *ruler.of(shot)), metadata(place, shot))
        clip.markers.extend(_markers(shot, ruler))
        track.append(clip)
    made = schema.Timeline(film.name)
    made.tracks.append(track)
    return made


def tick(ruler: Ruler, ticks: int) -> Any:
    """A place on the ruler, as OpenTimelineIO has it."""
    return opentime.RationalTime(ticks, float(ruler.rate))


def span(ruler: Ruler, start: int, end: int) -> Any:
    """From one place on the ruler to another."""
    return opentime.TimeRange(tick(ruler, start), tick(ruler, end - start))


def places(read: Any) -> tuple[int, ...]:
    """Where the clips of a timeline's first picture track begin, and where the last ends.

    In ticks of their own rate, counted from the source of the first. Raises one of `FAULTS`.
    """
    ranges = [clip.trimmed_range() for clip in read.video_tracks()[0].find_clips()]
    first = ranges[0].start_time
    ends = (*(each.start_time for each in ranges), ranges[-1].end_time_exclusive())
    return tuple(round((end - first).value) for end in ends)


def _markers(shot: Shot, ruler: Ruler) -> list[Any]:
    marked = [_marker(str(mark.kind), shot, mark.time, _COLOURS[mark.kind], ruler) for mark in shot.marks]
    if shot.transition_frames is not None:
        frames = shot.end_frame - shot.start_frame
        first = max(shot.transition_frames[0] - shot.start_frame, 0)
        start_ns = shot.time.start_ns + first * (shot.time.end_ns - shot.time.start_ns) // frames
        marked.append(_marker("gradual", shot, TimeRange(start_ns, shot.time.end_ns), _GRADUAL, ruler))
    return marked


def _marker(name: str, shot: Shot, time: TimeRange, colour: str, ruler: Ruler) -> Any:
    start, end = ruler.at(shot, time.start_ns), ruler.at(shot, time.end_ns)
    return schema.Marker(name, span(ruler, start, end), colour)
