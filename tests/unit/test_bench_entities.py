"""What turns a race of entity models into claims."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from bench.encoders.lineup import Lineup
from bench.encoders.race import Contestant, FailedError
from bench.encoders.rows import document_rows, query_rows
from bench.entities.contest import DISTILBERT, OUR_WEIGHTS, OURS, QUICK, Findings, claims, hold
from rich.console import Console

QUERIES = query_rows(
    {OURS.name: [[0.002]] * 3, DISTILBERT.name: [[0.012]] * 3, OUR_WEIGHTS.name: [[0.005]] * 3}, OURS.name
)
DOCUMENTS = document_rows(
    {
        (OURS.name, None): [[1.0]] * 3,
        (DISTILBERT.name, 1): [[5.0]] * 3,
        (DISTILBERT.name, 8): [[2.0]] * 3,
        (OUR_WEIGHTS.name, 1): [[2.5]] * 3,
    },
    OURS.name,
    documents=8,
    operations=0,
    peaks={},
)


def test_each_peer_has_its_floors_and_its_best_batch_size() -> None:
    assert [str(claim) for claim in claims(QUERIES, DOCUMENTS)] == [
        "one query, p50, times pipeline, DistilBERT-base: 6.00 [6.00, 6.00]; floor 5: reached",
        "one query, p50, times pipeline, our weights: 2.50 [2.50, 2.50]; floor 3: missed",
        "documents, times pipeline, DistilBERT-base with batches of 8: 2.00 [2.00, 2.00]; floor 3: missed",
        "documents, times pipeline, our weights with batches of 1: 2.50 [2.50, 2.50]; floor 2: reached",
    ]


def test_of_a_peer_that_is_left_out_nothing_is_claimed() -> None:
    assert len(claims(QUERIES[:2], DOCUMENTS[:3])) == 2


def test_what_was_found_is_shown_and_written(tmp_path: Path) -> None:
    found = Findings(
        machine="a machine",
        date="today",
        rounds=3,
        about={OURS.name: "int8"},
        versions={},
        left_out=["pipeline, our weights: --weights"],
        queries=QUERIES,
        documents=DOCUMENTS,
        claims=claims(QUERIES, DOCUMENTS),
    )
    out = io.StringIO()
    found.show(Console(file=out, width=140))
    for line in ("Newsreel: int8", "left out: pipeline, our weights", "floor 5: reached", "12.0", "8.00"):
        assert line in out.getvalue()
    found.write(tmp_path / "made" / "entities.json")
    told = json.loads((tmp_path / "made" / "entities.json").read_text())
    assert told["verdicts"] == [str(claim) for claim in found.claims]
    assert told["documents"][0]["documents_per_s"]["median"] == 8


def test_without_our_model_nothing_is_raced(tmp_path: Path) -> None:
    with Lineup(tmp_path, lambda _step: None) as lineup:
        lineup.load(Contestant(name=OURS.name, module="no_such_module", environment=None), tmp_path)
        with pytest.raises(FailedError, match=f"^{OURS.name}: ended without an answer"):
            hold(lineup, tmp_path / "no tokens: asking for them would fail otherwise", QUICK)
