"""Item and segment: what a newsroom knows, and the unit that is searched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from newsreel.core.times import FOREVER_NS, TimeRange

__all__ = ["Cue", "Film", "Item", "Kind", "Segment", "Status", "Versioned", "compare_versions"]


class Kind(StrEnum):
    """What an item is."""

    STORY = "story"
    PHOTO = "photo"
    VIDEO = "video"


class Status(StrEnum):
    """IPTC publishing status. `canceled` is a kill: final. `withheld` takes the item away until a usable version."""

    USABLE = "usable"
    WITHHELD = "withheld"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Cue:
    """A line of a transcript or subtitle: plain text, and when it is spoken or shown."""

    time: TimeRange
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """What a video's file says of its pictures, before they are looked at."""

    media_hash: str
    """Of the file's bytes alone, without sidecars: what was seen in it is kept under this."""
    duration_ns: int | None
    """None where the file does not say."""
    width: int
    """Of a picture as it is shown: upright, with square pixels."""
    height: int
    codec: str
    """FFmpeg's name: `h264`, `hevc`, `vp9`, `prores`."""
    stream: str
    """Which stream was taken, for people: "stream 0 of 2, h264, 1920x1080, 25 fps; the other video stream was left"."""
    cues: tuple[Cue, ...] = ()
    """From subtitle files beside the video, by time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One story, photo or video as the newsroom knows it.

    Text is plain text, never markup. Times are nanoseconds since the epoch (see `core.times`).
    """

    uri: str
    kind: Kind
    version: str | None = None
    """The provider's own, any string; compared by `compare_versions`."""
    updated_ns: int | None = None
    """When this version was made; orders versions that carry no comparable number."""
    status: Status = Status.USABLE
    headline: str = ""
    body: str = ""
    """A story's text: paragraphs separated by a blank line."""
    caption: str = ""
    """A photo's or video's description."""
    byline: str = ""
    place: str = ""
    published_ns: int | None = None
    embargo_ns: int | None = None
    """Not to be shown before this moment; `FOREVER_NS` is "until further notice"."""
    keywords: tuple[str, ...] = ()
    rights: str = ""
    """Copyright notice, credit and usage terms, carried along and shown."""
    language: str = ""
    media_path: str | None = None
    """Where the original's bytes are; None when the item came without them (a feed that links to a picture)."""
    media_type: str | None = None
    film: Film | None = None
    """Of a video whose bytes are there."""
    loss: str = ""
    """What could not be read though the item could: damaged pictures, a subtitle file that is none."""

    def __post_init__(self) -> None:
        if not self.uri or len(self.uri) > 4096:
            raise ValueError(f"an item's uri has 1 to 4096 characters, this one has {len(self.uri)}")
        if self.embargo_ns is not None and not 0 <= self.embargo_ns <= FOREVER_NS:
            raise ValueError(f"embargo_ns is {self.embargo_ns}, outside 0 to {FOREVER_NS}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A passage of a story, a whole photo, or a shot of a video: the unit that is searched.

    `text` is shown (`item.body[start:end]` for a passage, for a shot what is said in it); `context` is searched with
    it but is not part of it.
    """

    id: str
    uri: str
    position: int
    start: int
    end: int
    text: str
    context: str
    time: TimeRange | None = None
    """Of a shot: when it is seen."""
    shot: int | None = None
    """Of a shot: which of the film's it is, from 0. A shot in which much is said makes several segments."""
    repeated: int = 0
    """How many of its first characters are an earlier shot's too: of cues that last from one shot into the next."""
    alike: int = 0
    """Of a shot: how many others of the film look nearly the same (`core.looks`)."""

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"segment {self.id}: start {self.start} and end {self.end} are not an interval")


def _numbers(version: str) -> tuple[int, ...] | None:
    if not re.fullmatch(r"\d{1,18}(\.\d{1,18})*", version):
        return None
    parts = [int(p) for p in version.split(".")]
    while len(parts) > 1 and parts[-1] == 0:  # 1.0 is 1
        parts.pop()
    return tuple(parts)


class Versioned(Protocol):
    """What has a version: an item, or the ledger's row of one."""

    @property
    def version(self) -> str | None:
        """The provider's own, any string."""
        ...

    @property
    def updated_ns(self) -> int | None:
        """When this version was made."""
        ...


def compare_versions(a: Versioned, b: Versioned) -> int:
    """-1, 0 or 1 as `a` is older than, the same as or newer than `b`.

    Numeric versions (`3`, `1.2`) are compared as numbers; where those are equal or absent, by `updated_ns`. Where
    neither says, 0: the caller decides by arrival.
    """
    na, nb = _numbers(a.version or ""), _numbers(b.version or "")
    if na is not None and nb is not None and na != nb:
        return 1 if na > nb else -1
    if a.updated_ns is not None and b.updated_ns is not None and a.updated_ns != b.updated_ns:
        return 1 if a.updated_ns > b.updated_ns else -1
    return 0
