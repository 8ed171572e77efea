"""An item of a feed, as it grows shot by shot."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from newsreel.core.item import Cue, Film, Item, Kind
from newsreel.core.rows import mark_to_row
from newsreel.core.shots import Mark, Transition
from newsreel.core.times import NS_PER_S, TimeRange
from newsreel.live.items import LiveItem
from newsreel.live.opened import EndedShot
from newsreel.pipeline.digest import digest

__all__ = ["GrowingItem", "shots_key"]


@dataclass(frozen=True, slots=True)
class GrowingItem:
    """What is known of an item by now. It is replaced in the archive whenever shots were added."""

    of: LiveItem
    headline: str
    """Empty for the feed's name and the time."""
    recipe: str
    """What cuts feeds: part of the key under which the shots are kept."""
    shots: tuple[dict[str, Any], ...] = ()
    """Rows of `core.rows.SHOTS`."""
    cues: tuple[Cue, ...] = ()
    poster: EndedShot | None = None
    """The longest shot."""

    @property
    def key(self) -> str:
        """Under which its shots are kept."""
        return shots_key(self.of.uri, self.recipe)

    @property
    def item(self) -> Item:
        """As the archive knows it. It has no original: what is kept of a feed is its shots."""
        if self.poster is None:
            raise ValueError(f"{self.of.uri} has no shots")
        width, height = Image.open(io.BytesIO(self.poster.keyframe)).size
        began = datetime.fromtimestamp(self.of.started_at_ns / NS_PER_S, UTC)
        return Item(
            uri=self.of.uri,
            kind=Kind.VIDEO,
            headline=self.headline or f"{self.of.feed}, {began.day} {began:%B %Y, %H:%M} UTC",
            published_ns=self.of.started_at_ns,
            film=Film(
                media_hash=self.key,
                duration_ns=self.shots[-1]["end_ns"],
                width=width,
                height=height,
                codec="",
                stream=f"live feed {self.of.feed}",
                cues=self.cues,
            ),
        )

    def with_shots(self, ended: Sequence[EndedShot]) -> GrowingItem:
        """With these, which follow. Frames and times are counted from the item's first.

        Between two shots the feed may have broken off: then time has passed in which there are no frames.
        """
        grown = self
        for one in ended:
            cues = (replace(cue, time=self._within(cue.time)) for cue in one.cues)
            grown = replace(
                grown,
                shots=(*grown.shots, grown._row(one)),
                cues=(*grown.cues, *cues),
                poster=one if grown.poster is None or _length_ns(one) > _length_ns(grown.poster) else grown.poster,
            )
        return grown

    def rows_after(self, kept: int) -> list[dict[str, Any]]:
        """What changes in the table when so many shots are kept there: also the last of them, which was the end.

        An item's last shot ends it, until another follows.
        """
        *rows, last = self.shots[max(kept - 1, 0) :]
        end = {"transition": Transition.END.value, "transition_frames": None, "confidence": None}
        return [*rows, last | end]

    def without_pictures(self) -> GrowingItem:
        """To be held on to once it is kept; of the last shot the picture is still needed."""
        *rows, last = self.shots
        return replace(self, shots=(*(row | {"keyframe": None} for row in rows), last))

    def _row(self, one: EndedShot) -> dict[str, Any]:
        shot, position = one.shot, len(self.shots)
        start = self.shots[-1]["end_frame"] if self.shots else 0
        shift = start - shot.start_frame
        frames, time = shot.transition_frames, self._within(shot.time)
        return {
            "id": f"{self.key}#{position:06d}",
            "key": self.key,
            "uri": self.of.uri,
            "position": position,
            "start_frame": start,
            "end_frame": shot.end_frame + shift,
            "start_ns": time.start_ns,
            "end_ns": time.end_ns,
            "transition": shot.transition.value,
            "transition_frames": None if frames is None else [frame + shift for frame in frames],
            "confidence": shot.confidence,
            "keyframe": one.keyframe,
            "keyframe_ns": None if shot.keyframe_ns is None else shot.keyframe_ns - self.of.start_ns,
            "look": shot.look,
            "marks": [mark_to_row(Mark(mark.kind, self._within(mark.time))) for mark in shot.marks],
        }

    def _within(self, time: TimeRange) -> TimeRange:
        """A time of the feed as one of the item."""
        return TimeRange(time.start_ns - self.of.start_ns, time.end_ns - self.of.start_ns)


def shots_key(uri: str, recipe: str) -> str:
    """Under which the shots of a feed's item are kept."""
    return digest(uri, recipe)


def _length_ns(one: EndedShot) -> int:
    return one.shot.time.end_ns - one.shot.time.start_ns
