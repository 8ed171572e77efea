"""SubRip (.srt) and WebVTT (.vtt) to cues: plain text, and when it is seen or spoken.

Both are read by one rule, since what is called one is often the other: a line with `-->` gives the times, the lines
below it up to an empty one are the text, everything else (numbers, NOTE, STYLE, REGION) is passed over. A WebVTT file
cut for streaming says with `X-TIMESTAMP-MAP` how its times lie on the broadcast's clock; beside a file of its own there
is no broadcast, so its times are taken as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Cue
from newsreel.core.times import NS_PER_S, TimeRange
from newsreel.ingest import text as _text
from newsreel.ingest.documents import decode

__all__ = ["MAX_BYTES", "Transcript", "read_cues"]

MAX_BYTES = 16_000_000
MAX_CUES = 50_000
"""More than a day of speech."""
_MOST_LINES = 200
"""Of one cue; what follows is left."""
_LONGEST_LINE = 4_000
"""Characters, markup and all; what follows is left."""

_CLOCK = r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)(?:[.,](\d{1,9}))?"
_TIMES = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]([^<>]*)>")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|<[\d:.]+>|\{[\\bius][^{}]*\}")
_NUMBER = re.compile(r"\s*\d+\s*")


@dataclass(frozen=True, slots=True)
class Transcript:
    """The cues of a subtitle file by time, and how many there were that could not be read."""

    cues: tuple[Cue, ...]
    skipped: int


def read_cues(data: bytes) -> Transcript:
    """The cues. Raises UnreadableError where there is none, or the file is not text, or too large."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"more than {MAX_BYTES // 1_000_000} MB of subtitles")
    text = decode(data).lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = [line[:_LONGEST_LINE] for line in text.split("\n")]
    cues: list[Cue] = []
    skipped = 0
    for times, spoken in _blocks(lines):
        words = _plain(spoken)
        if times is None or len(cues) == MAX_CUES:
            skipped += 1
        elif words:
            cues.append(Cue(times, words))
    if not cues:
        raise UnreadableError("there is no cue in it with times and text")
    return Transcript(tuple(sorted(cues, key=lambda cue: cue.time)), skipped)


def _blocks(lines: Sequence[str]) -> Iterator[tuple[TimeRange | None, list[str]]]:
    """Times and text of each cue; no times where they make no sense."""
    at = 0
    while at < len(lines):
        start, at = at, at + 1
        if "-->" not in lines[start]:
            continue
        while at < len(lines) and lines[at].strip() and "-->" not in lines[at]:
            at += 1
        spoken = list(lines[start + 1 : at])
        if at < len(lines) and "-->" in lines[at] and spoken and _NUMBER.fullmatch(spoken[-1]):
            spoken.pop()  # the next cue's number, with no empty line before it
        yield _times(lines[start]), spoken[:_MOST_LINES]


def _times(line: str) -> TimeRange | None:
    found = _TIMES.fullmatch(line)
    if found is None:
        return None
    start_ns, end_ns = _clock_ns(found.groups()[:4]), _clock_ns(found.groups()[4:])
    return TimeRange(start_ns, end_ns) if start_ns < end_ns else None


def _clock_ns(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    fraction_ns = int((parts[3] or "").ljust(9, "0"))
    return ((hours * 60 + minutes) * 60 + seconds) * NS_PER_S + fraction_ns


def _plain(spoken: Sequence[str]) -> str:
    """One line without markup; a voice becomes the name before what it says."""
    voiced = _VOICE.sub(lambda found: f" {' '.join(found[1].split())}: ", " ".join(spoken))
    return _text.line(_text.unescaped(_MARKUP.sub("", voiced)))
