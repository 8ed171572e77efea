"""A film to its shots: decoded, scored, cut, each with a keyframe. Bounded in memory; able to go on where it was."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from newsreel.core.protocols import ShotModel
from newsreel.core.rows import SHOTS
from newsreel.core.shots import Transition
from newsreel.core.times import TimeRange
from newsreel.ingest.videos import Footage, Frame, Position, reading_ahead
from newsreel.models.shots.boundaries import RECIPE, Boundary, BoundaryFinder, calm
from newsreel.models.shots.scoring import CONTEXT, STRIDE, Scorer
from newsreel.pipeline.keyframes import KEYFRAME_SIDE, PICTURE_EVERY, Candidate, detail_of
from newsreel.pipeline.marks import Looks
from newsreel.pipeline.opened import OpenShot, Progress
from newsreel.pipeline.pace import Pace

__all__ = ["CUTTING_VERSION", "Cutting"]

CUTTING_VERSION = f"2 {RECIPE}"
"""Part of the key of a film's shots: raise it when the same probabilities would make other rows of it."""

FRAMES_A_TABLE = 100
"""After so many frames there is a table, as soon as anything new is known."""

FRAMES_A_PUSH = 25

SEEN_AHEAD = STRIDE
"""So many frames are decoded while the network looks at as many."""

AGAIN = "again"
"""The progress of a film's last row where another try may find more: the time was up, the disk did not answer."""

