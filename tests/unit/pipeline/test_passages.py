"""Cutting: whole sentences, within the budget, nothing lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.item import Item, Kind
from newsreel.pipeline.passages import Cutter, embedded_text, searched_text
from newsreel.testing.fakes import FakeEmbedder

FAKE = FakeEmbedder(max_tokens=40)
CUTTER = Cutter(FAKE.count_tokens, FAKE.max_tokens)


def story(body: str, headline: str = "Port closed", **more: object) -> Item:
    return Item(uri="x:1", kind=Kind.STORY, headline=headline, body=body, **more)  # type: ignore[arg-type]


def test_sentences_stay_whole_and_abbreviations_do_not_end_them() -> None:
    body = 'Dr. Smith of the U.S. team spoke at 3 p.m. on Monday. "It was late," he said. ' * 6
    for segment in CUTTER.cut(story(body)):
        assert segment.text.startswith(("Dr. Smith", '"It was'))
        assert segment.text.endswith("Monday.") or segment.text.endswith("said.")


@settings(max_examples=80, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=400), st.text(max_size=60))
def test_no_word_is_lost_and_the_budget_holds(body: str, headline: str) -> None:
    headline = headline.encode("utf-8", "ignore").decode()
    segments = CUTTER.cut(story(body, headline))
    assert "".join("".join(s.text.split()) for s in segments) == "".join(body.split())
    assert [s.position for s in segments] == list(range(len(segments)))
    for segment in segments:
        assert body[segment.start : segment.end] == segment.text
        assert FAKE.count_tokens([embedded_text(segment)])[0] <= FAKE.max_tokens - 2


@pytest.mark.parametrize("body", ["word " * 5_000, "x" * 50_000, "No. " * 5_000, "a,b;" * 20_000, "\n\n" * 9_000])
def test_hostile_texts_are_cut_too(body: str) -> None:
    segments = CUTTER.cut(story(body))
    assert "".join("".join(s.text.split()) for s in segments) == "".join(body.split())


def test_a_very_long_headline_leaves_room_for_the_text() -> None:
    (segment, *_) = CUTTER.cut(story("The text.", "word " * 500))
    assert segment.text == "The text."
    assert FAKE.count_tokens([embedded_text(segment)])[0] <= FAKE.max_tokens - 2


def test_a_photo_is_one_segment_of_its_caption() -> None:
    photo = Item(uri="x:1", kind=Kind.PHOTO, headline="Flood", caption="A bridge. " * 100)
    (segment,) = CUTTER.cut(photo)
    assert (segment.text, segment.context) == (photo.caption, "Flood")


def test_names_count_once_and_a_name_stands_in_for_missing_text() -> None:
    item = story("First. " * 100, byline="Ada Weir", keywords=("floods",))
    texts = [searched_text(item, s) for s in CUTTER.cut(item)]
    assert len(texts) > 1
    assert [bool(re.search("Ada Weir.*floods", t, re.DOTALL)) for t in texts] == [True] + [False] * (len(texts) - 1)
    photo = Item(uri="file:a/DSC_01-b.jpg", kind=Kind.PHOTO, byline="Ada Weir", media_path="/a/DSC_01-b.jpg")
    (segment,) = CUTTER.cut(photo)
    assert embedded_text(segment) == ""
    assert "DSC 01 b jpg" in searched_text(photo, segment)
