"""The query language."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.errors import UsageError
from newsreel.search.language import LABELS, MAX_NAMES, understand

NAMES = st.text(alphabet="aZ é'.-1", min_size=1, max_size=12).filter(lambda name: any(c.isalnum() for c in name))


@pytest.mark.parametrize(
    ("text", "words", "names"),
    [
        ('person:"Angela Merkel" summit', "summit", [("PER", "Angela Merkel")]),
        ("eu person:merkel summit", "eu summit", [("PER", "merkel")]),
        ("Person:Merkel ORG:ECB", "", [("PER", "Merkel"), ("ORG", "ECB")]),
        ("organisation:un organization:eu", "", [("ORG", "un"), ("ORG", "eu")]),
        ('place:Kyiv location:"New  York" misc:Brexit', "", [("LOC", "Kyiv"), ("LOC", "New York"), ("MISC", "Brexit")]),
        ("person:“Angela Merkel” 2019", "2019", [("PER", "Angela Merkel")]),
        ("topic: x", "topic: x", []),
        ("topic:x", "topic:x", []),
        ("person: merkel", "person: merkel", []),
        ('person:"Angela Merkel', 'person:"Angela Merkel', []),
        ('person:"" x', 'person:"" x', []),
        ("person:", "person:", []),
        ("spokesperson:merkel", "spokesperson:merkel", []),
        ("a place://x", "a place://x", []),
        ("", "", []),
        ("two  spaces stay", "two  spaces stay", []),
    ],
)
def test_words_and_names(text: str, words: str, names: list[tuple[str, str]]) -> None:
    asked = understand(text)
    assert (asked.words, [(name.label, name.name) for name in asked.names]) == (words, names)


def test_a_name_can_be_taken_away() -> None:
    asked = understand('rain person:"Angela Merkel" in place:Kyiv today')
    assert asked.without(asked.names[0]) == "rain in place:Kyiv today"
    assert asked.without(asked.names[1]) == 'rain person:"Angela Merkel" in today'


@settings(max_examples=50)
@given(
    st.sampled_from(sorted(LABELS)), NAMES, st.text(alphabet="abc 1", max_size=9), st.text(alphabet="xyz ", max_size=9)
)
def test_what_is_quoted_is_the_name_wherever_it_stands(word: str, name: str, before: str, after: str) -> None:
    asked = understand(f'{before} {word}:"{name}" {after}')
    assert [(n.label, n.name) for n in asked.names] == [(LABELS[word], " ".join(name.split()))]
    assert asked.words == f"{before.strip()} {after.strip()}".strip()


@settings(max_examples=50)
@given(st.text(alphabet='person:"“” ab', max_size=40))
def test_any_text_is_understood_and_nothing_is_lost(text: str) -> None:
    asked = understand(text)
    kept = asked.words + "".join(text[name.start : name.end] for name in asked.names)
    assert sorted("".join(kept.split())) == sorted("".join(text.split()))


@pytest.mark.parametrize(
    ("text", "missed"),
    [
        ("person: merkel", ("person",)),
        ("rain org:'European Union'", ("org",)),
        ('Person:"Angela Merkel', ("person",)),
        ('person:"place: x" place: place:', ("place",)),
        ('person:merkel place:"New York" topic: a://x place://x', ()),
    ],
)
def test_what_was_nearly_a_name_is_told(text: str, missed: tuple[str, ...]) -> None:
    assert understand(text).missed == missed


def test_a_quote_that_nobody_closed_is_read_once() -> None:
    start = time.perf_counter()
    assert understand('person:"' + "a" * 100_000).names == ()
    assert time.perf_counter() - start < 1


def test_a_query_has_a_bounded_number_of_names() -> None:
    assert len(understand("misc:a " * MAX_NAMES).names) == MAX_NAMES
    with pytest.raises(UsageError, match="11 names; 10"):
        understand("misc:a " * (MAX_NAMES + 1))
