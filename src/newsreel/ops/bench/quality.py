"""How far outputs are from the reference's, task by task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from newsreel.ops.bench.rows import Quality

__all__ = ["Output", "compare"]

Output = npt.NDArray[np.float32]
"""What a graph gives for one row: `[dimension]`, `[tokens, labels]`, `[labels]` or `[frames, 2]`."""


def compare(task: str, found: Sequence[Output], reference: Sequence[Output], neighbours: float) -> Quality:
    """Outputs of the same rows beside each other. `neighbours` as `Quality` has it."""
    measure, value, worst, equal = _MEASURES[task](found, reference)
    return Quality(measure=measure, value=value, worst=worst, equal=equal, neighbours=neighbours)


_Measured = tuple[str, float, float, float]


def _cosine(found: Sequence[Output], reference: Sequence[Output]) -> _Measured:
    one, other = np.stack(found).astype(np.float64), np.stack(reference).astype(np.float64)
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosines = (one * other).sum(axis=1) / np.maximum(lengths, 1e-12)
    return "cosine", float(cosines.mean()), float(cosines.min()), 1.0


def _agreement(found: Sequence[Output], reference: Sequence[Output]) -> _Measured:
    """Share of tokens, or of texts, with the same best label."""
    same = [np.atleast_1d(f.argmax(-1) == r.argmax(-1)) for f, r in zip(found, reference, strict=True)]
    return "same labels", float(np.concatenate(same).mean()), min(float(s.mean()) for s in same), 1.0


def _order(found: Sequence[Output], reference: Sequence[Output]) -> _Measured:
    """Kendall's tau-b of the scores: pairs in the same order less pairs in the other, ties set aside."""
    pairs = np.triu_indices(len(found), 1)
    one, other = (np.sign(np.subtract.outer(s, s))[pairs] for s in (_scores(found), _scores(reference)))
    untied = float(np.sqrt((one**2).sum() * (other**2).sum()))
    tau = float((one * other).sum()) / untied if untied else 1.0
    return "Kendall tau", tau, tau, 1.0


def _scores(outputs: Sequence[Output]) -> npt.NDArray[np.float64]:
    return np.array([float(output.reshape(-1)[-1]) for output in outputs])


def _difference(found: Sequence[Output], reference: Sequence[Output]) -> _Measured:
    each = [float(np.abs(f - r).max()) for f, r in zip(found, reference, strict=True)]
    return "greatest difference", max(each), max(each), 0.0


_MEASURES: Mapping[str, Callable[[Sequence[Output], Sequence[Output]], _Measured]] = {
    "embed": _cosine,
    "entities": _agreement,
    "classify": _agreement,
    "rerank": _order,
    "shots": _difference,
}
