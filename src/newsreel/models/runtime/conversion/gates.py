"""Gates: what a converted or quantised model may lose, measured beside the reference it was made of (decision 7)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.gold import Gold, Span

__all__ = [
    "Measure",
    "Verdict",
    "classes_gate",
    "embeddings_gate",
    "kendall_tau",
    "ndcg",
    "ranking_gate",
    "span_f1",
    "spans_gate",
]


Floats = npt.NDArray[np.floating]

LEAST_MEAN_COSINE, LEAST_COSINE = 0.99, 0.97
"""Of vectors to the reference's. Static int8 of MiniLM has .998 and .987 and loses nothing of STS-B (development set).
Less careful schemes lost .14 points of it at .993 and .979, and .23 at .983 and .939; .3 is what int8 may lose."""

LEAST_AGREEMENT = 0.98
"""Of the labels of whole texts with the reference's."""

LEAST_SPAN_AGREEMENT, MOST_F1_LOST = 0.97, 0.005
"""F1 of entities against the reference's; and what may be lost of the F1 against gold labels, as a part of 1."""

LEAST_TAU, MOST_NDCG_LOST = 0.9, 0.005
"""Of the order a reranker gives; tau to the reference's order, and what may be lost of nDCG@10."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure and the least that it may be."""

    name: str
    found: float
    least: float

    @property
    def holds(self) -> bool:
        """Whether it is enough. What is not a number is not."""
        return self.found >= self.least

    def __str__(self) -> str:
        """`mean cosine 0.9983 (gate 0.9900)`."""
        return f"{self.name} {self.found:.4f} (gate {self.least:.4f})"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate found."""

    against: str
    """What the measures compare with."""
    measures: tuple[Measure, ...]

    @property
    def holds(self) -> bool:
        """Whether every measure does."""
        return all(measure.holds for measure in self.measures)

    def __str__(self) -> str:
        """One line: what was compared, each figure and its gate."""
        return f"against {self.against}: " + ", ".join(map(str, self.measures))

    def require(self, model: str) -> None:
        """Raise ArtifactError naming what `model` misses, what was found and what is asked."""
        missed = [str(measure) for measure in self.measures if not measure.holds]
        if missed:
            raise ArtifactError(
                f"{model} is refused: {', '.join(missed)}, against {self.against}. "
                "Build it in another precision, or give more of your own text to calibrate with"
            )


def embeddings_gate(reference: Floats, found: Floats) -> Verdict:
    """Cosines of vectors `[texts, dimension]` to the reference's of the same texts."""
    _require_alike(reference, found)
    lengths = np.linalg.norm(reference, axis=1) * np.linalg.norm(found, axis=1)
    cosines = (reference * found).sum(axis=1) / np.maximum(lengths, np.finfo(np.float32).tiny)
    measures = (
        Measure("mean cosine", float(cosines.mean()), LEAST_MEAN_COSINE),
        Measure("least cosine", float(cosines.min()), LEAST_COSINE),
    )
    return Verdict(f"the reference's vectors of {len(reference)} texts", measures)


def classes_gate(reference: Floats, found: Floats) -> Verdict:
    """How often the labels are the reference's, the likeliest and those more likely than not, of the same texts.

    Probabilities `[texts, labels]`.
    """
    _require_alike(reference, found)
    likeliest = reference.argmax(axis=1) == found.argmax(axis=1)
    agreed = float((likeliest & ((reference > 0.5) == (found > 0.5)).all(axis=1)).mean())
    measures = (Measure("agreement", agreed if np.isfinite(found).all() else math.nan, LEAST_AGREEMENT),)
    return Verdict(f"the reference's labels of {len(reference)} texts", measures)


