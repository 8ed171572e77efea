"""The shots of films: from the archive where the same film was cut before, otherwise made, and kept as they come."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Film, Item
from newsreel.core.protocols import Archive, ShotModel
from newsreel.core.rows import SHOTS, path_to_text, shot_from_row
from newsreel.core.shots import Shot, Transition
from newsreel.ingest.sources import open_regular
from newsreel.ingest.videos import HEAD_BYTES, Footage, looks_like_video, media_hash
from newsreel.pipeline.cutting import cut
from newsreel.pipeline.stage import Engine
from newsreel.pipeline.stages import FILMS, ShotStage

__all__ = ["CutFilm", "FilmProgress", "Films", "Shots", "cut_alone"]

_NO_PICTURE = "no picture of it could be decoded: is the file whole?"
_TABLES_A_COMMIT = 5
"""So many tables (of `cutting.FRAMES_A_TABLE` frames) are kept together: what an interrupted run does again at most."""


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
    """`start_ns` and `end_ns` of each."""
    poster: bytes | None = field(repr=False)
    loss: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CutFilm:
    """A film that was cut without an archive."""

    frame_rate: Fraction
    """On the average; 0 where nothing says."""
    shots: tuple[Shot, ...]
    loss: str


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
        for table in cut(footage, model, "", path_to_text(str(path)), None):
            made = table.drop_columns(["keyframe"]).to_pylist()
            rows += [row for row in made if row["transition"]]
            watch(_progress(str(path), made[-1], (0, 0), footage.film.duration_ns, began))
        rate = footage.frame_rate
    if not rows:
        raise UnreadableError(_NO_PICTURE)
    return CutFilm(frame_rate=rate, shots=tuple(shot_from_row(row) for row in rows), loss=rows[-1]["loss"] or "")


class Films:
    """What is kept of films (design decision 1: by what was read and what reads it, whichever item has it)."""

    def __init__(
        self, archive: Archive, engine: Engine, stage: ShotStage, watch: Callable[[FilmProgress], None], recipe: str
    ) -> None:
        """`recipe` says what cuts films, and is part of the keys."""
        self._archive = archive
        self._engine = engine
        self._stage = stage
        self._watch = watch
        self._recipe = recipe
        self.frames = 0
        """Pictures decoded so far; those of films whose shots were known are not looked at."""

    def shots(self, item: Item, *, again: bool) -> Shots:
        """The shots of an item's film. Raises UnreadableError when nothing of it can be decoded.

        `again`: those that are kept are made anew if another try may find more.
        """
        if item.film is None or item.media_path is None:
            raise ValueError(f"{item.uri} has no film")
        key = hashlib.blake2b(f"{item.film.media_hash} {self._recipe}".encode(), digest_size=16).hexdigest()
        found = self._archive.shots(key)
        if again and _complete(found) and found["progress"][-1].as_py():
            self._archive.drop_shots(key)
            found = found.slice(0, 0)
        if not _complete(found):
            self._cut(item, item.film, key, found)
            found = self._archive.shots(key)
        if not _complete(found):
            raise UnreadableError(_NO_PICTURE)
        times = found.select(["start_ns", "end_ns"]).to_pylist()
        return Shots(key=key, times=times, poster=self._archive.poster(key), loss=found["loss"][-1].as_py() or "")

    def _cut(self, item: Item, film: Film, key: str, found: pa.Table) -> None:
        opened = found.to_pylist()[-1] if len(found) else None
        path = item.media_path or ""
        row = {"key": key, "uri": item.uri, "path": path_to_text(path), "opened": opened}
        began, done = time.monotonic(), (opened["end_frame"], opened["end_ns"]) if opened else (0, 0)
        at, rows = done[0], dict[str, dict[str, Any]]()
        tables = self._engine.run(self._stage, [pa.Table.from_pylist([row], FILMS)])
        for number, table in enumerate(tables, start=1):
            if cause := table["cause"][0].as_py():
                raise UnreadableError(cause)
            made = table.select(SHOTS.names).to_pylist()
            rows |= {row["id"]: row for row in made}  # what was open may be closed by now
            if made[-1]["transition"] == Transition.END and not _is_still(film, Path(path)):
                self._archive.drop_shots(key)  # what is kept under a film's hash must be of that film
                raise UnreadableError("the file changed while it was cut: index it again")
            if number % _TABLES_A_COMMIT == 0 or made[-1]["transition"] == Transition.END:
                self._archive.keep_shots(pa.Table.from_pylist(list(rows.values()), SHOTS))
                rows.clear()
            self.frames += made[-1]["end_frame"] - at
            at = made[-1]["end_frame"]
            self._watch(_progress(item.uri, made[-1], done, film.duration_ns, began))


def _is_still(film: Film, path: Path) -> bool:
    """Whether the file is the one that was read before it was cut, which takes long."""
    try:
        return media_hash(path) == film.media_hash
    except OSError:
        return False


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
