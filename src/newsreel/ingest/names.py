"""Which names in a folder belong together, as a video's and those of what lies beside it.

`clip.mp4` has `clip.json`, `clip.mp4.xml`, `clip.xmp`, `clip.en.vtt`; in suffixes, and only there, capitals make no
difference. Both directions are answered from one listing of the folder, kept until the folder changes: a folder of
100,000 stories is listed once, not asked 100,000 times for names that it does not have.
"""

from __future__ import annotations

import os
import re
import time
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsreel.ingest import text

__all__ = ["DESCRIPTIONS", "SIDECARS", "SUBTITLES", "VIDEO_SUFFIXES", "Names", "folded", "names_in", "untagged"]

VIDEO_SUFFIXES = (
    ".mp4", ".mov", ".m4v", ".mxf", ".mkv", ".webm", ".ts", ".m2ts", ".mts", ".mpg", ".mpeg", ".avi", ".wmv", ".asf",
    ".flv", ".f4v", ".3gp", ".3g2", ".vob", ".m2v", ".ogv", ".h264", ".264", ".hevc", ".265", ".qt",
)  # fmt: skip
DESCRIPTIONS = (".json", ".xml")
"""What may say whether a video may be shown at all; and `.xmp`, which cannot."""
SUBTITLES = (".vtt", ".srt")
SIDECARS = (*DESCRIPTIONS, ".xmp", *SUBTITLES)
_TAGGED = re.compile(
    r"(?P<stem>.+?)(?:\.(?P<language>[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*))?(?:\.(?:forced|sdh|cc|hi))?"
)
_KEPT = 8
_RACY_S = 2.0
"""So soon after a change a folder may change again without its time showing it."""
_TIMES_WORTH, _CHEAP_S = 10, 0.1


@dataclass(frozen=True, slots=True)
class Names:
    """Of one folder, by the names alone: what is no video after all, or a folder, is among them."""

    sidecars: Mapping[str, Sequence[str]]
    """Of each name that may be a video's."""
    videos: Mapping[str, Sequence[str]]
    """Of each sidecar's name."""
    renditions: Mapping[str, Sequence[str]]
    """Of each name without a suffix: its videos that have sidecars, in the order of `VIDEO_SUFFIXES`."""

    @classmethod
    def of(cls, names: Sequence[str]) -> Names:
        """Those in a folder with these names."""
        present, capital = set(names), defaultdict(list)
        bearers: list[tuple[str, str]] = []
        by_stem = defaultdict(list)
        for name in names:
            stem, suffix = _split(name)
            small = suffix.lower()
            if small != suffix:
                capital[stem + small].append(name)
            if small in SIDECARS:
                bearers += [(name, one) for one in _stems(stem, small)]
            elif small in VIDEO_SUFFIXES:
                by_stem[stem].append(name)
        sidecars, videos = defaultdict(set), defaultdict(set)
        for sidecar, stem in bearers:
            for video in (*_spelt(stem, present, capital), *by_stem.get(stem, ())):
                sidecars[video].add(sidecar)
                videos[sidecar].add(video)
        renditions = {stem: sorted(sidecars.keys() & set(those), key=_rank) for stem, those in by_stem.items()}
        return cls(_sorted(sidecars), _sorted(videos), renditions)


def folded(name: str) -> str:
    """The name with its suffix in small letters."""
    stem, suffix = _split(name)
    return stem + suffix.lower()


def untagged(stem: str) -> tuple[str, str]:
    """A subtitle file's name without the language that it ends with, and that."""
    tagged = _TAGGED.fullmatch(stem)
    if tagged is None or f".{tagged['language']}".lower() in VIDEO_SUFFIXES:
        return stem, ""
    return tagged["stem"], text.language(tagged["language"] or "")


def names_in(folder: Path) -> Names:
    """What a folder's names say, as it is now. Raises OSError where it cannot be listed."""
    path = os.path.abspath(folder)  # noqa: PTH100 links are not followed
    changed_ns = Path(path).stat().st_mtime_ns
    known = _LISTINGS.get(path)
    if known is None or not known.holds(changed_ns):
        known = _Listing.of(path, changed_ns)
        _LISTINGS.pop(path, None)
        _LISTINGS[path] = known
        for old in tuple(_LISTINGS)[:-_KEPT]:
            _LISTINGS.pop(old, None)
    return known.names


@dataclass(frozen=True, slots=True)
class _Listing:
    names: Names
    changed_ns: int
    is_settled: bool
    """Whether a later change would show."""
    made_s: float
    took_s: float

    @classmethod
    def of(cls, folder: str, changed_ns: int) -> _Listing:
        is_settled = time.time() - changed_ns / 1e9 > _RACY_S
        began_s = time.monotonic()
        names = Names.of(os.listdir(folder))  # noqa: PTH208 on 100,000 names
        made_s = time.monotonic()
        return cls(names, changed_ns, is_settled, made_s, made_s - began_s)

    def holds(self, changed_ns: int) -> bool:
        """Whether it is good enough. A large folder to which files are being added is not listed for each of them."""
        if self.is_settled and changed_ns == self.changed_ns:
            return True
        return time.monotonic() - self.made_s < self.took_s * _TIMES_WORTH - _CHEAP_S


_LISTINGS: dict[str, _Listing] = {}


def _stems(stem: str, suffix: str) -> Iterator[str]:
    """What a sidecar may be named for."""
    yield stem
    if suffix in SUBTITLES and (bare := untagged(stem)[0]) != stem:
        yield bare


def _spelt(name: str, present: Container[str], capital: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The files of that whole name: `clip.MP4.json` is that of `clip.mp4`, unless there is a `clip.MP4`."""
    if name in present:
        return (name,)
    small = folded(name)
    return (*((small,) if small in present else ()), *capital.get(small, ()))


def _sorted(names: Mapping[str, Iterable[str]]) -> dict[str, Sequence[str]]:
    return {name: sorted(others) for name, others in names.items()}


def _split(name: str) -> tuple[str, str]:
    return os.path.splitext(name)  # noqa: PTH122 on 100,000 names


def _rank(video: str) -> tuple[int, str]:
    return VIDEO_SUFFIXES.index(_split(video)[1].lower()), video.swapcase()