def spans_gate(
    reference: Sequence[Sequence[Span]], found: Sequence[Sequence[Span]], gold: Sequence[Gold] | None = None
) -> Verdict:
    """Entities of the same texts: each set's F1 against `gold` where it is given, else F1 against the reference's."""
    texts = f"{len(reference)} texts"
    if gold is None:
        agreed = Measure("span F1", span_f1(reference, found), LEAST_SPAN_AGREEMENT)
        return Verdict(f"the reference's entities of {texts}", (agreed,))
    theirs, ours = _f1_by_set(gold, reference), _f1_by_set(gold, found)
    figures = ", ".join(f"{name} {f1:.4f}" for name, f1 in theirs.items())
    measures = [Measure(f"F1 of {name}", ours[name], f1 - MOST_F1_LOST) for name, f1 in theirs.items()]
    return Verdict(f"gold entities of {texts}, F1 of the reference {figures}", tuple(measures))


def _f1_by_set(gold: Sequence[Gold], found: Sequence[Sequence[Span]]) -> dict[str, float]:
    pairs: dict[str, list[tuple[list[Span], list[Span]]]] = {}
    for text, spans in zip(gold, found, strict=True):
        right, ours = ([span for span in given if span[2] not in text.unmarked] for given in (text.spans, spans))
        pairs.setdefault(text.set_name, []).append((right, ours))
    return {name: span_f1(*map(list, zip(*of_set, strict=True))) for name, of_set in pairs.items()}


def ranking_gate(
    reference: Sequence[Floats], found: Sequence[Floats], relevance: Sequence[Floats] | None = None
) -> Verdict:
    """Scores of each query's candidates: Kendall's tau to the reference's order, and nDCG@10 lost given `relevance`."""
    taus = [kendall_tau(theirs, ours) for theirs, ours in zip(reference, found, strict=True)]
    measures = [Measure("Kendall tau", _mean(taus), LEAST_TAU)]
    against = f"the reference's order for {len(reference)} queries"
    if relevance is not None:
        theirs_10, ours_10 = (
            _mean([ndcg(gains, scores) for gains, scores in zip(relevance, ranked, strict=True)])
            for ranked in (reference, found)
        )
        measures.append(Measure("nDCG@10", ours_10, theirs_10 - MOST_NDCG_LOST))
        against += f", its nDCG@10 {theirs_10:.4f}"
    return Verdict(against, tuple(measures))


def span_f1(expected: Sequence[Sequence[Span]], found: Sequence[Sequence[Span]]) -> float:
    """Micro F1 of spans, right where both ends and the label are, over all texts; 1 where there are none at all."""
    pairs = [(set(theirs), set(ours)) for theirs, ours in zip(expected, found, strict=True)]
    right = sum(len(theirs & ours) for theirs, ours in pairs)
    named = sum(len(theirs) + len(ours) for theirs, ours in pairs)
    return 2 * right / named if named else 1.0


def kendall_tau(a: Floats, b: Floats) -> float:
    """Kendall's tau-b of two scorings of the same candidates; 1 where neither tells any two of them apart."""
    first, second = (np.sign(np.subtract.outer(scores, scores)) for scores in (a, b))
    apart_a, apart_b = np.abs(first).sum(), np.abs(second).sum()
    if not apart_a or not apart_b:
        return 1.0 if apart_a == apart_b else 0.0
    return float((first * second).sum() / math.sqrt(apart_a * apart_b))


def ndcg(gains: Floats, scores: Floats, depth: int = 10) -> float:
    """Discounted gain of the `depth` best by `scores` over the best possible; 1 where nothing is relevant."""
    discounts = 1 / np.log2(np.arange(2, min(depth, len(gains)) + 2))
    ranked = gains[np.argsort(-scores, kind="stable")][:depth]
    best = float((np.sort(gains)[::-1][:depth] * discounts).sum())
    return float((ranked * discounts).sum()) / best if best else 1.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan


def _require_alike(reference: Floats, found: Floats) -> None:
    if reference.shape != found.shape or not len(reference):
        raise ArtifactError(f"outputs {found.shape} cannot be compared with the reference's {reference.shape}")
