"""The shot of a feed that has begun and not ended, and what is known of one that has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from newsreel.core.item import Cue
from newsreel.core.rows import SHOTS, shot_from_row
from newsreel.core.shots import Shot, Transition
from newsreel.core.times import TimeRange
from newsreel.live.arrivals import Arrival
from newsreel.models.shots import Boundary
from newsreel.pipeline.keyframes import KEYFRAME_SIDE, PICTURE_EVERY, Candidate, detail_of
from newsreel.pipeline.marks import Looks
from newsreel.pipeline.opened import OpenShot

__all__ = ["EndedShot", "OpenLiveShot", "Seen", "seen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedShot:
    """A shot of a feed, with what is known of it once it has ended."""

    shot: Shot
    """Frames and times are of the feed, from its first picture on; frames that were dropped count."""
    started_at_ns: int
    """When its first picture arrived, by the wall clock."""
    keyframe: bytes = field(repr=False)
    """A JPEG."""
    cues: tuple[Cue, ...]
    """What was said in it."""
    next_arrived_s: float | None
    """When the next shot's first picture arrived, by `time.monotonic`; None where it ended with the stretch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is remembered of a picture until its shot is known."""

    frame: int
    """Of the stretch, from 0."""
    number: int
    """In the feed."""
    wall_ns: int
    arrived_s: float
    cue: str
    looks: Looks
    candidate: Candidate | None
    """Of every few pictures."""


def seen(arrival: Arrival, frame: int) -> Seen:
    """A stretch's picture with this number, looked at."""
    looks, candidate = Looks(arrival.time_ns, arrival.small, None), None
    if frame % PICTURE_EVERY == 0:
        picture = arrival.picture(KEYFRAME_SIDE)
        looks = replace(looks, detail=detail_of(picture))
        candidate = Candidate.of(arrival.number, arrival.time_ns, arrival.small, picture)
    return Seen(
        frame=frame,
        number=arrival.number,
        wall_ns=arrival.wall_ns,
        arrived_s=arrival.arrived_s,
        cue=arrival.cue,
        looks=looks,
        candidate=candidate,
    )


class OpenLiveShot:
    """Takes the pictures that turn out to be of one shot. It holds a few of them, however long the shot is."""

    def __init__(self, first: Seen) -> None:
        """Begun with this picture, which is yet to be taken."""
        self._first = first
        self._shot = OpenShot(start_frame=first.number, start_ns=first.looks.time_ns)
        self._said: list[tuple[int, str]] = []

    def take(self, one: Seen, *, is_calm: bool) -> None:
        """The next picture."""
        self._shot.take(one.looks, one.candidate, is_calm=is_calm)
        if one.cue:
            self._said.append((one.looks.time_ns, one.cue))

    def end(self, end_frame: int, end_ns: int) -> EndedShot:
        """It ends here, with its stretch."""
        return self._ended(end_frame, end_ns, {"transition": Transition.END.value}, None)

    def end_at(self, boundary: Boundary, next_shot: Seen) -> EndedShot:
        """It ends at this boundary, whose frames are the feed's, and another begins."""
        frames = boundary.transition_frames
        how = {
            "transition": boundary.transition.value,
            "transition_frames": None if frames is None else [*frames],
            "confidence": round(boundary.confidence, 4),
        }
        return self._ended(next_shot.number, next_shot.looks.time_ns, how, next_shot.arrived_s)

    def _ended(self, end_frame: int, end_ns: int, how: dict[str, Any], next_arrived_s: float | None) -> EndedShot:
        row = dict.fromkeys(SHOTS.names) | self._shot.closed_row(end_frame, end_ns, ()) | how
        return EndedShot(
            shot=shot_from_row(row),
            started_at_ns=self._first.wall_ns,
            keyframe=row["keyframe"],
            cues=tuple(self._cues(end_ns)),
            next_arrived_s=next_arrived_s,
        )

    def _cues(self, end_ns: int) -> Iterator[Cue]:
        """What was said, each until the next or the shot's end."""
        for (start_ns, text), (stop_ns, _) in pairwise([*self._said, (end_ns, "")]):
            yield Cue(TimeRange(start_ns, stop_ns), text)
