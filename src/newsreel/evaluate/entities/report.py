"""All figures of a model's answers, and which of them are not the expected ones."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import chain
from typing import Any

from newsreel.evaluate.entities.answers import CASES, Answer, Answers, Case
from newsreel.evaluate.entities.calibration import Bin, calibration_error, reliability
from newsreel.evaluate.entities.confusion import confusion, outcomes
from newsreel.evaluate.entities.labelled import LABELS
from newsreel.evaluate.entities.scores import CORE, Difference, Interval, Score, average, compare, score
from newsreel.evaluate.entities.sets import Split

__all__ = ["ALL", "CORE_LABELS", "Figures", "figures", "unexpected"]

CORE_LABELS, ALL = "/".join(CORE), "all"


@dataclass(frozen=True, slots=True)
class Figures:
    """A model's figures in one case."""

    sets: Mapping[str, Mapping[str, Score]]
    """By set: of CORE_LABELS, of ALL that it marks, and of each label that is there or was found."""
    average: Interval
    """The mean over sets of F1 on CORE_LABELS."""
    calibration: Mapping[str, float]
    """Expected calibration error by set, and of ALL of their entities."""
    bins: Sequence[Bin]
    """Of all sets' entities."""
    confusion: Mapping[str, Mapping[str, int]]
    """Of all sets: gold label to what it became to how often."""
    against: Mapping[str, Difference]
    """F1 on CORE_LABELS less another model's, by set and for the average; empty where there is no other."""


def figures(ours: Answers, theirs: Answers | None = None) -> dict[Case, Figures]:
    """By case; `theirs` are another model's answers to the same."""
    return {case: _of_case(ours[case], theirs[case] if theirs else {}) for case in CASES}


def _of_case(sets: Mapping[str, Sequence[Answer]], theirs: Mapping[str, Sequence[Answer]]) -> Figures:
    every = list(chain.from_iterable(sets.values()))
    bins = reliability(every)
    errors = {name: calibration_error(reliability(answers)) for name, answers in sets.items()}
    return Figures(
        sets={name: _scores(name, answers) for name, answers in sets.items()},
        average=average(sets),
        calibration={**errors, ALL: calibration_error(bins)},
        bins=bins,
        confusion=confusion(outcomes(every)),
        against=compare(sets, theirs) if theirs else {},
    )


def _scores(name: str, answers: Sequence[Answer]) -> dict[str, Score]:
    found = {label: score(answers, [label], name) for label in LABELS}
    of_labels = {label: scored for label, scored in found.items() if scored.gold or scored.found}
    return {CORE_LABELS: score(answers, CORE, name), ALL: score(answers, LABELS, name), **of_labels}


def unexpected(model: str, split: Split, found: Mapping[Case, Figures]) -> list[str]:
    """What differs from a model's expected figures by more than their tolerance, in words; empty if nothing does.

    Expected are F1 on CORE_LABELS by set, and their `average`; of a model that the file does not name, nothing is.
    """
    scores = _expected()
    different = []
    for case, expected in scores.get(model, {}).get(split, {}).items():
        ours = {name: of[CORE_LABELS].f1.value for name, of in found[case].sets.items()}
        ours["average"] = found[case].average.value
        different += [
            f"{name}, {case}: F1 {ours[name]:.4f}, expected {value:.4f}"
            for name, value in expected.items()
            if abs(ours[name] - value) > scores["tolerance"]
        ]
    return different


def _expected() -> dict[str, Any]:
    return tomllib.loads(resources.files("newsreel.evaluate").joinpath("expected_entities.toml").read_text("utf-8"))