Silences = Callable[[], Sequence[TimeRange]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of a frame until its shot is known: some 4 kB, and of every fifth frame a JPEG."""

    number: int
    looks: Looks
    candidate: Candidate | None
    position: Position | None
    """Where the film may be taken up from here."""


class Cutting:
    """Frames in, rows out. What it holds is bounded: the frames whose shot is not known yet, some hundreds."""

    def __init__(
        self, model: ShotModel, key: str, uri: str, silences: Silences, opened: Mapping[str, Any] | None = None
    ) -> None:
        """Go on from where `opened`, the open row of a film that was begun, says.

        `silences` are asked for once in a film: the stretches of it in which nothing is to be heard.
        """
        self._shared = {"key": key, "uri": uri}
        self._left = opened if opened and opened["end_frame"] > opened["start_frame"] else None
        going_on = Progress.of(opened)
        self._resume = None if going_on is None else Position.from_json(going_on.position)
        self._silences = tuple(silences()) if going_on is None else going_on.silences
        self._shot = OpenShot() if opened is None or going_on is None else OpenShot.from_row(opened)
        self._settled = 0 if opened is None or going_on is None else opened["end_frame"]
        self._known = self._settled // STRIDE * STRIDE  # so many frames' probabilities are known, or need not be
        self._found_before = self._settled - self._known
        self._scorer = Scorer(model, self._known)
        self._finder = BoundaryFinder(self._settled, self._shot.start_frame)
        self._unscored: list[npt.NDArray[np.uint8]] = []
        self._waiting: deque[_Seen] = deque()
        self._restless: set[int] = set()
        self._positions: dict[int, Position] = {}
        self._rows: list[dict[str, Any]] = []
        self._next = 0
        """The number of the next frame; 0 before the first one came."""
        self.pace = Pace()
        """Of the frames that came."""
        self.size = (0, 0)
        """Of the film's first picture, as shown."""

    def tables(self, footage: Footage) -> Iterator[pa.Table]:
        """The film's shots as tables of `SHOTS` rows, which come as they are known.

        Every table but the last ends with the open row from which to go on after it. A film without a picture gives
        none.
        """
        since = 0
        with closing(reading_ahead(self._seen(footage), SEEN_AHEAD)) as ahead:
            for seen in ahead:
                self._take(seen)
                since += 1
                if len(self._unscored) == FRAMES_A_PUSH and self._advance() and since >= FRAMES_A_TABLE:
                    yield self._table()
                    since = 0
        loss = "; ".join(footage.losses)
        if self._left is not None and self._next <= self._left["end_frame"]:  # the time was up before it was there
            yield self._ended(self._left, loss)
        elif self._next:
            yield self._finish(footage.end_ns, loss, footage.may_find_more)

    def _seen(self, footage: Footage) -> Iterator[_Seen]:
        """The frames, with all that is made of their pictures: none of these is kept. For the thread that decodes."""
        for frame in footage.frames(self._resume):
            if frame.number == 0:
                self.size = frame.size
            yield self._looked_at(frame)

    def _looked_at(self, frame: Frame) -> _Seen:
        position = frame.position if (frame.number + CONTEXT) % STRIDE == 0 else None
        if frame.number % PICTURE_EVERY:
            return _Seen(frame.number, Looks(frame.time_ns, frame.small, None), None, position)
        picture = frame.picture(KEYFRAME_SIDE)
        candidate = Candidate.of(frame.number, frame.time_ns, frame.small, picture)
        return _Seen(frame.number, Looks(frame.time_ns, frame.small, detail_of(picture)), candidate, position)

    def _take(self, seen: _Seen) -> None:
        time_ns = seen.looks.time_ns
        self._next = seen.number + 1
        self.pace.take(time_ns)
        self._unscored.append(seen.looks.small)
        if seen.number == 0:
            self._shot = OpenShot(start_ns=time_ns)
        if seen.position is not None:
            self._positions[seen.number] = seen.position
        if seen.number >= self._settled:
            self._waiting.append(seen)

    def _table(self) -> pa.Table:
        """The shots that ended since the last table, and the open one with how to go on from here."""
        time_ns = self._waiting[0].looks.time_ns
        resumes_at = self._settled // STRIDE * STRIDE - CONTEXT
        progress = None
        if resumes_at > 0:
            to_come = tuple(silence for silence in self._silences if silence.end_ns > self._shot.start_ns)
            progress = Progress(self._positions[resumes_at].to_json(), to_come, self._shot.marking).to_json()
        return self._tabled(self._shot.open_row(self._settled, time_ns) | {"progress": progress})

    def _finish(self, end_ns: int, loss: str, may_find_more: bool) -> pa.Table:
        """The film is over, or as much of it as can be had now: the rest of its shots."""
        if self._unscored:
            self._advance()
        self._judge(self._scorer.finish())
        for boundary in self._finder.finish():
            self._close(boundary)
        end = self._known
        self._settle(end)
        last = self._shot.closed_row(end, max(end_ns, self._shot.start_ns), self._silences)
        again = {"progress": AGAIN} if may_find_more else {}
        return self._tabled(last | again | {"transition": Transition.END.value, "loss": loss})

    def _ended(self, opened: Mapping[str, Any], loss: str) -> pa.Table:
        """The film as far as it was known when it was left."""
        row = OpenShot.from_row(opened).closed_row(opened["end_frame"], opened["end_ns"], self._silences)
        return self._tabled(row | {"transition": Transition.END.value, "loss": loss, "progress": AGAIN})

    def _tabled(self, last: dict[str, Any]) -> pa.Table:
        rows, self._rows = [*self._rows, self._shared | _identified(last, self._shared["key"])], []
        return pa.Table.from_pylist(rows, SHOTS)

    def _advance(self) -> bool:
        """Score what came; whether anything is known by now that was not."""
        frames = np.stack(self._unscored)
        self._unscored.clear()
        return self._judge(self._scorer.push(frames))

    def _judge(self, probabilities: npt.NDArray[np.float32]) -> bool:
        if not len(probabilities):
            return False
        self._restless |= {self._known + int(n) for n in np.flatnonzero(~calm(probabilities))}
        self._known += len(probabilities)
        news = probabilities[self._found_before :]
        self._found_before -= len(probabilities) - len(news)
        for boundary in self._finder.push(news):
            self._close(boundary)
        self._settle(self._finder.settled)
        return True

    def _close(self, boundary: Boundary) -> None:
        """The open shot ends at this boundary."""
        self._settle(boundary.frame)
        frames = boundary.transition_frames
        ends_ns = self._waiting[0].looks.time_ns
        row = self._shot.closed_row(boundary.frame, ends_ns, self._silences) | {
            "transition": boundary.transition.value,
            "transition_frames": None if frames is None else [*frames],
            "confidence": round(boundary.confidence, 4),
        }
        self._rows.append(self._shared | _identified(row, self._shared["key"]))
        self._shot = OpenShot(self._shot.position + 1, boundary.frame, ends_ns)

    def _settle(self, end: int) -> None:
        """The frames before `end` belong to the open shot: no boundary can depend on them any more."""
        while self._waiting and self._waiting[0].number < end:
            seen = self._waiting.popleft()
            self._shot.take(seen.looks, seen.candidate, is_calm=seen.number not in self._restless)
        self._settled = max(self._settled, end)
        self._restless = {number for number in self._restless if number >= self._settled}
        self._positions = {n: p for n, p in self._positions.items() if n >= self._settled // STRIDE * STRIDE - CONTEXT}


def _identified(row: dict[str, Any], key: str) -> dict[str, Any]:
    return row | {"id": f"{key}#{row['position']:06d}"}
