"""Where in a film a search's result lies."""

from __future__ import annotations

from dataclasses import dataclass

from newsreel.core.item import Cue
from newsreel.search.results import Result
from newsreel.service.marking import Marker

__all__ = ["Moment", "moment_of"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in a film, and the shot that stands for it."""

    start_ns: int
    shot: int


def moment_of(result: Result, marks: Marker) -> Moment | None:
    """Where the first line begins in which words were found, or else where the shot begins that is alike in meaning.

    A line that runs across a cut begins before its shot. None where the film was found as a whole: by its headline,
    its caption or its name; `marks` tells whether the search's words stand in those.
    """
    segment, item = result.segment, result.item
    if segment.time is None or segment.shot is None:
        return None
    cue = _first_found(result)
    if cue is not None:
        return Moment(cue.time.start_ns, segment.shot)
    is_whole = not result.highlights and (marks(item.headline) or marks(item.caption))
    return None if is_whole or segment.position == 0 else Moment(segment.time.start_ns, segment.shot)


def _first_found(result: Result) -> Cue | None:
    """The first of the cues that the found segment holds in which something is marked."""
    film, segment = result.item.film, result.segment
    after = 0
    for cue in film.cues if film else ():
        place = segment.text.find(cue.text, after)
        if segment.time is not None and place >= 0 and cue.time.overlaps(segment.time):
            after = place + len(cue.text)
            if any(begin < after and place < end for begin, end in result.highlights):
                return cue
    return None
