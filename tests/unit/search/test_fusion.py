"""Fusing and marking."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.errors import UsageError
from newsreel.core.protocols import CANDIDATES
from newsreel.search.fusion import Weights, fuse
from newsreel.search.highlight import highlights
from newsreel.search.results import Query


def found(**scores: float) -> pa.Table:
    rows = [{"id": i, "uri": i, "kind": "story", "published_ns": None, "score": s} for i, s in scores.items()]
    return pa.Table.from_pylist(rows, CANDIDATES)


def test_each_part_is_a_share_of_the_querys_best() -> None:
    a, b, c = fuse(found(a=8.0, b=4.0), found(a=0.5, c=0.25), {"b": 0.1}, Weights(0.5, 0.5))
    assert (a.id, a.score) == ("a", 1.0)
    assert (b.id, b.score) == ("b", pytest.approx(0.5 * 0.5 + 0.5 * 0.2))
    assert (c.id, c.score) == ("c", pytest.approx(0.5 * 0.5))
    assert c.parts[0].raw is None


def test_negative_cosines_count_nothing_and_ties_break_by_id() -> None:
    fused = fuse(found(), found(b=-0.2, a=-0.1), {}, Weights(0, 1))
    assert [(c.id, c.score) for c in fused] == [("a", 0.0), ("b", 0.0)]


def test_one_retriever_alone_keeps_its_order() -> None:
    assert [c.id for c in fuse(found(a=1.0, b=3.0), found(), {}, Weights(1, 0))] == ["b", "a"]


@pytest.mark.parametrize("weights", [(0, 0), (-1, 2)])
def test_weights_that_mean_nothing_are_refused(weights: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Weights(*weights)


def stem(word: str) -> list[str]:
    return [word.lower().rstrip("s")]


def test_neighbouring_words_are_marked_as_one() -> None:
    text = "Floods hit; the flood, defences flood."
    marked = [text[a:b] for a, b in highlights(text, frozenset({"flood", "defence"}), stem)]
    assert marked == ["Floods", "flood", "defences flood"]


@given(st.text(), st.sets(st.text(min_size=1)))
def test_ranges_are_ordered_apart_and_inside(text: str, terms: set[str]) -> None:
    ranges = highlights(text, frozenset(terms), lambda word: [word])
    edges = [edge for pair in ranges for edge in pair]
    assert edges == sorted(edges)
    assert all(0 <= a < b <= len(text) for a, b in ranges)


@pytest.mark.parametrize(
    "fields", [{"limit": 0}, {"limit": 1001}, {"offset": -1}, {"text": "x" * 2001}, {"from_ns": 2, "to_ns": 2}]
)
def test_a_query_that_makes_no_sense_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Query(**fields)  # type: ignore[arg-type]
