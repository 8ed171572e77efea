"""The sets by name and split, as `splits.toml` deals documents out and `labels.toml` maps their labels."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from newsreel.core.errors import SourceError
from newsreel.evaluate.entities.columns import read_columns
from newsreel.evaluate.entities.gum import read_gum
from newsreel.evaluate.entities.labelled import Labelled, labelled_words, read_marked

__all__ = ["Dealt", "Split", "deal", "read_sets"]

Split = Literal["train", "tune", "report"]

_BEFORE: Mapping[Split, tuple[Split, ...]] = {"report": (), "tune": ("report",), "train": ("report", "tune")}
"""Splits whose sentences are kept where another has them too."""

_COLUMNS = {"wnut17": (0, 1), "btc": (0, 1), "wikigold": (0, 1), "uner_ewt": (1, 2), "crossner": (0, 1)}
"""Where a corpus's lines have the word and its tag."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """The labelled texts of a split."""

    sets: dict[str, list[Labelled]]
    left_out: Counter[str]
    """By set, how many of its sentences are in no list, since a split that matters more has them."""


def read_sets(folder: Path, split: Split) -> dict[str, list[Labelled]]:
    """The labelled texts of a split, by set; `folder` holds the corpora. Raises SourceError where one is missing."""
    return deal(folder, split).sets


def deal(folder: Path, split: Split) -> Dealt:
    """`read_sets`, and what it leaves out: what is reported is tuned and trained on nowhere, what is tuned not trained.

    Sentences are the same where they differ in case and spaces alone.
    """
    taken = {_sameness(text) for other in _BEFORE[split] for texts in _read(folder, other).values() for text in texts}
    sets, left_out = dict[str, list[Labelled]](), Counter[str]()
    for name, texts in _read(folder, split).items():
        sets[name] = [text for text in texts if _sameness(text) not in taken]
        left_out[name] = len(texts) - len(sets[name])
    return Dealt(sets, +left_out)


def _sameness(text: Labelled) -> str:
    return "".join(text.text.casefold().split())


def _read(folder: Path, split: Split) -> dict[str, Sequence[Labelled]]:
    found: dict[str, list[Labelled]] = {}
    for part in _table("splits.toml")["part"]:
        if part["split"] == split:
            found.setdefault(part["set"], []).extend(_part(folder, part))
    return dict(found)


def _part(folder: Path, part: Mapping[str, Any]) -> Iterator[Labelled]:
    first, last = _documents(part.get("documents", "1-"))
    for path in _files(folder, part):
        if part["source"] == "marked":
            yield from read_marked(path)
        elif part["source"] == "gum":
            yield from read_gum(path, _labels("gum"), _unmarked("gum"))
        else:
            yield from (text for number, text in _columns(path, part["source"]) if first <= number <= last)


def _columns(path: Path, source: str) -> Iterator[tuple[int, Labelled]]:
    labels, unmarked = _labels(source), _unmarked(source)
    for sentence in read_columns(path, *_COLUMNS[source]):
        document = f"{path.parent.name}/{path.stem}:{sentence.document}"
        try:
            yield sentence.document, labelled_words(sentence.words, sentence.tags, labels, document, unmarked)
        except KeyError as error:
            raise SourceError(f"{path}: its label {error} is none that labels.toml has for {source}") from error


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


def _unmarked(source: str) -> frozenset[str]:
    return frozenset(_table("labels.toml")[source]["unmarked"])


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("newsreel.evaluate.entities").joinpath(name).read_text(encoding="utf-8"))
