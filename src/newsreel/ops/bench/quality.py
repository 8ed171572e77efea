"""How far outputs are from the reference's, task by task, and whether the gate lets that pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from newsreel.models.entities.tags import TaggedWord, entities
from newsreel.models.runtime.conversion.gates import (
    Verdict,
    classes_gate,
    embeddings_gate,
    ranking_gate,
    spans_gate,
)
from newsreel.models.runtime.gold import Span
from newsreel.models.runtime.sessions import Output
from newsreel.ops.bench.rows import Quality
from newsreel.ops.bench.workload import PASSAGES

__all__ = ["MOST_DIFFERENT", "compare"]

MOST_DIFFERENT = 0.05
"""That a probability of a shot's end may differ: boundaries are where one passes a half, and few are that near."""

Outputs = Sequence[Output]
"""What a graph gives for each row: `[dimension]`, `[tokens, labels]`, `[labels]` or `[frames, 2]`."""


def compare(
    task: str, found: Outputs, reference: Outputs, *, neighbours: float, padding: float, labels: Sequence[str] = ()
) -> Quality:
    """Outputs of the same rows beside each other, by the gate that builds pass.

    `neighbours` and `padding` are as `Quality` has them; `labels` are an entity model's, in the order of its logits.
    """
    name, equal = _NAMES[task], 0.0 if task == "shots" else 1.0
    if not all(np.isfinite(output).all() for output in found):
        lost = 1 - equal
        return Quality(name, lost, lost, equal, 0.0, 0.0, "an output is no number")
    value, worst, below = _MEASURES[task](found, reference, labels)
    return Quality(name, value, worst, equal, neighbours, padding, below)


def _cosine(found: Outputs, reference: Outputs, _: Sequence[str]) -> tuple[float, float, str]:
    verdict = embeddings_gate(np.stack(reference).astype(np.float64), np.stack(found).astype(np.float64))
    mean, least = verdict.measures
    return mean.found, least.found, _missed(verdict)


def _agreement(found: Outputs, reference: Outputs, _: Sequence[str]) -> tuple[float, float, str]:
    """Share of texts with the same best label."""
    verdict = classes_gate(np.stack(reference), np.stack(found))
    same = [one.argmax() == other.argmax() for one, other in zip(reference, found, strict=True)]
    return verdict.measures[0].found, float(min(same)), _missed(verdict)


def _entities(found: Outputs, reference: Outputs, labels: Sequence[str]) -> tuple[float, float, str]:
    """F1 of the entities: what is outside in both counts for nothing, which most tokens are."""
    theirs, ours = ([_spans(output, labels) for output in outputs] for outputs in (reference, found))
    verdict = spans_gate(theirs, ours)
    worst = min(spans_gate([one], [other]).measures[0].found for one, other in zip(theirs, ours, strict=True))
    return verdict.measures[0].found, worst, _missed(verdict)


def _spans(logits: Output, labels: Sequence[str]) -> list[Span]:
    """A text's entities, each token taken for a word."""
    words = [TaggedWord(n, n + 1, labels[best], 1.0) for n, best in enumerate(logits.argmax(axis=1))]
    return [(one.start, one.end, one.label) for one in entities(words)]


def _order(found: Outputs, reference: Outputs, _: Sequence[str]) -> tuple[float, float, str]:
    """Kendall's tau, query by query."""
    theirs, ours = (_by_query(outputs) for outputs in (reference, found))
    verdict = ranking_gate(theirs, ours)
    worst = min(ranking_gate([one], [other]).measures[0].found for one, other in zip(theirs, ours, strict=True))
    return verdict.measures[0].found, worst, _missed(verdict)


def _by_query(outputs: Outputs) -> list[npt.NDArray[np.floating]]:
    """Scores of each query's passages; of the last one too few to be in an order are left out."""
    scores = np.array([float(output.reshape(-1)[-1]) for output in outputs])
    queries = [scores[n : n + PASSAGES] for n in range(0, len(scores), PASSAGES)]
    return [one for one in queries if len(one) > 1] or queries


def _difference(found: Outputs, reference: Outputs, _: Sequence[str]) -> tuple[float, float, str]:
    greatest = max(float(np.abs(one - other).max()) for one, other in zip(found, reference, strict=True))
    below = "" if greatest <= MOST_DIFFERENT else f"a probability differs by {greatest:.3f} (gate {MOST_DIFFERENT})"
    return greatest, greatest, below


def _missed(verdict: Verdict) -> str:
    return ", ".join(str(measure) for measure in verdict.measures if not measure.holds)


_NAMES = {
    "embed": "cosine",
    "entities": "span F1",
    "classify": "same labels",
    "rerank": "Kendall tau",
    "shots": "difference",
}
_MEASURES: Mapping[str, Callable[[Outputs, Outputs, Sequence[str]], tuple[float, float, str]]] = {
    "embed": _cosine,
    "entities": _entities,
    "classify": _agreement,
    "rerank": _order,
    "shots": _difference,
}
