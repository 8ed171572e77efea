"""What comes out of a feed: pictures as they arrive, and where it broke off."""

from __future__ import annotations

from dataclasses import dataclass, field

from av.video.frame import VideoFrame

from newsreel.ingest.videos import Pixels, Turn, scaled

__all__ = ["Arrival", "Broken", "Counts"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One picture of a feed. A number that is left out is a picture that came and was dropped."""

    number: int
    """From 0, in the whole feed: those that were dropped are counted."""
    time_ns: int
    """The feed's clock: 0 at its first picture, later at each, whatever the feed's own timestamps do."""
    wall_ns: int
    """When it arrived, since the Unix epoch."""
    arrived_s: float
    """When what it was decoded from was read, by `time.monotonic`: from this lag is counted."""
    due_s: float
    """When a player would show it, by `time.monotonic`; never before it arrived."""
    small: Pixels
    """The whole picture upright, uint8 [27, 48, 3], RGB."""
    cue: str
    """What was said or shown as text since the last arrival; mostly nothing."""
    size: tuple[int, int]
    """Width and height as shown: upright, with square pixels."""
    _decoded: VideoFrame = field(repr=False)
    _turn: Turn = field(repr=False)

    @property
    def held_bytes(self) -> int:
        """How much memory the picture takes while it can be asked for."""
        return sum(plane.buffer_size for plane in self._decoded.planes)

    def picture(self, max_side: int) -> Pixels:
        """The picture as shown, uint8 [h, w, 3], RGB, its longer side at most `max_side`."""
        return scaled(self._decoded, self._turn, self.size, max_side)


@dataclass(frozen=True, slots=True)
class Broken:
    """The feed broke off, or could not be reached: what was open ends here, the next arrival begins anew."""

    why: str
    """For people, without the feed's address."""
    at_ns: int
    """The feed's clock: when its last picture was shown, 0 where it has had none."""


@dataclass(frozen=True, slots=True)
class Counts:
    """A feed's account so far."""

    received: int
    """Pictures that came, dropped ones among them."""
    dropped: int
    """Of them: pictures that were given to nobody, because the consumer or the decoder was behind."""
    damaged: int
    """Packets and pictures that were damaged: passed over, or shown as far as they could be decoded."""
    reconnects: int
    """How often it was connected to again, with success or without."""
    fps: float
    """Pictures a second on the feed's clock, of the last few seconds; 0 before the second one."""
    ended: bool
    """Whether nothing more will come."""
