"""What is said in a film, line by line, with what a search found in it marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsreel.core.item import Cue
from newsreel.core.times import TimeRange
from newsreel.service.addresses import moment_address
from newsreel.service.found import Found
from newsreel.service.marking import Run, runs
from newsreel.service.windows import around, last_begun

__all__ = ["CueLine", "Transcript", "transcript"]

_LINES = 500
"""Most lines on one page: about a quarter of an hour of speech."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CueLine:
    """A line of the transcript."""

    number: int
    """From 1, as people count."""
    time: TimeRange
    address: str
    runs: list[Run]
    matched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The lines around a moment; none where nothing is said."""

    lines: list[CueLine]
    total: int
    earlier: str | None
    """The lines before those shown."""
    later: str | None


def transcript(uri: str, cues: Sequence[Cue], found: Found, moment_ns: int) -> Transcript:
    """What is said around this moment."""
    shown = around(last_begun([cue.time for cue in cues], moment_ns), len(cues), _LINES)

    def at(number: int) -> str:
        return moment_address(uri, found.asked, cues[number].time.start_ns)

    return Transcript(
        lines=[_line(number + 1, cues[number], at(number), found) for number in shown],
        total=len(cues),
        earlier=at(shown.start - 1) if shown.start else None,
        later=at(shown.stop) if shown.stop < len(cues) else None,
    )


def _line(number: int, cue: Cue, address: str, found: Found) -> CueLine:
    cut = runs(cue.text, found.marks(cue.text))
    return CueLine(number=number, time=cue.time, address=address, runs=cut, matched=any(hit for _, hit in cut))
