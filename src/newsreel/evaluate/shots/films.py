"""Films with what is true of them: where one shot becomes another, and where it only looks so."""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Interpolation, VideoReformatter

__all__ = ["CUT", "Distractor", "Edit", "Film", "Pixels", "squeezed"]

CUT = "cut"

Pixels = npt.NDArray[np.uint8]
"""`[frames, height, width, 3]`, RGB."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A transition that is there."""

    kind: str
    """CUT, or how a gradual one is made."""
    start_frame: int
    """The first frame that is not of the old shot alone; of a cut the first of the new shot."""
    end_frame: int
    """The first of the new shot alone: a cut's is its `start_frame`."""

    def __post_init__(self) -> None:
        if (self.kind == CUT) != (self.start_frame == self.end_frame) or self.start_frame > self.end_frame:
            raise ValueError(f"a {self.kind} from frame {self.start_frame} to {self.end_frame}")


@dataclass(frozen=True, slots=True)
class Distractor:
    """What happens in a shot and ends none, in a half-open range of frames."""

    kind: str
    start_frame: int
    end_frame: int


@dataclass(frozen=True, slots=True)
class Film:
    """A film's frames and the truth."""

    name: str
    small: Pixels
    """As the model sees them, `[n, 27, 48, 3]`."""
    pictures: Pixels
    """As others see them, `[n, height, width, 3]`."""
    edits: tuple[Edit, ...]
    """By frame; no two share one."""
    distractors: tuple[Distractor, ...] = ()


def squeezed(pictures: Pixels) -> Pixels:
    """`[n, 27, 48, 3]`, made as from a file: by FFmpeg's bicubic scaler."""
    scaler = VideoReformatter()
    frames = (av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24") for picture in pictures)
    small = (
        scaler.reformat(frame, 48, 27, "rgb24", interpolation=Interpolation.BICUBIC, threads=1) for frame in frames
    )
    return np.stack([frame.to_ndarray() for frame in small]).astype(np.uint8, copy=False)
