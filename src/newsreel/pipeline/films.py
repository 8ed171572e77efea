"""The shots of films: from the archive where the same film was cut before, otherwise made, and kept as they come."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Item
from newsreel.core.protocols import Archive
from newsreel.core.rows import SHOTS, path_to_text
from newsreel.core.shots import Transition
from newsreel.pipeline.stage import Engine
from newsreel.pipeline.stages import FILMS, ShotStage

__all__ = ["FilmProgress", "Films", "Shots"]

_TABLES_A_COMMIT = 4
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

    def shots(self, item: Item) -> Shots:
        """The shots of an item's film. Raises UnreadableError when nothing of it can be decoded."""
        if item.film is None or item.media_path is None:
            raise ValueError(f"{item.uri} has no film")
        key = hashlib.blake2b(f"{item.film.media_hash} {self._recipe}".encode(), digest_size=16).hexdigest()
        found = self._archive.shots(key)
        if not _complete(found):
            self._cut(item, key, found)
            found = self._archive.shots(key)
        if not _complete(found):
            raise UnreadableError("no picture of it could be decoded: is the file whole?")
        times = found.select(["start_ns", "end_ns"]).to_pylist()
        return Shots(key=key, times=times, poster=self._archive.poster(key), loss=found["loss"][-1].as_py() or "")

    def _cut(self, item: Item, key: str, found: pa.Table) -> None:
        opened = found.to_pylist()[-1] if len(found) else None
        film = {"key": key, "uri": item.uri, "path": path_to_text(item.media_path or ""), "opened": opened}
        began, done = time.monotonic(), (opened["end_frame"], opened["end_ns"]) if opened else (0, 0)
        at, rows = done[0], dict[str, dict[str, Any]]()
        tables = self._engine.run(self._stage, [pa.Table.from_pylist([film], FILMS)])
        for number, table in enumerate(tables, start=1):
            if cause := table["cause"][0].as_py():
                raise UnreadableError(cause)
            made = table.select(SHOTS.names).to_pylist()
            rows |= {row["id"]: row for row in made}  # what was open may be closed by now
            if number % _TABLES_A_COMMIT == 0 or made[-1]["transition"] == Transition.END:
                self._archive.keep_shots(pa.Table.from_pylist(list(rows.values()), SHOTS))
                rows.clear()
            self.frames += made[-1]["end_frame"] - at
            at = made[-1]["end_frame"]
            self._watch(
                FilmProgress(
                    uri=item.uri,
                    frames=made[-1]["end_frame"] - done[0],
                    film_ns=made[-1]["end_ns"] - done[1],
                    at_ns=made[-1]["end_ns"],
                    duration_ns=item.film.duration_ns if item.film else None,
                    seconds=time.monotonic() - began,
                )
            )


def _complete(shots: pa.Table) -> bool:
    return len(shots) > 0 and shots["transition"][-1].as_py() == Transition.END
