"""nDCG and recall as the field computes them, with bootstrap intervals."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np

from newsreel.core.errors import UsageError
from newsreel.evaluate.ecbplus import Topic

__all__ = ["MEASURES", "Difference", "compare", "measure", "unexpected"]

MEASURES = ("nDCG@10", "R@100")
_RESAMPLES = 10_000

Ranking = Sequence[tuple[str, float]]


def measure(topics: Sequence[Topic], rankings: Mapping[str, Ranking]) -> dict[str, list[float]]:
    """Each measure's value for each topic, in the topics' order. A topic's own story is left out of its ranking."""
    try:
        import ir_measures
    except ImportError as error:
        raise UsageError("evaluating needs ir-measures: pip install 'newsreel[evaluate]'") from error
    qrels = {t.qid: dict.fromkeys(t.relevant, 1) for t in topics}
    run = {t.qid: {uri: score for uri, score in rankings[t.qid] if uri != t.qid} for t in topics}
    values: dict[str, dict[str, float]] = {name: {} for name in MEASURES}
    for result in ir_measures.iter_calc([ir_measures.parse_measure(m) for m in MEASURES], qrels, run):
        values[str(result.measure)][result.query_id] = result.value
    return {name: [values[name].get(t.qid, 0.0) for t in topics] for name in MEASURES}


def unexpected(split: str, measure_name: str, found: Mapping[str, float]) -> list[str]:
    """What differs from the expected scores by more than their tolerance, said in words; empty if nothing does."""
    scores = tomllib.loads(resources.files(__package__).joinpath("expected.toml").read_text(encoding="utf-8"))
    expected = scores["retrieval"].get(split, {}).get(measure_name, {})
    return [
        f"{split}, {measure_name}, {name}: {found[name]:.4f}, expected {value:.4f}"
        for name, value in expected.items()
        if abs(found[name] - value) > scores["tolerance"]
    ]


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean difference over topics with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def compare(a: Sequence[float], b: Sequence[float]) -> Difference:
    """`a` minus `b`, paired by topic (percentile bootstrap, fixed seed)."""
    differences = np.asarray(a) - np.asarray(b)
    drawn = np.random.default_rng(0).choice(differences, (_RESAMPLES, len(differences))).mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Difference(float(differences.mean()), float(low), float(high))
