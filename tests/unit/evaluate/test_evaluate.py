"""Run files, the ECB+ set, and measures against hand-made values."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from newsreel.core.errors import SourceError, UsageError
from newsreel.evaluate.ecbplus import Topic, read_ecbplus
from newsreel.evaluate.measures import compare, measure
from newsreel.evaluate.runs import read_queries, write_run


def test_a_run_is_written_as_trec_reads_it(tmp_path: Path) -> None:
    (tmp_path / "q.tsv").write_text("\ufeffq1\tship aground\n\nq2\tflood\n")
    queries = read_queries(tmp_path / "q.tsv")
    assert queries == [("q1", "ship aground"), ("q2", "flood")]
    write_run(tmp_path / "out.trec", ["q1", "q2"], [[("x:1", 0.5), ("x:2", 0.25)], []])
    assert (tmp_path / "out.trec").read_text() == "q1 Q0 x:1 1 0.500000 newsreel\nq1 Q0 x:2 2 0.250000 newsreel\n"


@pytest.mark.parametrize("text", ["q1 no tab", "q1\t", "\ttext", "q 1\ttext", "q1\ta\nq1\tb"])
def test_a_query_file_that_is_wrong_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "q.tsv").write_text(text)
    with pytest.raises(UsageError, match=r"q\.tsv"):
        read_queries(tmp_path / "q.tsv")


def test_a_query_file_that_is_missing_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        read_queries(tmp_path / "q.tsv")
    (tmp_path / "q.tsv").write_bytes(b"q1\t\xff")
    with pytest.raises(UsageError, match="UTF-8"):
        read_queries(tmp_path / "q.tsv")


def test_ndcg_and_recall_as_by_hand() -> None:
    topic = Topic("q", "text", frozenset({"a", "b"}), development=True)
    ranking = [("q", 9.0), ("a", 3.0), ("x", 2.0), ("b", 1.0)]
    values = measure([topic], {"q": ranking})
    ideal = 1 + 1 / math.log2(3)
    assert values["nDCG@10"] == [pytest.approx((1 + 1 / math.log2(4)) / ideal)]
    assert values["R@100"] == [1.0]
    assert measure([topic], {"q": [("a", 1.0)]})["R@100"] == [0.5]
    assert measure([topic], {"q": []}) == {"nDCG@10": [0.0], "R@100": [0.0]}


def test_a_difference_has_an_interval_around_it() -> None:
    found = compare([0.5, 0.7, 0.9] * 20, [0.4, 0.7, 0.6] * 20)
    assert found.low < found.mean < found.high
    assert found.mean == pytest.approx(0.4 / 3)
    assert found.low > 0


def test_the_set_leaks_neither_query_nor_headline_nor_address(shared: Callable[[str], Path]) -> None:
    made = read_ecbplus(shared("news/ecbplus"))
    assert len(made.documents) > 700
    assert {t.development for t in made.topics} == {True, False}
    for topic in made.topics:
        assert topic.qid not in topic.relevant
        assert topic.relevant <= made.documents.keys()
        assert len(topic.text.split()) >= 5
        assert topic.text not in made.documents[topic.qid]
        assert "http" not in made.documents[topic.qid]
        event = topic.qid.split("_")[0], topic.qid.endswith("plus")
        assert {(uri.split("_")[0], uri.endswith("plus")) for uri in topic.relevant} == {event}


def test_a_folder_without_stories_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no ECB\+ stories"):
        read_ecbplus(tmp_path)
