"""Whole files at three sizes: decoding alone, inference alone, and all of it beside what a user would pick instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any

import av
from bench.encoders.ratios import Interval, median_interval, paired
from bench.shots.contestants import OURS, PACKAGE, Package, Scoring
from bench.shots.footage import frames_of
from bench.shots.turns import Calls, Turn, Turns, in_turns, walls

from newsreel.core.protocols import ShotModel
from newsreel.pipeline.films import cut_alone

__all__ = ["FileRow", "Share", "Size", "bare_decode", "measure"]

_BARE, _FOOTAGE, _SCORED = "FFmpeg's decoding", "decoding to 48 x 27", "inference"
_LIMIT_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A contestant with a whole file."""

    name: str
    frames_per_s: Interval
    ours_faster: Interval
    """Times Newsreel's frames a second, of the whole file, are its."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of the whole, in processor time."""

    part: str
    ms_a_frame: Interval
    of_whole: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """All that was found at one size."""

    name: str
    frames: int
    rows: Sequence[FileRow]
    """Newsreel first."""
    bare: Interval
    """Frames a second of FFmpeg's decoding alone, with all threads."""
    footage_to_bare: Interval
    """Rate of our decoding, small pictures made, as a share of FFmpeg's own."""
    whole_to_bare: Interval
    """The same of the whole."""
    whole_to_slower: Interval
    """Rate of the whole as a share of the slower of its two parts alone, our decoding or inference."""
    busy_cores: Interval
    """Processor time of the whole for each second of it."""
    limit: str
    """What takes most of the whole."""
    shares: Sequence[Share]


def measure(
    name: str,
    path: Path,
    model: ShotModel,
    scoring: Scoring,
    package: Package,
    others: Mapping[str, Callable[[Path], Any]],
    rounds: int,
    watch: Callable[[int], None],
) -> Size:
    """Race all through one file, so many rounds and one that warms up."""
    frames = frames_of(path)
    peers = {PACKAGE: package.film, **others}
    calls: Calls = {
        _BARE: partial(bare_decode, path),
        _FOOTAGE: partial(frames_of, path),
        _SCORED: partial(scoring, frames),
        OURS: partial(cut_alone, path, model, _LIMIT_S, lambda _progress: None),
        **{peer: partial(call, path) for peer, call in peers.items()},
    }
    turns = in_turns(repeat(calls, rounds + 1), watch)
    return _size(name, len(frames), turns, [OURS, *peers])


def bare_decode(path: Path) -> int:
    """Every picture decoded and let go, with FFmpeg's own choice of threads; how many there are."""
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        return sum(1 for _ in container.decode(video=0))


def _size(name: str, frames: int, turns: Turns, whole: Sequence[str]) -> Size:
    ours, bare, footage = walls(turns[OURS]), walls(turns[_BARE]), walls(turns[_FOOTAGE])
    slower = [max(both) for both in zip(footage, walls(turns[_SCORED]), strict=True)]
    shares = _shares(frames, turns)
    return Size(
        name=name,
        frames=frames,
        rows=[
            FileRow(
                name=one,
                frames_per_s=median_interval([frames / seconds for seconds in walls(turns[one])]),
                ours_faster=paired(walls(turns[one]), ours),
            )
            for one in whole
        ],
        bare=median_interval([frames / seconds for seconds in bare]),
        footage_to_bare=paired(bare, footage),
        whole_to_bare=paired(bare, ours),
        whole_to_slower=paired(slower, ours),
        busy_cores=median_interval([turn.cpu_s / turn.wall_s for turn in turns[OURS]]),
        limit=max(shares, key=lambda share: share.of_whole.median).part,
        shares=shares,
    )


def _shares(frames: int, turns: Turns) -> list[Share]:
    """Where the whole's processor time goes; parts that are measured alone, and what is left."""
    rounds = zip(turns[_BARE], turns[_FOOTAGE], turns[_SCORED], turns[OURS], strict=True)
    parted = [(_parts(bare, footage, scored, whole), whole.cpu_s) for bare, footage, scored, whole in rounds]
    return [
        Share(
            part=part,
            ms_a_frame=median_interval([1e3 * parts[part] / frames for parts, _ in parted]),
            of_whole=median_interval([parts[part] / whole for parts, whole in parted]),
        )
        for part in parted[0][0]
    ]


def _parts(bare: Turn, footage: Turn, scored: Turn, whole: Turn) -> dict[str, float]:
    return {
        "decoding": bare.cpu_s,
        "scaling to 48 x 27": footage.cpu_s - bare.cpu_s,
        "inference": scored.cpu_s,
        "keyframes, marks, the rest": whole.cpu_s - footage.cpu_s - scored.cpu_s,
    }
