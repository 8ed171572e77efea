"""Where in a film a search's result lies."""

from __future__ import annotations

from dataclasses import dataclass

from newsreel.core.item import Cue
from newsreel.search.results import Result
from newsreel.service.marking import Span

__all__ = ["Moment", "marks_of_cues", "moment_of"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in a film, and the shot that it lies in."""

    start_ns: int
    shot: int


def moment_of(result: Result) -> Moment | None:
    """Where the first words that were found begin to be said, or else where their shot begins.

    None where the film was found as a whole: by its headline, its caption or its name.
    """
    time, shot = result.segment.time, result.segment.shot
    if time is None or shot is None:
        return None
    said = [cue for cue, marks in marks_of_cues(result).items() if marks]
    if said:
        return Moment(max(time.start_ns, said[0].time.start_ns), shot)
    return Moment(time.start_ns, shot) if result.segment.position else None


def marks_of_cues(result: Result) -> dict[Cue, list[Span]]:
    """The cues that the found segment holds, in order, and what of each was found, as ranges of its text."""
    film, segment = result.item.film, result.segment
    marks: dict[Cue, list[Span]] = {}
    after = 0
    for cue in film.cues if film else ():
        place = segment.text.find(cue.text, after)
        if segment.time is not None and place >= 0 and cue.time.overlaps(segment.time):
            after = place + len(cue.text)
            marks[cue] = [(b - place, e - place) for b, e in result.highlights if b < after and place < e]
    return marks
