"""The sets by name and split, as `splits.toml` deals documents out and `labels.toml` maps their labels."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from newsreel.core.errors import SourceError
from newsreel.evaluate.entities.columns import read_columns
from newsreel.evaluate.entities.gum import read_gum
from newsreel.evaluate.entities.labelled import Labelled, labelled_words, read_marked

__all__ = ["Split", "read_sets"]

Split = Literal["train", "tune", "report"]

_COLUMNS = {"wnut17": (0, 1), "btc": (0, 1), "wikigold": (0, 1), "uner_ewt": (1, 2), "crossner": (0, 1)}
"""Where a corpus's lines have the word and its tag."""


def read_sets(folder: Path, split: Split) -> dict[str, list[Labelled]]:
    """The labelled texts of a split, by set; `folder` holds the corpora. Raises SourceError where one is missing."""
    found: dict[str, list[Labelled]] = {}
    for part in _table("splits.toml")["part"]:
        if part["split"] == split:
            found.setdefault(part["set"], []).extend(_part(folder, part))
    return found


def _part(folder: Path, part: Mapping[str, Any]) -> Iterator[Labelled]:
    first, last = _documents(part.get("documents", "1-"))
    for path in _files(folder, part):
        if part["source"] == "marked":
            yield from read_marked(path)
        elif part["source"] == "gum":
            yield from read_gum(path, _labels("gum"))
        else:
            yield from (text for number, text in _columns(path, part["source"]) if first <= number <= last)


def _columns(path: Path, source: str) -> Iterator[tuple[int, Labelled]]:
    labels, unmarked = _labels(source), frozenset(_table("labels.toml")[source]["unmarked"])
    for number, sentence in enumerate(read_columns(path, *_COLUMNS[source]), 1):
        document = sentence.document or number
        try:
            text = labelled_words(sentence.words, sentence.tags, labels, f"{path.stem}:{document}", unmarked)
        except KeyError as error:
            raise SourceError(f"{path}: its label {error} is none that labels.toml has for {source}") from error
        yield document, text


def _files(folder: Path, part: Mapping[str, Any]) -> Iterator[Path]:
    for name in part["files"]:
        named = part.get("pattern", "{}").format(name)
        if part["source"] == "marked":
            yield Path(str(resources.files("newsreel.evaluate.entities").joinpath(named)))
            continue
        paths = sorted(folder.glob(named))
        if not paths:
            raise SourceError(f"{folder} has no {named}: name the folder that holds btc, wnut17 and the other corpora")
        yield from paths


def _documents(numbers: str) -> tuple[int, float]:
    first, _, last = numbers.partition("-")
    return int(first), int(last) if last else float("inf")


def _labels(source: str) -> dict[str, str]:
    return dict(_table("labels.toml")[source]["labels"])


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("newsreel.evaluate.entities").joinpath(name).read_text(encoding="utf-8"))
