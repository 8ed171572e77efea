"""Gates: their measures against scipy and by hand, and what they say."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.conversion import gates
from newsreel.models.runtime.gold import Gold

stats = pytest.importorskip("scipy.stats", reason="needs scipy")

scores = st.lists(st.tuples(*[st.integers(-3, 3)] * 2), min_size=2, max_size=12).map(
    lambda rows: np.array(rows, float).T
)
spans = st.lists(
    st.frozensets(st.tuples(st.integers(0, 3), st.integers(4, 6), st.sampled_from("AB"))), min_size=3, max_size=3
)


@settings(deadline=None)
@given(scores)
def test_kendall_tau_is_scipys(pair: Any) -> None:
    a, b = pair
    if len(set(a)) == 1 or len(set(b)) == 1:  # scipy has no answer
        assert gates.kendall_tau(a, b) == float(len(set(a)) == len(set(b)))
    else:
        assert gates.kendall_tau(a, b) == pytest.approx(stats.kendalltau(a, b).statistic)


@settings(deadline=None)
@given(st.permutations(range(12)), st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_ndcg_is_what_its_definition_says(order: list[int], relevance: list[int]) -> None:
    found = gates.ndcg(np.array(relevance, float), np.array(order, float))
    ranked = [gain for _, gain in sorted(zip(order, relevance, strict=True), reverse=True)]

    def gain(gains: list[int]) -> float:
        return sum(value / math.log2(place + 2) for place, value in enumerate(gains[:10]))

    best = gain(sorted(relevance, reverse=True))
    assert found == pytest.approx(gain(ranked) / best if best else 1)


@settings(deadline=None)
@given(spans, spans)
def test_span_f1_is_the_harmonic_mean_of_precision_and_recall(expected: Any, found: Any) -> None:
    right = sum(len(a & b) for a, b in zip(expected, found, strict=True))
    named, there = (sum(map(len, texts)) for texts in (found, expected))
    f1 = gates.span_f1([sorted(text) for text in expected], [sorted(text) for text in found])
    assert f1 == gates.span_f1([sorted(text) for text in found], [sorted(text) for text in expected])
    if right:
        assert f1 == pytest.approx(2 / (named / right + there / right))
    else:
        assert f1 == float(not named and not there)


def test_embeddings_are_refused_by_the_mean_and_by_the_worst() -> None:
    reference = np.eye(64, dtype=np.float32)
    assert gates.embeddings_gate(reference, 3 * reference).holds
    one_off = reference.copy()
    one_off[5, 6] = 0.5
    verdict = gates.embeddings_gate(reference, one_off)
    assert [measure.holds for measure in verdict.measures] == [True, False]
    figures = "mean cosine 0.9984 (gate 0.9900), least cosine 0.8944 (gate 0.9700)"
    assert str(verdict) == f"against the reference's vectors of 64 texts: {figures}"
    with pytest.raises(ArtifactError, match=r"tiny is refused: least cosine 0\.8944 \(gate 0\.9700\), against the"):
        verdict.require("tiny")
    gates.embeddings_gate(reference, reference).require("tiny")
    assert not gates.embeddings_gate(reference, np.full_like(reference, np.nan)).holds
    with pytest.raises(ArtifactError, match="cannot be compared"):
        gates.embeddings_gate(reference, reference[:3])


def test_classes_agree_by_their_likeliest_label() -> None:
    reference = np.random.default_rng(1).dirichlet(np.full(4, 0.2), size=100)
    assert gates.classes_gate(reference, reference * 0.999).holds
    flipped = reference.copy()
    flipped[:3] = 1 - flipped[:3]
    assert str(gates.classes_gate(reference, flipped)).endswith("100 texts: agreement 0.9700 (gate 0.9800)")
    assert not gates.classes_gate(reference, np.full_like(reference, np.nan)).holds
    one_label = np.linspace(0, 1, 100)[:, np.newaxis]
    assert not gates.classes_gate(one_label, 1 - one_label).holds, "of one label the likeliest says nothing"


def test_entities_are_held_to_gold_where_it_is_given() -> None:
    reference = [[(0, 4, "PER"), (9, 12, "LOC")], [(3, 5, "ORG")]]
    found = [[(0, 4, "PER")], [(3, 5, "ORG")]]
    assert not gates.spans_gate(reference, found).holds
    gold = [Gold("wire", spans) for spans in found]  # the extra entity was wrong: what was lost is no loss
    verdict = gates.spans_gate(reference, found, gold)
    assert str(verdict) == (
        "against gold entities of 2 texts, F1 of the reference wire 0.8000: F1 of wire 1.0000 (gate 0.7950)"
    )
    assert verdict.holds
    assert not gates.spans_gate(found, reference, gold).holds


def test_each_set_holds_by_itself_and_what_it_does_not_mark_counts_neither_way() -> None:
    many, one = [[(n, n + 1, "PER")] for n in range(300)], [[(0, 4, "MISC"), (9, 12, "LOC")]]
    gold = [
        *(Gold("wire", spans) for spans in many),
        Gold("queries", [(9, 12, "LOC")], frozenset({"MISC"})),
    ]
    assert gates.spans_gate([*many, *one], [*many, [(9, 12, "LOC")]], gold).holds
    lost = gates.spans_gate([*many, *one], [*many, []], gold)
    assert [(measure.name, measure.holds) for measure in lost.measures] == [
        ("F1 of wire", True),
        ("F1 of queries", False),
    ]


def test_a_reranker_is_held_to_the_order_and_to_relevance() -> None:
    reference = [np.arange(20.0), np.arange(5.0)]
    swapped = [reference[0].copy(), reference[1]]
    swapped[0][[18, 19]] = swapped[0][[19, 18]]
    relevance = [np.eye(20)[19], np.eye(5)[4]]
    assert gates.ranking_gate(reference, swapped).holds
    verdict = gates.ranking_gate(reference, swapped, relevance)
    assert [measure.holds for measure in verdict.measures] == [True, False]
    assert str(verdict).endswith("its nDCG@10 1.0000: Kendall tau 0.9947 (gate 0.9000), nDCG@10 0.8155 (gate 0.9950)")
    assert not gates.ranking_gate(reference, [-scores for scores in reference]).holds
    assert not gates.ranking_gate([], []).holds
