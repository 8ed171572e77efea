"""Films through systems, their figures, and which of them are not the expected ones."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any

from newsreel.evaluate.shots.films import Film
from newsreel.evaluate.shots.generated import FILMS, generated
from newsreel.evaluate.shots.real import encoded, shared_films, truth
from newsreel.evaluate.shots.scores import Answer, Figures
from newsreel.evaluate.shots.systems import System
from newsreel.evaluate.shots.takes import Half, film_paths, read_takes

__all__ = ["CODED", "Answers", "ask", "count_of", "films_of", "unexpected"]

CODED = 5
"""How many of the generated films are coded too."""

Answers = Mapping[str, Mapping[str, Sequence[Answer]]]
"""By set, by system."""


def films_of(folder: Path, half: Half, *, generate: bool) -> Iterator[tuple[str, Film]]:
    """Each film with its set's name, one at a time: the shared ones, then those generated of a half, some coded.

    Raises SourceError, UnreadableError, UsageError.
    """
    yield from (("shared", film) for film in shared_films(folder))
    if generate:
        takes = read_takes(half, film_paths([folder]))
        yield from ((f"generated {half}", film) for film in generated(half, takes))
        yield from ((f"coded {half}", encoded(film)) for film in islice(generated(half, takes, CODED), CODED))


def count_of(*, generate: bool) -> int:
    """How many films these are."""
    shared = [name for name, there in truth().items() if there.get("counts", True)]
    return len(shared) + (FILMS + CODED if generate else 0)


def ask(
    films: Iterable[tuple[str, Film]], systems: Mapping[str, System], watch: Callable[[str, int], None]
) -> dict[str, dict[str, list[Answer]]]:
    """What each system finds in each film; `watch` is told the film and how many are done."""
    answers: dict[str, dict[str, list[Answer]]] = {}
    for done, (name, film) in enumerate(films):
        watch(film.name, done)
        of_set = answers.setdefault(name, {system: [] for system in systems})
        for system, find in systems.items():
            of_set[system].append(Answer(film.name, film.edits, film.distractors, tuple(find(film))))
    return answers


def unexpected(found: Mapping[str, Mapping[str, Figures]]) -> list[str]:
    """What differs from the expected F1 by more than the tolerance, in words; empty if nothing does."""
    scores = _expected()
    return [
        f"{name}, {system}, {kind}: F1 {figures.scores[kind].f1.value:.4f}, expected {expected:.4f}"
        for name, systems in found.items()
        for system, figures in systems.items()
        for kind, expected in scores.get(name, {}).get(system, {}).items()
        if abs(figures.scores[kind].f1.value - expected) > scores["tolerance"]
    ]


def _expected() -> dict[str, Any]:
    return tomllib.loads(resources.files("newsreel.evaluate").joinpath("expected_shots.toml").read_text("utf-8"))
