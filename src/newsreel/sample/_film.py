"""What a film of the sample is made of: takes of drawn scenes, a camera that moves over them, and how they are joined.

The frames and the truth about them (where the cuts are) come from the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from newsreel.sample._pen import Pen
from newsreel.sample._planes import Planes

__all__ = ["FRAME_RATE", "HEIGHT", "WIDTH", "Film", "Framing", "Join", "Take", "still"]

WIDTH, HEIGHT, FRAME_RATE = 640, 360, 25
_BLACK = Planes.black(WIDTH, HEIGHT)


class Join(StrEnum):
    """How a take follows the one before it."""

    CUT = "cut"
    DISSOLVE = "dissolve"
    FADE = "fade"
    """Through black."""


@dataclass(frozen=True, slots=True)
class Framing:
    """The part of a scene that the camera sees, 16 wide for 9 high. In pixels of the scene."""

    left: float
    top: float
    width: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom."""
        return self.left, self.top, self.left + self.width, self.top + self.width * HEIGHT / WIDTH

    def towards(self, other: Framing, share: float) -> Framing:
        """What the camera sees on its way from here to another framing: it starts and stops gently."""
        eased = share * share * (3 - 2 * share)
        return Framing(
            self.left + (other.left - self.left) * eased,
            self.top + (other.top - self.top) * eased,
            self.width + (other.width - self.width) * eased,
        )


def still(pen: Pen, seconds: float) -> None:
    """A scene in which nothing moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One run of the camera."""

    scene: Callable[[], Image.Image]
    life: Callable[[Pen, float], None] = still
    """Draws what moves in the scene at a time in seconds."""
    frames: int
    """How long it is seen alone; a dissolve or fade at either end comes on top."""
    opens: Framing
    closes: Framing
    sway: float = 0.0
    """How far a camera held by hand wanders, in pixels of the scene."""
    join: Join = Join.CUT
    join_frames: int = 0
    """How long the dissolve or fade from the take before it lasts."""


@dataclass(frozen=True, slots=True)
class _Placed:
    take: Take
    first: int
    last: int
    """Exclusive."""

    def picture(self, scene: Planes, number: int) -> Planes:
        seconds, share = (number - self.first) / FRAME_RATE, (number - self.first) / (self.last - self.first - 1)
        seen = self.take.opens.towards(self.take.closes, share)
        wander = self.take.sway
        held = Framing(
            seen.left + wander * (math.sin(1.7 * seconds) + 0.4 * math.sin(4.1 * seconds)),
            seen.top + wander * (0.6 * math.sin(2.3 * seconds + 1) + 0.3 * math.sin(5.3 * seconds)),
            seen.width,
        )
        picture = scene.part(held.box, WIDTH, HEIGHT)
        self.take.life(Pen(picture, held.box), seconds)
        return picture


@dataclass(frozen=True, slots=True)
class Film:
    """Takes in order."""

    takes: tuple[Take, ...]

    @property
    def frames(self) -> int:
        """How many it has."""
        return sum(take.frames + take.join_frames for take in self.takes)

    @property
    def cuts(self) -> tuple[int, ...]:
        """The first frame after each hard cut."""
        return tuple(placed.first for placed in self._placed()[1:] if placed.take.join is Join.CUT)

    @property
    def gradual(self) -> tuple[tuple[int, int], ...]:
        """The frames of each dissolve and fade, half-open."""
        joins = ((placed.first, placed.first + placed.take.join_frames) for placed in self._placed())
        return tuple((first, last) for first, last in joins if first < last)

    def _placed(self) -> list[_Placed]:
        """Both takes of a dissolve or fade are placed over all of it."""
        placed, first = [], 0
        following = [take.join_frames for take in self.takes[1:]] + [0]
        for take, after in zip(self.takes, following, strict=True):
            placed.append(_Placed(take, first, first + take.join_frames + take.frames + after))
            first += take.join_frames + take.frames
        return placed

    def pictures(self) -> Iterator[Planes]:
        """Every frame."""
        drawn = {scene: Planes.of(scene()) for scene in {take.scene for take in self.takes}}
        placed = self._placed()
        for number in range(self.frames):
            *earlier, later = (one for one in placed if one.first <= number < one.last)
            picture = later.picture(drawn[later.take.scene], number)
            for one in earlier:
                before = one.picture(drawn[one.take.scene], number)
                picture = _joined(before, picture, later.take, number - later.first)
            yield picture


def _joined(earlier: Planes, later: Planes, take: Take, frame: int) -> Planes:
    share = (frame + 1) / (take.join_frames + 1)
    if take.join is Join.DISSOLVE:
        return earlier.blend(later, share)
    return _BLACK.blend(earlier if share < 0.5 else later, abs(1 - 2 * share))
