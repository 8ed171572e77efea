"""Names as they are compared."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.names import key, normal, split_key
from newsreel.names.people import parts
from newsreel.names.words import LONGEST_KEPT, cached, tidy

LABELS = ("PER", "ORG", "LOC", "MISC", "GPE")


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        ("Angela Merkel’s", "angela merkel"),
        ("ANGELA  MERKEL 's", "angela merkel"),
        ("Mr. Macron", "macron"),
        ("The Hague", "hague"),
        ("The The", "the"),
        (":'", ":"),
        ("Ǽlfric", "aelfric"),
        ("U.S.", "us"),
        ("J. K. Rowling", "jk rowling"),
        ("Lech Wałęsa", "lech walesa"),
        ("Côte d’Ivoire", "cote divoire"),
        ("Jean-Claude Juncker", "jean claude juncker"),
        ("AT&T", "at and t"),
        ("Straße", "strasse"),
        ("Amazon.com", "amazon com"),
        ("Müller", "muller"),
        ("हिन्दी", "हिन्दी"),
        ("王毅", "王毅"),
        ("محمد", "محمد"),
        ("محمّد", "محمد"),
        ("Wi\u00adki\u200dpedia", "wikipedia"),
        ("!!!", "!!!"),
    ],
)
def test_what_does_not_tell_names_apart_is_left_out(name: str, compared: str) -> None:
    assert normal(name) == compared


@pytest.mark.parametrize(
    ("label", "name", "expected"),
    [
        ("PER", "Chancellor Angela Merkel", "PER:angela merkel"),
        ("PER", "Former Prime Minister Sir Tony Blair", "PER:tony blair"),
        ("PER", "King Charles III", "PER:king charles iii"),
        ("PER", "President", "PER:president"),
        ("ORG", "Apple Inc.", "ORG:apple"),
        ("ORG", "Siemens A.G.", "ORG:siemens"),
        ("ORG", "Tiffany & Co., Ltd", "ORG:tiffany"),
        ("ORG", "General Motors", "ORG:general motors"),
        ("LOC", "U.S.", "LOC:united states"),
        ("ORG", "U.S.", "ORG:us"),
        ("MISC", "Dr Who", "MISC:dr who"),
    ],
)
def test_a_key_leaves_out_what_says_nothing_in_its_kind(label: str, name: str, expected: str) -> None:
    assert key(label, name) == expected
    assert split_key(expected) == (label, expected.split(":")[1])


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(LABELS), st.one_of(st.text(max_size=30), st.text("aA .'’sS-&mrtheincof", max_size=30)))
def test_comparing_twice_changes_nothing(label: str, name: str) -> None:
    assert normal(normal(name)) == normal(name)
    assert key(label, split_key(key(label, name))[1]) == key(label, name)
    assert normal(tidy(name)) == normal(name)
    assert normal(name) == normal(name).strip() and "  " not in normal(name)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F), min_size=1, max_size=20))
def test_case_changes_nothing(name: str) -> None:
    assert normal(name.upper().lower()) == normal(name.upper())


def test_what_is_known_of_a_long_name_is_not_kept() -> None:
    asked = list[int]()

    @cached
    def length(label: str, name: str) -> str:
        asked.append(len(name))
        return f"{label}{len(name)}"

    for size in (LONGEST_KEPT, LONGEST_KEPT + 1):
        assert length("PER", "a" * size) == length("PER", "a" * size) == f"PER{size}"
    assert asked == [LONGEST_KEPT, LONGEST_KEPT + 1, LONGEST_KEPT + 1]


def test_whether_a_name_is_in_capitals_is_asked_of_the_whole_once() -> None:
    asked = list[str]()

    class Watched(str):
        def isupper(self) -> bool:
            asked.append(self)
            return super().isupper()

    assert parts(Watched("ALI BEN HAJ")).words == ("ali", "ben", "haj")
    assert asked == ["ALI BEN HAJ"]
