"""What speed costs: Spearman's correlation with people's judgement, and the cosine to the reference."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from bench.encoders.race import Runner
from bench.encoders.texts import Pairs

__all__ = ["Matrix", "cosines", "spearman", "sts_score", "vectors"]

Matrix = npt.NDArray[np.float32]
"""A vector a row."""


def vectors(runner: Runner, texts: Sequence[str]) -> Matrix:
    """A contestant's unit vectors. Raises FailedError."""
    with TemporaryDirectory(prefix="newsreel-bench-") as folder:
        file = Path(folder) / "vectors.npy"
        runner.ask("vectors", texts=list(texts), file=str(file))
        found: Matrix = np.load(file)
    return found


def sts_score(runner: Runner, pairs: Pairs) -> float:
    """Spearman's correlation of cosine and judgement, in points (0 to 100). Raises FailedError."""
    both = vectors(runner, [*pairs.first, *pairs.second])
    return 100 * spearman(cosines(both[: len(pairs.first)], both[len(pairs.first) :]), pairs.scores)


def cosines(one: Matrix, other: Matrix) -> npt.NDArray[np.float32]:
    """Row by row, of unit vectors."""
    found: npt.NDArray[np.float32] = (one * other).sum(axis=1)
    return found


def spearman(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Rank correlation; equal values share the mean of their ranks."""
    return float(np.corrcoef(_ranks(np.asarray(one)), _ranks(np.asarray(other)))[0, 1])


def _ranks(values: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    mean: npt.NDArray[np.float64] = (ends - (counts - 1) / 2)[place]
    return mean
