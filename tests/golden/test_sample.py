"""The sample archive, found as it should be: the project's golden test."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsreel import app
from newsreel.core.errors import NotFoundError
from newsreel.core.item import Kind
from newsreel.sample.stories import GoldenQuery, load_golden
from newsreel.search.results import Query


def test_the_account(sample_archive: Path) -> None:
    found = app.audit_archive(sample_archive)
    assert found.balanced, found.faults
    assert {state.value: n for state, n in found.states.items()} == {
        "pending": 0,
        "done": 58,
        "duplicate": 1,
        "failed": 0,
        "removed": 1,
    }


@pytest.mark.parametrize("golden", load_golden(), ids=lambda golden: golden.text)
def test_golden_query(newsreel: app.Newsreel, golden: GoldenQuery) -> None:
    first = newsreel.search(Query(text=golden.text, kinds=(Kind.STORY,), limit=max(1, len(golden.uris))))
    everything = newsreel.search(Query(text=golden.text, limit=200))
    assert {r.item.uri for r in first.results[: len(golden.uris)]} == set(golden.uris)
    assert not set(golden.absent) & {r.item.uri for r in everything.results}
    for uri in golden.absent:
        with pytest.raises(NotFoundError):
            newsreel.item(uri)


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("container ship stuck on a sandbank", "file:photos/tarnby-halcyon-aground.jpg"),
        ("houses under water seen from above", "file:photos/brackwater-flood-aerial.heic"),
        ("rocket lifting off", "file:photos/cape-sorrel-satellite-launch.jpg"),
    ],
)
def test_a_photo_is_found_by_its_caption(newsreel: app.Newsreel, text: str, uri: str) -> None:
    results = newsreel.search(Query(text=text, kinds=(Kind.PHOTO,)))
    assert results.results[0].item.uri == uri


def test_a_photo_without_a_caption_is_found_by_its_name(newsreel: app.Newsreel) -> None:
    (result, *_) = newsreel.search(Query(text="DSC 4417")).results
    assert (result.item.uri, result.segment.text) == ("file:photos/DSC_4417.jpg", "")
    assert newsreel.thumbnail(result.item.uri).startswith(b"\xff\xd8")


def test_the_correction_shows_the_corrected_figure_alone(newsreel: app.Newsreel) -> None:
    body = newsreel.item("urn:newsml:newsreel.example:20260310:lenne-insured-losses").body
    assert "1.3 billion" in body
    assert "1.8 billion crowns from" not in body


def test_every_item_carries_its_rights(newsreel: app.Newsreel) -> None:
    results = newsreel.search(Query(limit=100)).results
    with_rights = [r.item.uri for r in results if r.item.rights]
    assert len(results) == 58
    assert len(with_rights) > 35
