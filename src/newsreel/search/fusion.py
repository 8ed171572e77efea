"""Fusing two ranked lists: a convex combination of normalised scores.

After Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (ACM TOIS 42(1), 2023): each score
is divided by the query's best one, its theoretical minimum being 0 (BM25) or taken as 0 (cosine; a negative one says no
more than 0), then weighted. Where vectors alone found a segment, its BM25 counts as 0; where BM25 alone found it, its
cosine is computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from newsreel.core.item import Kind
from newsreel.search.results import ScorePart

__all__ = ["DEFAULT_WEIGHTS", "Candidate", "Weights", "fuse", "listed"]

_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each retriever counts. They need not sum to 1; one of them may be 0."""

    bm25: float
    vector: float

    def __post_init__(self) -> None:
        if min(self.bm25, self.vector) < 0 or self.bm25 + self.vector <= 0:
            raise ValueError(f"weights are 0 or more and not both 0, these are {self.bm25} and {self.vector}")


DEFAULT_WEIGHTS = Weights(bm25=0.4, vector=0.6)
"""Chosen on the development topics of ECB+: docs/design/05-search.md."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A segment that a retriever found."""

    id: str
    uri: str
    kind: Kind
    published_ns: int | None
    score: float
    parts: tuple[ScorePart, ...]


def fuse(lexical: pa.Table, semantic: pa.Table, cosines: Mapping[str, float], weights: Weights) -> list[Candidate]:
    """Candidates of both lists (`CANDIDATES`), best first, ties by id. `cosines` adds those `semantic` left out."""
    rows = {row["id"]: row for table in (semantic, lexical) for row in table.to_pylist()}
    bm25 = dict(zip(lexical["id"].to_pylist(), lexical["score"].to_pylist(), strict=True))
    cosine = {**cosines, **dict(zip(semantic["id"].to_pylist(), semantic["score"].to_pylist(), strict=True))}
    best_bm25, best_cosine = max(bm25.values(), default=0.0), max(cosine.values(), default=0.0)
    fused = []
    for id_, row in rows.items():
        parts = tuple(
            ScorePart(name=name, raw=raw.get(id_), normalised=_share(raw.get(id_), best), weight=weight)
            for name, raw, best, weight in (
                ("bm25", bm25, best_bm25, weights.bm25),
                ("vector", cosine, best_cosine, weights.vector),
            )
            if weight
        )
        score = round(sum(part.share for part in parts), _DECIMALS)
        fused.append(Candidate(id_, row["uri"], Kind(row["kind"]), row["published_ns"], score, parts))
    return sorted(fused, key=lambda c: (-c.score, c.id))


def listed(newest: pa.Table) -> list[Candidate]:
    """Candidates of a list that has an order but no scores."""
    return [
        Candidate(row["id"], row["uri"], Kind(row["kind"]), row["published_ns"], 0.0, ()) for row in newest.to_pylist()
    ]


def _share(raw: float | None, best: float) -> float:
    return 0.0 if raw is None or best <= 0 else max(raw, 0.0) / best
