"""A place in a film, written down, and finding the very same picture again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import av
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from newsreel.ingest.videos import _pictures
from newsreel.ingest.videos._clock import Clock
from newsreel.ingest.videos._decoding import byte_of, stamp_of
from newsreel.ingest.videos._losses import Loss, Losses, What
from newsreel.ingest.videos._opening import Opened

__all__ = ["Position", "matching", "seek"]

_MOST_BEYOND = 64
"""So many pictures with a later timestamp, and the one that is looked for will not come."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a film from which reading can go on as if it had never stopped. Small, and JSON both ways."""

    number: int
    """Of the picture."""
    stamp: int | None
    """Its own timestamp, in the stream's ticks."""
    byte: int | None
    """Where its packet lies in the file."""
    fingerprint: int
    """Of its pixels."""
    clock: Clock
    """As it stands after the picture."""
    losses: Losses
    """Up to it."""

    def to_json(self) -> str:
        """As text, for a table's column."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Position:
        """What `to_json` wrote. Raises ValueError for anything else."""
        try:
            said = json.loads(text)
            losses = Losses(tuple(Loss(**{**loss, "what": What(loss["what"])}) for loss in said["losses"]["entries"]))
            return cls(**{**said, "clock": Clock(**said["clock"]), "losses": losses})
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a position in a film: {error}") from None


def seek(film: Opened, position: Position, run_up_s: int) -> bool:
    """Sets the container to before the position, by so much; whether it could, and it is not as good as the start."""
    if position.stamp is None:
        return False
    target = position.stamp - int(run_up_s / film.time_base)
    if target <= film.origin:
        return False
    try:
        film.container.seek(target, stream=film.stream)
    except (av.FFmpegError, OSError):
        return False
    return True


def matching(film: Opened, decoded: Iterator[VideoFrame], position: Position) -> Iterator[VideoFrame]:
    """The picture at the position, where it comes, and to the last pixel; nothing otherwise."""
    beyond = 0
    for picture in decoded:
        stamp = stamp_of(film, picture)
        if stamp == position.stamp and byte_of(picture) == position.byte:
            small = _pictures.small(picture, _pictures.Turn.of(picture), VideoReformatter())
            if _pictures.fingerprint(picture, small) == position.fingerprint:
                yield picture
            return
        beyond += stamp is not None and stamp > (position.stamp or 0)
        if beyond > _MOST_BEYOND:
            return
