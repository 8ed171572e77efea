"""A film to its shots: decoded, scored, cut, each with a keyframe. Bounded in memory; able to go on where it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from newsreel.core.protocols import ShotModel
from newsreel.core.rows import SHOTS
from newsreel.core.shots import Transition
from newsreel.ingest.videos import Footage, Frame, Position
from newsreel.models.shots.boundaries import RECIPE, Boundary, BoundaryFinder, calm
from newsreel.models.shots.scoring import CONTEXT, STRIDE, Scorer
from newsreel.pipeline.keyframes import KEYFRAME_SIDE, PICTURE_EVERY, Candidates, Keyframe

__all__ = ["CUTTING_VERSION", "cut"]

CUTTING_VERSION = f"1 {RECIPE}"
"""Part of the key of a film's shots: raise it when the same probabilities would make other shots or keyframes."""

FRAMES_A_TABLE = 100

AGAIN = "again"
"""The progress of a film's last row where another try may find more: the time was up, the disk did not answer."""


def cut(footage: Footage, model: ShotModel, key: str, uri: str, opened: Mapping[str, Any] | None) -> Iterator[pa.Table]:
    """The film's shots as tables of `SHOTS` rows, one every `FRAMES_A_TABLE` frames.

    It goes on from where `opened`, the open row of a film that was begun, says. Every table but the last ends with the
    open row from which to go on after it. A film without a picture gives none.
    """
    cutting = _Cutting(model, key, uri, opened)
    for frame in footage.frames(cutting.resume):
        cutting.take(frame)
        if cutting.frames_since_table == FRAMES_A_TABLE:
            yield cutting.table()
    loss = "; ".join(footage.losses)
    if cutting.last is not None:
        yield cutting.finish(footage.end_ns, loss, footage.may_find_more)
    elif opened and opened["end_frame"] > opened["start_frame"]:  # the time was up before it was there again
        yield _ended(opened, loss)


def _ended(opened: Mapping[str, Any], loss: str) -> pa.Table:
    """The film as far as it was known when it was left."""
    last = {"transition": Transition.END.value, "loss": loss, "progress": AGAIN}
    return pa.Table.from_pylist([{**opened, **last}], SHOTS)


class _Cutting:
    """Frames in, rows out. What it holds is bounded: the frames whose shot is not known yet, a few hundred."""

    def __init__(self, model: ShotModel, key: str, uri: str, opened: Mapping[str, Any] | None) -> None:
        self._shared = {"key": key, "uri": uri}
        going_on = json.loads(opened["progress"]) if opened and opened["progress"] else None
        self.resume: Position | None = None
        self._settled, self._position, self._start, best = 0, 0, (0, 0), None
        if opened and going_on:
            self.resume = Position.from_json(going_on["position"])
            self._settled, self._position = opened["end_frame"], opened["position"]
            self._start = (opened["start_frame"], opened["start_ns"])
            if opened["keyframe"]:
                best = Keyframe(-1, opened["sharpness"], opened["keyframe"], calm=going_on["calm"])
        self._known = self._settled // STRIDE * STRIDE  # so many frames' probabilities are known, or need not be
        self._found_before = self._settled - self._known
        self._scorer = Scorer(model, self._known)
        self._finder = BoundaryFinder(self._settled, self._start[0])
        self._candidates = Candidates(best)
        self._unscored: list[np.ndarray[Any, np.dtype[np.uint8]]] = []
        self._times: dict[int, int] = {}
        self._positions: dict[int, Position] = {}
        self._rows: list[dict[str, Any]] = []
        self.last: Frame | None = None
        self.frames_since_table = 0

    def take(self, frame: Frame) -> None:
        """The next frame of the film."""
        self.last = frame
        self.frames_since_table += 1
        self._unscored.append(frame.small)
        if frame.number == 0:
            self._start = (0, frame.time_ns)
        if (frame.number + CONTEXT) % STRIDE == 0:
            self._positions[frame.number] = frame.position
        if frame.number >= self._settled:
            self._times[frame.number] = frame.time_ns
            if frame.number % PICTURE_EVERY == 0:
                self._candidates.add(frame.number, frame.picture(KEYFRAME_SIDE))
        if len(self._unscored) == STRIDE:
            self._advance(self._scorer.push(np.stack(self._unscored)))
            self._unscored.clear()

    def table(self) -> pa.Table:
        """The shots that ended since the last table, and the open one with how to go on from here."""
        best = self._candidates.best
        open_row = self._row(self._settled, self._times[self._settled], best)
        resumes_at = self._settled // STRIDE * STRIDE - CONTEXT
        if resumes_at > 0:
            going_on = {"position": self._positions[resumes_at].to_json(), "calm": best is None or best.calm}
            open_row["progress"] = json.dumps(going_on)
        return self._tabled(open_row)

    def finish(self, end_ns: int, loss: str, may_find_more: bool) -> pa.Table:
        """The film is over, or as much of it as can be had now: the rest of its shots."""
        if self.last is None:
            raise ValueError("a film without a frame has no shots")
        if self._unscored:
            self._advance(self._scorer.push(np.stack(self._unscored)))
        self._advance(self._scorer.finish())
        end = self.last.number + 1
        for boundary in self._finder.finish():
            self._close(boundary)
        self._candidates.settle(end)
        best = self._candidates.best or Keyframe(self.last.number, 0.0, self.last.picture(KEYFRAME_SIDE))
        last = self._row(end, max(end_ns, self._start[1]), best)
        again = {"progress": AGAIN} if may_find_more else {}
        return self._tabled(last | again | {"transition": Transition.END.value, "loss": loss})

    def _tabled(self, last: dict[str, Any]) -> pa.Table:
        rows, self._rows, self.frames_since_table = [*self._rows, last], [], 0
        return pa.Table.from_pylist(rows, SHOTS)

    def _advance(self, probabilities: np.ndarray[Any, np.dtype[np.float32]]) -> None:
        self._candidates.judge({self._known + int(n) for n in np.flatnonzero(~calm(probabilities))})
        self._known += len(probabilities)
        news = probabilities[self._found_before :]
        self._found_before -= len(probabilities) - len(news)
        for boundary in self._finder.push(news):
            self._close(boundary)
        self._settle()

    def _close(self, boundary: Boundary) -> None:
        """The open shot ends at this boundary."""
        self._candidates.settle(boundary.frame)
        ends_ns = self._times[boundary.frame]
        row = self._row(boundary.frame, ends_ns, self._candidates.next_shot())
        frames = boundary.transition_frames
        self._rows.append(
            row | {"transition": boundary.transition.value, "transition_frames": None if frames is None else [*frames]}
        )
        self._position += 1
        self._start = (boundary.frame, ends_ns)

    def _settle(self) -> None:
        """Let go of what no boundary can depend on any more."""
        self._settled = max(self._settled, self._finder.settled)
        self._candidates.settle(self._settled)
        for number in [n for n in self._times if n < self._settled]:
            del self._times[number]
        for number in [n for n in self._positions if n < self._settled // STRIDE * STRIDE - CONTEXT]:
            del self._positions[number]

    def _row(self, end_frame: int, end_ns: int, keyframe: Keyframe | None) -> dict[str, Any]:
        """The open shot as a row, ending or known up to here."""
        return self._shared | {
            "id": f"{self._shared['key']}#{self._position:06d}",
            "position": self._position,
            "start_frame": self._start[0],
            "end_frame": end_frame,
            "start_ns": self._start[1],
            "end_ns": end_ns,
            "transition": "",
            "keyframe": None if keyframe is None else keyframe.jpeg(),
            "sharpness": None if keyframe is None else keyframe.sharpness,
        }
