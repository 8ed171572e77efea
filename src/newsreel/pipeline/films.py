"""The shots of films: from the archive where the same film was cut before, otherwise made, and kept as they come."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Film, Item
from newsreel.core.looks import groups
from newsreel.core.protocols import Archive, ShotModel
from newsreel.core.rows import SHOTS, path_to_text, shot_from_row
from newsreel.core.shots import Shot, Transition
from newsreel.ingest.sources import open_regular
from newsreel.ingest.videos import HEAD_BYTES, Footage, looks_like_video, silences
from newsreel.models.runtime import cpu
from newsreel.pipeline.cutting import Cutting
from newsreel.pipeline.stage import Engine
from newsreel.pipeline.stages import CHANGED, FILMS, NO_PICTURE, ShotStage

__all__ = ["CutFilm", "FilmProgress", "Films", "Shots", "cut_alone", "films_that_pay", "times_of"]

_FRAMES_A_COMMIT = 500
"""What is known of a film is kept after so many frames, or with what the next window of the network tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmProgress:
    """How far a film is cut, and how fast this run cuts it."""

    uri: str
    frames: int
    """Cut by this run."""
    film_ns: int
    """Of the film, cut by this run."""
    at_ns: int
    """How far into the film that is."""
    duration_ns: int | None
    """Where the file says."""
    seconds: float
    """Spent by this run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shots:
    """A film's shots, as far as storing its item needs them."""

    key: str
    times: list[dict[str, int]]
    """`start_ns` and `end_ns` of each, and how many others look `alike`."""
    poster: bytes | None = field(repr=False)
    loss: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CutFilm:
    """A film that was cut without an archive."""

    frame_rate: Fraction
    """On the average, and exactly where it is constant; 0 where nothing says."""
    constant_rate: bool
    """Whether every frame but the last lasts the same, to within a millisecond."""
    size: tuple[int, int]
    """Width and height as shown: upright, with square pixels."""
    duration_ns: int
    """Up to the end of the last picture."""
    chosen: str
    """Which of its streams of pictures it is, for people; empty where there is one."""
    shots: tuple[Shot, ...]
    loss: str


def films_that_pay() -> int:
    """How many films to cut at once on this machine: on two cores two take 1.3 times less than one after the other.

    Eight at most: each takes memory for what waits to be scored.
    """
    return min(8, cpu.describe().cores)


def cut_alone(path: Path, model: ShotModel, limit_s: float, watch: Callable[[FilmProgress], None]) -> CutFilm:
    """A film's shots. Raises UnreadableError, naming the file, when nothing of it can be decoded; OSError."""
    with open_regular(path) as file:
        if not looks_like_video(file.read(HEAD_BYTES)):
            raise UnreadableError(f"{path}: not a video, by its first bytes")
    try:
        return _cut_alone(path, model, limit_s, watch)
    except UnreadableError as error:
        raise UnreadableError(f"{path}: {error}") from None


def _cut_alone(path: Path, model: ShotModel, limit_s: float, watch: Callable[[FilmProgress], None]) -> CutFilm:
    began = time.monotonic()
    rows: list[dict[str, Any]] = []
    with Footage(path, limit_s=limit_s) as footage:
        cutting = Cutting(model, "", path_to_text(str(path)), partial(silences, path, limit_s))
        for table in cutting.tables(footage):
            made = table.drop_columns(["keyframe", "candidates"]).to_pylist()
            rows += [row for row in made if row["transition"]]
            watch(_progress(str(path), made[-1], (0, 0), footage.film.duration_ns, began))
        rate, chosen, duration_ns = cutting.pace.rate(footage.frame_rate), footage.film.chosen, footage.end_ns
    if not rows:
        raise UnreadableError(NO_PICTURE)
    return CutFilm(
        frame_rate=rate,
        constant_rate=cutting.pace.is_constant,
        size=cutting.size,
        duration_ns=duration_ns,
        chosen=chosen,
        shots=tuple(shot_from_row(row) for row in rows),
        loss=rows[-1]["loss"] or "",
    )


