"""A stretch of a feed, from one break to the next, to its shots as they end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from newsreel.core.protocols import ShotModel
from newsreel.core.times import NS_PER_S
from newsreel.live.arrivals import Arrival
from newsreel.live.lag import USUAL_RATE, frame_rate, late_frames
from newsreel.live.opened import EndedShot, OpenLiveShot, Seen, seen
from newsreel.models.shots import Boundary, BoundaryFinder, Scorer, calm
from newsreel.models.shots.config import MAX_WINDOW
from newsreel.models.shots.scoring import Windows

__all__ = ["Stretch"]

_RATE_FRAMES = 26
"""So many pictures tell the frame rate; a shot can hardly be known any sooner."""


class Stretch:
    """Pictures in, ended shots out. It holds the frames whose shot is not known yet, a few hundred.

    The boundaries are those that the archive's path finds in the same frames with the same windows.
    """

    def __init__(self, model: ShotModel, windows: Callable[[float], Windows]) -> None:
        """Score with this model in the windows chosen for the feed's frame rate, which its first pictures tell."""
        self._model = model
        self._windows = windows
        self._scorer: Scorer | None = None
        self._laid_out: Windows | None = None
        self._rate = USUAL_RATE
        self._finder = BoundaryFinder()
        self._unscored: list[npt.NDArray[np.uint8]] = []
        self._latest = deque[npt.NDArray[np.uint8]](maxlen=MAX_WINDOW)
        """For windows that are laid out anew."""
        self._unsettled: deque[Seen] = deque()
        """From the first frame that a boundary may still come to depend on."""
        self._restless: set[int] = set()
        """Of these: which are in a transition, or near one."""
        self._taken = self._known = self._frame_ns = 0
        self._open: OpenLiveShot | None = None
        self._last: Seen | None = None

    def take(self, arrival: Arrival) -> list[EndedShot]:
        """The feed's next picture; the shots that have ended by now."""
        self._last = one = seen(arrival, self._taken)
        self._open = self._open or OpenLiveShot(one)
        self._unsettled.append(one)
        self._unscored.append(arrival.small)
        self._latest.append(arrival.small)
        self._taken += 1
        if self._scorer is None and self._taken < _RATE_FRAMES:
            return []
        return self._advance(self._score())

    @property
    def lag_s(self) -> float | None:
        """How late a cut is known at most, but for the scoring; None before the frame rate is known."""
        return None if self._laid_out is None else late_frames(self._laid_out) / self._rate

    def lay_out_anew(self) -> list[EndedShot]:
        """The windows to score in may be others now: what is not known yet is laid out in these."""
        if self._laid_out is None or self._laid_out == (windows := self._windows(self._rate)):
            return []
        start = self._known - windows.before - self._taken
        frames = [self._latest[0]] * max(0, windows.before - self._known) + [*self._latest][start:]
        self._laid_out = windows
        self._scorer = Scorer(self._model, windows.kept, windows)
        return self._advance(self._scorer.push(np.stack(frames)))

    def finish(self) -> list[EndedShot]:
        """The stretch is over: the rest of its shots. The last one's last picture is shown as long as any."""
        if self._open is None or self._last is None:
            return []
        ended = self._advance(self._score())
        ended += self._advance(self._opened().finish())
        ended += [self._end(boundary) for boundary in self._finder.finish()]
        self._settle(self._taken)
        return [*ended, self._open.end(self._last.number + 1, self._last.looks.time_ns + self._frame_ns)]

    def _opened(self) -> Scorer:
        if self._scorer is None:
            self._rate = frame_rate([one.looks.time_ns for one in self._unsettled])
            self._frame_ns = round(NS_PER_S / self._rate)
            self._laid_out = self._windows(self._rate)
            self._scorer = Scorer(self._model, windows=self._laid_out)
        return self._scorer

    def _score(self) -> npt.NDArray[np.float32]:
        frames, self._unscored = self._unscored, []
        return self._opened().push(np.stack(frames)) if frames else np.empty((0, 2), np.float32)

    def _advance(self, probabilities: npt.NDArray[np.float32]) -> list[EndedShot]:
        self._restless |= {self._known + int(n) for n in np.flatnonzero(~calm(probabilities))}
        self._known += len(probabilities)
        ended = [self._end(boundary) for boundary in self._finder.push(probabilities)]
        self._settle(self._finder.settled)
        return ended

    def _end(self, boundary: Boundary) -> EndedShot:
        """The open shot ends at this boundary, and the next begins."""
        frames = boundary.transition_frames
        if frames is not None:
            frames = (self._number(frames[0]), self._number(frames[1] - 1) + 1)
        self._settle(boundary.frame)
        first, ending = self._unsettled[0], self._open
        if ending is None:
            raise ValueError(f"no shot has begun before frame {boundary.frame}")
        self._open = OpenLiveShot(first)
        return ending.end_at(replace(boundary, transition_frames=frames), first)

    def _number(self, frame: int) -> int:
        """In the feed, of a frame of this stretch."""
        return self._unsettled[frame - self._unsettled[0].frame].number

    def _settle(self, frame: int) -> None:
        """The frames before this one belong to the open shot."""
        while self._open and self._unsettled and self._unsettled[0].frame < frame:
            one = self._unsettled.popleft()
            self._open.take(one, is_calm=one.frame not in self._restless)
            self._restless.discard(one.frame)
