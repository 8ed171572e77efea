"""Which models there are: a room for each task, its default model, and the artifacts that have been made."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module, resources
from pathlib import Path
from typing import Any

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models import entities
from newsreel.models.runtime import artifact
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.files import folder_name
from newsreel.models.runtime.order import Made, Order

__all__ = ["SHIPPED", "TASKS", "build", "default_card", "defaults", "find", "is_source", "listed", "load"]

_ROOMS = {
    "embed": "newsreel.models.embedder",
    "shots": "newsreel.models.shots",
    "entities": "newsreel.models.entities",
    "classify": "newsreel.models.classifier",
    "rerank": "newsreel.models.reranker",
}

TASKS = tuple(_ROOMS)

SHIPPED = {entities.DEFAULT: "entities"}
"""Models that come with the package, ready to run, and their tasks. Nothing else goes by their names."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A model that is made, or is a task's default and can be."""

    card: Mapping[str, Any]
    built: bool
    trouble: str | None = None
    """Why an artifact that is there cannot be used."""


def room(task: str) -> str:
    """The package of a task's models. Raises UsageError."""
    if task not in _ROOMS:
        raise UsageError(f"there is no task '{task}': the tasks are {', '.join(TASKS)}")
    return _ROOMS[task]


def default_card(task: str) -> dict[str, Any] | None:
    """What is known of a task's default model before it is built; None where a task has none yet. Raises UsageError."""
    files = resources.files(room(task))
    card = files.joinpath("shipped", "card.toml") if task in SHIPPED.values() else files.joinpath("card.toml")
    return tomllib.loads(card.read_text(encoding="utf-8")) if card.is_file() else None


def defaults() -> list[str]:
    """The tasks that have a default model."""
    return [task for task in TASKS if default_card(task) is not None]


def build(root: Path, order: Order, report: Callable[[str], None]) -> Made:
    """Make the artifact that is ordered. `report` is told each step. Raises ArtifactError, UsageError.

    A model that comes with the package is there already, and no other takes its name.
    """
    if order.own_name in SHIPPED:
        raise UsageError(
            f"the name '{order.own_name}' is the model's that comes with Newsreel: choose another with --name"
        )
    if order.source is None and order.task in SHIPPED.values():
        return Made(_shipped(order.task), fresh=False)
    try:
        build_in_room: Callable[[Path, Order, Callable[[str], None]], Made] = import_module(
            f"{room(order.task)}.build"
        ).build
    except ImportError as error:
        raise ArtifactError(
            f"{error.name} is not installed, which building needs: `pip install 'newsreel[build]'`"
        ) from error
    return build_in_room(root, order, report)


def find(root: Path, name: str) -> Artifact:
    """The artifact called `name`, whatever its task. Raises UsageError where there is none, and ArtifactError."""
    known = {str(card["name"]): task for task in TASKS if (card := default_card(task)) is not None} | SHIPPED
    if name not in known and folder_name(name) not in artifact.names(root):
        raise UsageError(f"there is no model '{name}': `newsreel models list` names those there are")
    return load(root, name, known.get(name))


def is_source(root: Path, name: str) -> bool:
    """Whether that is where a pretrained model is, and not the name of a model that there is."""
    if ":" in name or name.startswith((".", "/", "~")):
        return True
    return Path(name).is_dir() and name not in SHIPPED and folder_name(name) not in artifact.names(root)


def load(root: Path, name: str, task: str | None = None) -> Artifact:
    """The artifact called `name`, for `task` if one is given; of those in `root`, or one that comes with the package.

    Raises ArtifactError.
    """
    if name in SHIPPED and task in (None, SHIPPED[name]):
        return _shipped(SHIPPED[name])
    return artifact.load(root, name, task=task)


def _shipped(task: str) -> Artifact:
    return artifact.load_shipped(Path(str(resources.files(room(task)).joinpath("shipped"))), task=task)


def listed(root: Path) -> list[Listed]:
    """Every task's default and every artifact made, by task and name."""
    cards = {str(card["name"]): card for task in TASKS if (card := default_card(task)) is not None}
    there = dict.fromkeys([*artifact.names(root), *SHIPPED])
    found = {name: Listed(card, built=False) for name, card in cards.items()} | {n: _made(root, n) for n in there}
    return sorted(found.values(), key=lambda model: (str(model.card["task"]), str(model.card["name"])))


def _made(root: Path, name: str) -> Listed:
    try:
        return Listed(load(root, name).card, built=True)
    except ArtifactError as error:
        return Listed({"name": name, "task": SHIPPED.get(name, "?")}, built=False, trouble=str(error))
