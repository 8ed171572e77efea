"""How far outputs are from the reference's, task by task, and whether the gate lets that pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from newsreel.models.runtime.conversion.gates import Verdict, classes_gate, embeddings_gate, ranking_gate
from newsreel.models.runtime.sessions import Output
from newsreel.ops.bench.rows import Quality

__all__ = ["MOST_DIFFERENT", "compare"]

MOST_DIFFERENT = 0.05
"""That a probability of a shot's end may differ: boundaries are where one passes a half, and few are that near."""

Outputs = Sequence[Output]
"""What a graph gives for each row: `[dimension]`, `[tokens, labels]`, `[labels]` or `[frames, 2]`."""


def compare(task: str, found: Outputs, reference: Outputs, *, neighbours: float, padding: float) -> Quality:
    """Outputs of the same rows beside each other. `neighbours` and `padding` as `Quality` has them."""
    name, equal = _NAMES[task], 0.0 if task == "shots" else 1.0
    if not all(np.isfinite(output).all() for output in found):
        lost = 1 - equal
        return Quality(name, lost, lost, equal, 0.0, 0.0, "an output is no number")
    value, worst, below = _MEASURES[task](found, reference)
    return Quality(name, value, worst, equal, neighbours, padding, below)


def _cosine(found: Outputs, reference: Outputs) -> tuple[float, float, str]:
    verdict = embeddings_gate(np.stack(reference).astype(np.float64), np.stack(found).astype(np.float64))
    mean, least = verdict.measures
    return mean.found, least.found, _missed(verdict)


def _agreement(found: Outputs, reference: Outputs) -> tuple[float, float, str]:
    """Share of tokens, or of texts, with the same best label."""
    pairs = [(np.atleast_2d(one), np.atleast_2d(other)) for one, other in zip(reference, found, strict=True)]
    theirs, ours = (np.concatenate(column) for column in zip(*pairs, strict=True))
    verdict = classes_gate(theirs, ours)
    worst = min(classes_gate(one, other).measures[0].found for one, other in pairs)
    return verdict.measures[0].found, worst, _missed(verdict)


def _order(found: Outputs, reference: Outputs) -> tuple[float, float, str]:
    scores = [np.array([float(output.reshape(-1)[-1]) for output in outputs]) for outputs in (reference, found)]
    verdict = ranking_gate(scores[:1], scores[1:])
    tau = verdict.measures[0].found
    return tau, tau, _missed(verdict)


def _difference(found: Outputs, reference: Outputs) -> tuple[float, float, str]:
    greatest = max(float(np.abs(one - other).max()) for one, other in zip(found, reference, strict=True))
    below = "" if greatest <= MOST_DIFFERENT else f"a probability differs by {greatest:.3f} (gate {MOST_DIFFERENT})"
    return greatest, greatest, below


def _missed(verdict: Verdict) -> str:
    return ", ".join(str(measure) for measure in verdict.measures if not measure.holds)


_NAMES = {
    "embed": "cosine",
    "entities": "same labels",
    "classify": "same labels",
    "rerank": "Kendall tau",
    "shots": "difference",
}
_MEASURES: Mapping[str, Callable[[Outputs, Outputs], tuple[float, float, str]]] = {
    "embed": _cosine,
    "entities": _agreement,
    "classify": _agreement,
    "rerank": _order,
    "shots": _difference,
}
