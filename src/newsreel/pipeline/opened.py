"""The shot that is open while a film is cut: what is known of it so far, as a row and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from newsreel.core.rows import mark_from_row, mark_to_row
from newsreel.core.shots import Mark, MarkKind
from newsreel.core.times import TimeRange
from newsreel.pipeline.keyframes import Candidate, Candidates, look_of
from newsreel.pipeline.marks import Looks, Marker

__all__ = ["OpenShot", "Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How to go on with a film that was begun."""

    position: str
    """Where in it, as `ingest.videos.Position` writes it."""
    silences: tuple[TimeRange, ...]
    """Of all the film that is to come."""
    marking: dict[str, Any]
    """As `OpenShot.marking` gives it."""

    @classmethod
    def of(cls, opened: Mapping[str, Any] | None) -> Self | None:
        """What an open row says; None where it is quickest to begin anew."""
        if not opened or not opened["progress"]:
            return None
        said = json.loads(opened["progress"])
        return cls(said["position"], tuple(TimeRange(*times) for times in said["silences"]), said["marking"])

    def to_json(self) -> str:
        """As it stands in an open row."""
        silences = [(silence.start_ns, silence.end_ns) for silence in self.silences]
        return json.dumps({"position": self.position, "silences": silences, "marking": self.marking})


class OpenShot:
    """Its frames come in order, once it is sure that they are its own."""

    def __init__(self, position: int = 0, start_frame: int = 0, start_ns: int = 0) -> None:
        """The film's shot at this position, from 0, begins here."""
        self.position = position
        self.start_frame = start_frame
        self.start_ns = start_ns
        self._candidates = Candidates(start_frame)
        self._marker = Marker()

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """The shot that `open_row` and its `Progress` tell of."""
        shot = cls(row["position"], row["start_frame"], row["start_ns"])
        shot._candidates = Candidates(shot.start_frame, [Candidate.from_row(one) for one in row["candidates"]])
        if going_on := Progress.of(row):
            shot._marker = Marker.from_json(going_on.marking, [mark_from_row(mark) for mark in row["marks"]])
        return shot

    @property
    def marking(self) -> dict[str, Any]:
        """What is not over yet of what it is marked for."""
        return self._marker.to_json()

    def take(self, looks: Looks, candidate: Candidate | None, *, is_calm: bool) -> None:
        """Its next frame."""
        self._marker.take(looks)
        if candidate is not None:
            self._candidates.add(replace(candidate, calm=is_calm))

    def open_row(self, end_frame: int, end_ns: int) -> dict[str, Any]:
        """As known up to here."""
        return self._row(end_frame, end_ns) | {
            "transition": "",
            "candidates": [one.to_row() for one in self._candidates.kept],
            "marks": [mark_to_row(mark) for mark in self._marker.marks],
        }

    def closed_row(self, end_frame: int, end_ns: int, silences: Iterable[TimeRange]) -> dict[str, Any]:
        """As it is now that it ends here."""
        silent = [Mark(MarkKind.SILENCE, silence) for silence in _within(silences, self.start_ns, end_ns)]
        marks = sorted([*self._marker.finish(end_ns), *silent], key=lambda mark: (mark.time, mark.kind))
        row = self._row(end_frame, end_ns) | {"marks": [mark_to_row(mark) for mark in marks]}
        chosen = self._candidates.chosen
        if chosen is None:
            return row
        looks = None if chosen.blank else look_of(chosen.jpeg)
        return row | {"keyframe": chosen.jpeg, "keyframe_ns": chosen.time_ns, "look": looks}

    def _row(self, end_frame: int, end_ns: int) -> dict[str, Any]:
        return {
            "position": self.position,
            "start_frame": self.start_frame,
            "end_frame": end_frame,
            "start_ns": self.start_ns,
            "end_ns": end_ns,
        }


def _within(silences: Iterable[TimeRange], start_ns: int, end_ns: int) -> Sequence[TimeRange]:
    """What of them lies between these times."""
    cut = [(max(silence.start_ns, start_ns), min(silence.end_ns, end_ns)) for silence in silences]
    return [TimeRange(start, end) for start, end in cut if start < end]
