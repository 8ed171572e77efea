"""What is known of a video's pictures, as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from newsreel.core.item import Cue, Film
from newsreel.core.looks import likes
from newsreel.core.shots import Mark, MarkKind, Shot, Transition
from newsreel.service.schemas._base import Answer, Seconds, in_seconds

__all__ = ["FilmAnswer", "ShotAnswer"]


class CueAnswer(Answer):
    """A line of the transcript."""

    start_s: Seconds
    end_s: Seconds
    text: str

    @classmethod
    def of(cls, cue: Cue) -> CueAnswer:
        """The cue as this answer."""
        return cls(start_s=in_seconds(cue.time.start_ns), end_s=in_seconds(cue.time.end_ns), text=cue.text)


class FilmAnswer(Answer):
    """What a video's file says of its pictures."""

    duration_s: float | None = Field(description="Null where the file does not say.")
    width: int = Field(description="Of a picture as it is shown: upright, with square pixels.")
    height: int
    codec: str = Field(description="FFmpeg's name.", examples=["h264"])
    stream: str = Field(description="Which stream was taken, for people.")
    cues: list[CueAnswer] = Field(description="From subtitle files beside the video.")

    @classmethod
    def of(cls, film: Film) -> FilmAnswer:
        """The film as this answer."""
        return cls(
            duration_s=None if film.duration_ns is None else in_seconds(film.duration_ns),
            width=film.width,
            height=film.height,
            codec=film.codec,
            stream=film.stream,
            cues=[CueAnswer.of(cue) for cue in film.cues],
        )


class MarkAnswer(Answer):
    """A stretch of a shot that an editor skips."""

    kind: MarkKind
    start_s: Seconds
    end_s: Seconds

    @classmethod
    def of(cls, mark: Mark) -> MarkAnswer:
        """The mark as this answer."""
        return cls(kind=mark.kind, start_s=in_seconds(mark.time.start_ns), end_s=in_seconds(mark.time.end_ns))


class ShotAnswer(Answer):
    """A shot, as `newsreel shots` prints it."""

    start_frame: int
    end_frame: int = Field(description="Exclusive.")
    start_s: Seconds
    end_s: Seconds
    transition: Transition = Field(description="How the shot ends.")
    transition_frames: tuple[int, int] | None = Field(
        description="Of a gradual transition: the half-open range of its frames; the shot ends in its middle."
    )

    confidence: float | None = Field(
        description="How sure the model is of the boundary at its end, 0 to 1; null where it ends with the film."
    )
    keyframe_s: Seconds | None = Field(description="When the picture that stands for it is shown.")
    marks: list[MarkAnswer] = Field(description="What of it an editor skips, by time.")
    like: int | None = Field(
        description="Its picture is nearly the same as that of an earlier shot: the first such one's place, from 0."
    )

    @classmethod
    def of_film(cls, shots: Sequence[Shot]) -> list[ShotAnswer]:
        """All of a film's shots as such answers."""
        return [cls.of(shot, like) for shot, like in zip(shots, likes([shot.look for shot in shots]), strict=True)]

    @classmethod
    def of(cls, shot: Shot, like: int | None = None) -> ShotAnswer:
        """One shot as this answer; `like` is the place of the first one that it looks like."""
        return cls(
            start_frame=shot.start_frame,
            end_frame=shot.end_frame,
            start_s=in_seconds(shot.time.start_ns),
            end_s=in_seconds(shot.time.end_ns),
            transition=shot.transition,
            transition_frames=shot.transition_frames,
            confidence=None if shot.confidence is None else round(shot.confidence, 4),
            keyframe_s=None if shot.keyframe_ns is None else in_seconds(shot.keyframe_ns),
            marks=[MarkAnswer.of(mark) for mark in shot.marks],
            like=like,
        )