class Films:
    """What is kept of films (design decision 1: by what was read and what reads it, whichever item has it)."""

    def __init__(
        self, archive: Archive, engine: Engine, stage: ShotStage, watch: Callable[[FilmProgress], None], recipe: str
    ) -> None:
        """`recipe` says what cuts films, and is part of the keys; the engine cuts as many at once as it has workers."""
        self._archive = archive
        self._engine = engine
        self._stage = stage
        self._watch = watch
        self._recipe = recipe
        self._begun: dict[str, _Begun] = {}
        self._causes: dict[str, str] = {}
        self.frames = 0
        """Pictures decoded so far; those of films whose shots were known are not looked at."""

    def cut(self, items: Iterable[Item], *, again: bool) -> Iterator[str]:
        """Cuts these items' films, several at once; the uri of each, once its shots are kept or cannot be had.

        Nothing is kept but by who draws from this. `again`: shots of which another try may find more are made anew.
        """
        left = list(items)
        while left:
            left = yield from self._cut(left, again)

    def shots(self, item: Item) -> Shots:
        """The shots of an item's film, which was cut. Raises UnreadableError where it could not be."""
        if item.film is None:
            raise ValueError(f"{item.uri} has no film")
        if cause := self._causes.get(item.uri):
            raise UnreadableError(cause)
        key = self._key(item.film)
        found = self._archive.shots(key)
        if not _complete(found):
            raise ValueError(f"the film of {item.uri} was not cut")
        poster, loss = self._archive.poster(key), found["loss"][-1].as_py() or ""
        return Shots(key=key, times=times_of(found), poster=poster, loss=loss)

    def _cut(self, items: Sequence[Item], again: bool) -> Generator[str, None, list[Item]]:
        """As `cut`; gives back items whose film could not be had under another's name: they have to be tried."""
        ready, left = list[str](), list[Item]()
        for table in self._engine.run_mixed(self._stage, self._to_cut(items, ready, again)):
            begun = self._begun[table["key"][0].as_py()]
            if cause := table["cause"][0].as_py():
                self._give_up(begun, cause)
                left += begun.twins
                yield begun.item.uri
            elif self._keep(begun, table.select(SHOTS.names).to_pylist()):
                yield from (item.uri for item in (begun.item, *begun.twins))
            while ready:
                yield ready.pop()
        yield from ready
        return left

    def _key(self, film: Film) -> str:
        return hashlib.blake2b(f"{film.media_hash} {self._recipe}".encode(), digest_size=16).hexdigest()

    def _to_cut(self, items: Iterable[Item], ready: list[str], again: bool) -> Iterator[pa.Table]:
        """Of these items' films those that are not kept in whole; the others' uris go to `ready`."""
        for item in items:
            if item.film is None:
                raise ValueError(f"{item.uri} has no film")
            key = self._key(item.film)
            found = self._archive.shots(key)
            if again and key not in self._begun and _complete(found) and found["progress"][-1].as_py():
                self._archive.drop_shots(key)
                found = found.slice(0, 0)
            if _complete(found):
                ready.append(item.uri)
                continue
            if key in self._begun and not self._begun[key].is_over:
                self._begun[key].twins.append(item)
                continue
            opened = found.to_pylist()[-1] if len(found) else None
            self._begun[key] = _Begun(key, item, opened)
            path = path_to_text(item.media_path or "")
            row = {"key": key, "uri": item.uri, "path": path, "media_hash": item.film.media_hash, "opened": opened}
            yield pa.Table.from_pylist([row], FILMS)

    def _keep(self, begun: _Begun, made: list[dict[str, Any]]) -> bool:
        """Keep the rows that were made, every so often; whether these are the film's last."""
        begun.rows |= {row["id"]: row for row in made}  # what was open may be closed by now
        begun.is_over = made[-1]["transition"] == Transition.END
        at = made[-1]["end_frame"]
        self.frames += at - begun.at
        begun.at = at
        if begun.is_over or at - begun.kept_to >= _FRAMES_A_COMMIT:
            self._archive.keep_shots(pa.Table.from_pylist(list(begun.rows.values()), SHOTS))
            begun.rows.clear()
            begun.kept_to = at
        duration_ns = begun.item.film.duration_ns if begun.item.film else None
        self._watch(_progress(begun.item.uri, made[-1], begun.before, duration_ns, begun.since_s))
        return begun.is_over

    def _give_up(self, begun: _Begun, cause: str) -> None:
        if cause == CHANGED:  # what is kept under a film's hash must be of that film
            self._archive.drop_shots(begun.key)
        self._causes[begun.item.uri] = cause
        begun.is_over = True


class _Begun:
    """A film that is being cut, or was by this run."""

    def __init__(self, key: str, item: Item, opened: dict[str, Any] | None) -> None:
        self.key = key
        self.item = item
        self.before = (opened["end_frame"], opened["end_ns"]) if opened else (0, 0)
        """The frame and the time at which this run took it up."""
        self.at = self.kept_to = self.before[0]
        self.rows: dict[str, dict[str, Any]] = {}
        """Made and not kept yet."""
        self.since_s = time.monotonic()
        self.twins: list[Item] = []
        """Items with the same film, which wait for it."""
        self.is_over = False


def times_of(shots: pa.Table) -> list[dict[str, int]]:
    """`Shots.times` of rows of `SHOTS`."""
    first = groups(shots["look"].to_pylist())
    alike = Counter(first)
    times = shots.select(["start_ns", "end_ns"]).to_pylist()
    return [time | {"alike": alike[group] - 1} for time, group in zip(times, first, strict=True)]


def _complete(shots: pa.Table) -> bool:
    return len(shots) > 0 and shots["transition"][-1].as_py() == Transition.END


def _progress(
    uri: str, row: dict[str, Any], before: tuple[int, int], duration_ns: int | None, began: float
) -> FilmProgress:
    """How far it is with this row; `before` is the frame and time at which this run took it up."""
    return FilmProgress(
        uri=uri,
        frames=row["end_frame"] - before[0],
        film_ns=row["end_ns"] - before[1],
        at_ns=row["end_ns"],
        duration_ns=duration_ns,
        seconds=time.monotonic() - began,
    )
