"""Searching the sample: filters, facets, paging, explanation, highlights, runs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from newsreel import app
from newsreel.core.errors import ArchiveError
from newsreel.core.item import Kind
from newsreel.core.times import parse_day_ns
from newsreel.search.fusion import Weights
from newsreel.search.results import Query


def uris(newsreel: app.Newsreel, text: str, **fields: object) -> list[str]:
    return [r.item.uri for r in newsreel.search(Query(text=text, **fields)).results]  # type: ignore[arg-type]


def test_pages_tile_one_list(newsreel: app.Newsreel) -> None:
    whole = uris(newsreel, "flood in Brackwater", limit=100)
    pages = [uri for at in range(0, 100, 7) for uri in uris(newsreel, "flood in Brackwater", limit=7, offset=at)]
    assert pages == whole
    assert Counter(whole).most_common(1)[0][1] == 1, "an item is listed once, with its best passage"


def test_facets_count_what_their_filter_would_give(newsreel: app.Newsreel) -> None:
    for fields in ({}, {"kinds": (Kind.PHOTO,)}, {"from_ns": parse_day_ns("2026-03-09")}):
        results = newsreel.search(Query(text="ship", limit=100, **fields))  # type: ignore[arg-type]
        for facet in results.facets["kind"]:
            narrowed = newsreel.search(Query(text="ship", **(fields | {"kinds": (Kind(facet.value),)})))  # type: ignore[arg-type]
            assert narrowed.total == facet.count


def test_dates_are_half_open(newsreel: app.Newsreel) -> None:
    day = Query(from_ns=parse_day_ns("2026-03-09"), to_ns=parse_day_ns("2026-03-09", end=True), limit=100)
    found = newsreel.search(day).results
    assert found
    assert all(day.from_ns <= (r.item.published_ns or 0) < day.to_ns for r in found)  # type: ignore[operator]


def test_browsing_is_newest_first_with_undated_last(newsreel: app.Newsreel) -> None:
    times = [r.item.published_ns for r in newsreel.search(Query(limit=100)).results]
    dated = [t for t in times if t is not None]
    assert dated == sorted(dated, reverse=True)
    assert times == dated + [None] * (len(times) - len(dated))


def test_a_score_is_the_sum_of_its_parts(newsreel: app.Newsreel) -> None:
    for result in newsreel.search(Query(text="ship aground", limit=50)).results:
        assert result.score == pytest.approx(sum(part.share for part in result.parts), abs=1e-6)
        assert [part.name for part in result.parts] == ["bm25", "vector"]


def test_highlights_mark_what_bm25_matched_and_nothing_else(newsreel: app.Newsreel) -> None:
    (result, *_) = newsreel.search(Query(text="the flooding of homes")).results
    marked = [result.segment.text[a:b].lower() for a, b in result.highlights]
    assert marked
    assert all(word.startswith(("flood", "home")) for words in marked for word in words.split())


def test_a_passage_is_part_of_its_body(newsreel: app.Newsreel) -> None:
    for result in newsreel.search(Query(text="river", kinds=(Kind.STORY,), limit=50)).results:
        segment = result.segment
        assert result.item.body[segment.start : segment.end] == segment.text


def test_nonsense_finds_little(newsreel: app.Newsreel) -> None:
    assert newsreel.search(Query(text="zxqv wvuq")).total <= 3


def test_runs_hold_each_item_once_best_first(newsreel: app.Newsreel) -> None:
    (run,) = newsreel.ranked(["ship aground"], 10)
    assert [s for _, s in run] == sorted((s for _, s in run), reverse=True)
    assert [uri for uri, _ in run] == uris(newsreel, "ship aground")
    (words,), (meaning,) = (newsreel.ranked(["ship aground"], 10, w) for w in (Weights(1, 0), Weights(0, 1)))
    assert words != meaning


def test_an_archive_of_another_model_is_refused(sample_copy: Path, settings: object) -> None:
    about = sample_copy / "archive.json"
    about.write_text(about.read_text().replace("all-MiniLM-L6-v2", "another-model"))
    with pytest.raises(ArchiveError, match=r"another-model.*build that model"):
        app.Newsreel(sample_copy, settings)  # type: ignore[arg-type]
