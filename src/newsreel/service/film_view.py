"""What a video's page shows: where it begins, the strip of shots, the transcript, and whether it can be played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsreel.core.item import Film, Item
from newsreel.core.looks import likes
from newsreel.core.shots import MarkKind, Shot
from newsreel.core.times import TimeRange
from newsreel.service.addresses import keyframe_address, media_address, moment_address, seconds
from newsreel.service.found import Found
from newsreel.service.naming import format_name
from newsreel.service.originals import Original
from newsreel.service.playable import question
from newsreel.service.transcript import Transcript, transcript
from newsreel.service.windows import around, last_begun
from newsreel.service.wording import Asked

__all__ = ["FilmView", "ShotLink", "film_view"]

_STRIP = 240
"""Most shots on one page: a long film has thousands."""

_MARKED = {
    MarkKind.BLACK: "black",
    MarkKind.BARS: "colour bars",
    MarkKind.FREEZE: "frozen",
    MarkKind.SILENCE: "silent",
}
_NEARLY_ALL = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotLink:
    """A shot on the strip."""

    number: int
    """From 1, as people count."""
    time: TimeRange
    address: str
    keyframe: str
    current: bool
    notes: tuple[str, ...]
    """What to know of it before looking: which shot it looks like, and what an editor skips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmView:
    """A video's page, as its template reads it."""

    film: Film
    asked_moment: bool
    """Whether the address itself names the moment: then it plays from there if the browser lets it."""
    source: str | None
    """Where a player finds the film; None where none can play it."""
    question: str | None
    """What a browser is asked before it tries."""
    format: str
    shots: list[ShotLink]
    shots_total: int
    earlier: str | None
    """The shots before those shown."""
    later: str | None
    transcript: Transcript

    @property
    def current(self) -> ShotLink | None:
        """The shot that the page opens at."""
        return next((shot for shot in self.shots if shot.current), None)


def film_view(
    item: Item,
    shots: Sequence[Shot],
    original: Original | None,
    found: Found,
    moment_ns: int | None,
) -> FilmView | None:
    """A video's page: it opens at the moment its address names, or else at the one that the search found.

    None of any other item, and of a video that came without its file.
    """
    film = item.film
    if film is None:
        return None
    asked = found.asked
    best = found.moment
    start_ns = best.start_ns if moment_ns is None and best else moment_ns
    media_type = original.media_type if original else item.media_type or ""
    asks = question(media_type, film.codec)
    source = media_address(item.uri) if original and asks else None
    current = last_begun([shot.time for shot in shots], start_ns or 0)
    shown = around(current, len(shots), _STRIP)
    like = likes([shot.look for shot in shots])
    return FilmView(
        film=film,
        asked_moment=moment_ns is not None,
        source=f"{source}#t={seconds(start_ns)}" if source and start_ns is not None else source,
        question=asks,
        format=format_name(media_type, film.codec),
        shots=[_link(item, asked, shots[number], number, current, like[number]) for number in shown],
        shots_total=len(shots),
        earlier=moment_address(item.uri, asked, shots[shown.start - 1].time.start_ns) if shown.start else None,
        later=moment_address(item.uri, asked, shots[shown.stop].time.start_ns) if shown.stop < len(shots) else None,
        transcript=transcript(item.uri, film.cues, found, start_ns or 0),
    )


def _link(item: Item, asked: Asked, shot: Shot, number: int, current: int, like: int | None) -> ShotLink:
    time = shot.time
    similar = () if like is None else (f"like shot {like + 1}",)
    return ShotLink(
        number=number + 1,
        time=time,
        address=moment_address(item.uri, asked, time.start_ns),
        keyframe=keyframe_address(item.uri, number),
        current=number == current,
        notes=(*similar, *_marked(shot)),
    )


def _marked(shot: Shot) -> list[str]:
    """What is marked in it, in words; that it is only so in part where that is so."""
    lengths_ns = dict.fromkeys(_MARKED, 0)
    for mark in shot.marks:
        lengths_ns[mark.kind] += mark.time.end_ns - mark.time.start_ns
    whole_ns = _NEARLY_ALL * (shot.time.end_ns - shot.time.start_ns)
    return [
        _MARKED[kind] if length >= whole_ns else f"partly {_MARKED[kind]}"
        for kind, length in lengths_ns.items()
        if length
    ]
