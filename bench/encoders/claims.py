"""What was aimed at, beside what was found. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bench.encoders.field import OURS, OURS_ENTITIES, REFERENCE
from bench.encoders.ratios import Interval
from bench.encoders.report import QualityRow
from bench.encoders.rows import Claim, DocumentRow, QueryRow

__all__ = ["QUERIES_NOTE", "claims"]

_QUERY_AIM, _QUERY_FLOOR = 8, 4
_TORCH_AIM, _TORCH_FLOOR = 4, 2.5
_OTHERS_AIM, _OTHERS_FLOOR = 1.5, 1
_STS_LOSS_POINTS = 0.3

QUERIES_NOTE = (
    "one query at a time is judged beside torch and the pipeline alone; "
    "beside the int8 peers its ratios are in the table, for information"
)


def claims(
    queries: Sequence[QueryRow],
    entities: Sequence[QueryRow],
    documents: Sequence[DocumentRow],
    graded: Sequence[QualityRow],
) -> list[Claim]:
    """A claim for each aim: queries against torch and the pipeline, documents against each peer's best batch size."""
    asked = [row for row in queries if row.contestant == REFERENCE]
    asked += [row for row in entities if row.contestant != OURS_ENTITIES]
    return [*_of_queries(asked), *_of_documents(documents), *_of_quality(graded)]


def _of_queries(rows: Sequence[QueryRow]) -> list[Claim]:
    return [
        Claim(what=f"one query, {what}, times {row.contestant}", found=found, aim=_QUERY_AIM, floor=_QUERY_FLOOR)
        for row in rows
        for what, found in (("p50", row.times_ours_p50), ("p95", row.times_ours_p95))
    ]


def _of_documents(rows: Sequence[DocumentRow]) -> list[Claim]:
    best: dict[str, DocumentRow] = {}
    for row in rows:
        known = best.get(row.contestant)
        if row.contestant != OURS and (known is None or row.times_ours.median < known.times_ours.median):
            best[row.contestant] = row
    return [
        Claim(
            what=f"documents, times {name} with batches of {row.batch}",
            found=row.times_ours,
            aim=_TORCH_AIM if name == REFERENCE else _OTHERS_AIM,
            floor=_TORCH_FLOOR if name == REFERENCE else _OTHERS_FLOOR,
        )
        for name, row in best.items()
    ]


def _of_quality(rows: Sequence[QualityRow]) -> list[Claim]:
    """STS-B: at most 0.3 points below the reference. A figure without an interval: it has no noise of a machine.

    The test split where both have it: the scheme was chosen on dev.
    """
    splits = {
        "test": {row.contestant: row.sts_test for row in rows},
        "dev": {row.contestant: row.sts_dev for row in rows},
    }
    for split, points in splits.items():
        ours, reference = points.get(OURS), points.get(REFERENCE)
        if ours is not None and reference is not None:
            return [_beside_reference(split, ours - reference)]
    return []


def _beside_reference(split: str, gained: float) -> Claim:
    return Claim(
        what=f"STS-B {split}, points beside the reference",
        found=Interval(gained, gained, gained),
        floor=-_STS_LOSS_POINTS,
    )
