"""What is told of a feed, as JSON."""

from __future__ import annotations

from typing import Any

from newsreel.core.shots import Mark, Shot
from newsreel.core.times import NS_PER_S, format_ns
from newsreel.live.opened import EndedShot

__all__ = [
    "Event",
    "broken_event",
    "dropped_event",
    "ended_event",
    "lag_event",
    "reconnected_event",
    "shot_event",
]

Event = dict[str, Any]
"""One line. `event` says what happened, `feed` to which one."""


def shot_event(
    feed: str, number: int, ended: EndedShot, *, lag_s: float | None, keyframe: str | None, uri: str | None
) -> Event:
    """A shot has ended: the feed's `number`, from 0, `lag_s` after the next one's first picture arrived."""
    shot = ended.shot
    return {
        "event": "shot",
        "feed": feed,
        "shot": number,
        "start_s": _seconds(shot.time.start_ns),
        "end_s": _seconds(shot.time.end_ns),
        "start_frame": shot.start_frame,
        "end_frame": shot.end_frame,
        "started_at": format_ns(ended.started_at_ns),
        "transition": shot.transition.value,
        **_transition_frames(shot),
        "confidence": None if shot.confidence is None else round(shot.confidence, 4),
        "keyframe_s": None if shot.keyframe_ns is None else _seconds(shot.keyframe_ns),
        "lag_s": None if lag_s is None else round(lag_s, 3),
        "keyframe": keyframe,
        "uri": uri,
        "marks": [_mark(mark) for mark in shot.marks],
    }


def broken_event(feed: str, why: str, at_ns: int) -> Event:
    """The feed broke off: what was open ends here."""
    return {"event": "broken", "feed": feed, "why": why, "at_s": _seconds(at_ns)}


def reconnected_event(feed: str, times: int) -> Event:
    """The feed is there again, for so many times by now."""
    return {"event": "reconnected", "feed": feed, "reconnects": times}


def dropped_event(feed: str, frames: int, total: int) -> Event:
    """So many frames were left out since this was last told, because scoring did not keep up; `total` so far."""
    return {"event": "dropped", "feed": feed, "frames": frames, "total": total}


def lag_event(feed: str, lag_s: float) -> Event:
    """From now on a cut is known so late at most, since scoring did not keep up, or does again."""
    return {"event": "lag", "feed": feed, "lag_s": round(lag_s, 3)}


def ended_event(feed: str, *, why: str, shots: int, frames: int, dropped: int, reconnects: int) -> Event:
    """Nothing more will come of the feed; `why` is empty where it simply came to its end, or was told to."""
    counts = {"shots": shots, "frames": frames, "dropped": dropped, "reconnects": reconnects}
    return {"event": "ended", "feed": feed, "why": why, **counts}


def _transition_frames(shot: Shot) -> dict[str, list[int]]:
    return {} if shot.transition_frames is None else {"transition_frames": [*shot.transition_frames]}


def _mark(mark: Mark) -> Event:
    return {"kind": mark.kind.value, "start_s": _seconds(mark.time.start_ns), "end_s": _seconds(mark.time.end_ns)}


def _seconds(time_ns: int) -> float:
    return round(time_ns / NS_PER_S, 6)
