"""Precision, recall and F1 of entities, exact in span and label, with bootstrap intervals over sentences.

As seqeval counts by default (Nakayama, 2018): an entity is right whose first and last word and label are, sums are over
all entities, and nothing divided by nothing is 0.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsreel.evaluate.entities.answers import Answer
from newsreel.evaluate.entities.labelled import LABELS

__all__ = ["CORE", "Difference", "Interval", "Score", "average", "compare", "counts", "f1", "resampled", "score"]

CORE = ("PER", "ORG", "LOC")
"""What every set marks: the labels that sets are compared by."""

RESAMPLES = 10_000
_SEED = 0

Counts = npt.NDArray[np.int64]
"""[texts, LABELS, (right, found, gold)]."""
Floats = npt.NDArray[np.float64]


def counts(answers: Sequence[Answer]) -> Counts:
    """For each text and label the entities that are right, found and gold."""
    counted = np.zeros((len(answers), len(LABELS), 3), np.int64)
    for row, answer in zip(counted, answers, strict=True):
        gold = set(answer.gold)
        for entity in answer.found:
            column = row[LABELS.index(entity.label)]
            column += ((entity.start, entity.end, entity.label) in gold, 1, 0)
        for *_, label in gold:
            row[LABELS.index(label), 2] += 1
    return counted


def f1(counted: Counts) -> Floats:
    """Of counts `[..., 3]`."""
    harmonic: Floats = 2 * counted[..., 0] / np.maximum(counted[..., 1] + counted[..., 2], 1)
    return harmonic


def resampled(counted: Counts, name: str) -> Counts:
    """Sums `[RESAMPLES, ...]` over texts drawn with replacement from `[texts, ...]`; the same draws for the same name.

    Texts of the same counts are drawn together: their sum is multinomial, and there are few kinds of them.
    """
    flat = counted.reshape(len(counted), -1)
    kinds, times = np.unique(flat, axis=0, return_counts=True)
    chance = np.random.default_rng((_SEED, zlib.crc32(name.encode())))
    drawn = chance.multinomial(len(flat), times / len(flat), RESAMPLES)
    return (drawn @ kinds).reshape(RESAMPLES, *counted.shape[1:])


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float, draws: Floats) -> Interval:
        """Percentiles of `draws`."""
        low, high = np.percentile(draws, [2.5, 97.5])
        return cls(float(value), float(low), float(high))


@dataclass(frozen=True, slots=True)
class Score:
    """How well the entities of some labels are found."""

    precision: float
    recall: float
    f1: Interval
    gold: int
    found: int


def score(answers: Sequence[Answer], labels: Sequence[str], name: str) -> Score:
    """Of a set's answers, for `labels` together; `name` is the set's. Raises ValueError without a text."""
    counted = _of_labels(answers, labels)
    right, found, gold = counted.sum(axis=0).tolist()
    draws = f1(resampled(counted, name))
    return Score(
        precision=right / max(found, 1),
        recall=right / max(gold, 1),
        f1=Interval.of(float(f1(counted.sum(axis=0))), draws),
        gold=gold,
        found=found,
    )


def average(sets: Mapping[str, Sequence[Answer]]) -> Interval:
    """The mean over sets of F1 on CORE; each set is drawn by itself."""
    values, draws = zip(
        *(_f1_and_draws(_of_labels(answers, CORE), name) for name, answers in sets.items()), strict=True
    )
    return Interval.of(float(np.mean(values)), np.mean(draws, axis=0))


@dataclass(frozen=True, slots=True)
class Difference:
    """One model's F1 less another's, on the same sentences."""

    f1: Interval
    p: float
    """How likely a resample is to turn its sign, on both sides; never below 1 in RESAMPLES."""

    @classmethod
    def of(cls, value: float, draws: Floats) -> Difference:
        """From differences of resamples."""
        against = min((draws <= 0).mean(), (draws >= 0).mean())
        return cls(Interval.of(value, draws), float(np.clip(2 * against, 1 / len(draws), 1)))


def compare(ours: Mapping[str, Sequence[Answer]], theirs: Mapping[str, Sequence[Answer]]) -> dict[str, Difference]:
    """Paired, F1 on CORE: for each set, and for their mean as `average`."""
    values, draws = dict[str, float](), dict[str, Floats]()
    for name, answers in ours.items():
        both = np.stack([_of_labels(answers, CORE), _of_labels(theirs[name], CORE)], axis=1)
        value, drawn = _f1_and_draws(both, name)
        values[name], draws[name] = float(value[0] - value[1]), drawn[:, 0] - drawn[:, 1]
    found = {name: Difference.of(values[name], draws[name]) for name in values}
    mean = np.mean(list(draws.values()), axis=0)
    return found | {"average": Difference.of(float(np.mean(list(values.values()))), mean)}


def _of_labels(answers: Sequence[Answer], labels: Sequence[str]) -> Counts:
    """[texts, (right, found, gold)]."""
    summed: Counts = counts(answers)[:, [LABELS.index(label) for label in labels]].sum(axis=1)
    return summed


def _f1_and_draws(counted: Counts, name: str) -> tuple[Floats, Floats]:
    return f1(counted.sum(axis=0)), f1(resampled(counted, name))
