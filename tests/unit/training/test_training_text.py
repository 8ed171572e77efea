"""What training makes of labelled text: however it is written, names stay names."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.entities import examples
from training.entities.gazetteer import Gazetteer
from training.entities.queries import QueryMaker
from training.entities.shapes import bare, capitals, headline, lower, misspelt, spaced_as_written

from newsreel.evaluate.entities.labelled import Labelled, parse_marked, read_marked

NAMES = st.sampled_from(["Angela Merkel", "U.N.", "São Tomé", "Müller-Straße", "O'Neill", "İstanbul", "AT&T"])
PLAIN = st.sampled_from(["said , and", "in ( the )", '" yes "', "did n't", "...", "the", "€ 5 !"])


@st.composite
def labelled(draw: st.DrawFn) -> Labelled:
    parts = draw(st.lists(st.tuples(PLAIN, NAMES), min_size=1, max_size=4))
    return parse_marked(" ".join(f"{plain} [{name}](PER)" for plain, name in parts), "made")


def names(text: Labelled) -> list[str]:
    return [text.text[start:end] for start, end, _ in text.spans]


def letters(words: list[str]) -> list[str]:
    return ["".join(c for c in word.casefold() if c.isalpha()) for word in words]


@given(labelled(), st.sampled_from([spaced_as_written, bare, lower, capitals, headline]))
def test_a_name_written_otherwise_has_the_same_letters_and_no_space_around_it(text, shape) -> None:
    shaped = shape(text)

    assert all(name == name.strip() for name in names(shaped))
    if shape is not capitals:  # whose ß stays
        assert letters(names(shaped)) == letters(names(text))
    assert len(shaped.spans) == len(text.spans)


@given(labelled(), st.integers(0, 50))
def test_a_misspelling_changes_one_word_and_moves_what_stands_behind_it(text, seed) -> None:
    made = misspelt(text, random.Random(seed))

    differing = [(a, b) for a, b in zip(names(text), names(made), strict=True) if a != b]
    assert len(differing) <= 1
    assert len(made.text) - len(text.text) in (-1, 0, 1)


def test_text_is_put_together_as_it_is_written() -> None:
    text = parse_marked('" No , " said [Macron](PER) ( 46 ) , who does n\'t .', "made")

    assert spaced_as_written(text).text == '"No," said Macron (46), who doesn\'t.'
    assert names(spaced_as_written(text)) == ["Macron"]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer()


def test_a_swapped_name_keeps_its_label_and_its_place(gazetteer: Gazetteer) -> None:
    text = parse_marked("[Paris](LOC) hosts [Angela Merkel](PER) and [Nobody Has This Name Ltd](ORG) today", "made")
    swapped = gazetteer.swapped(text, random.Random(3), share=1)

    assert [label for *_, label in swapped.spans] == ["LOC", "PER", "ORG"]
    assert names(swapped)[0] != "Paris"
    assert names(swapped)[2] == "Nobody Has This Name Ltd"  # of no list, so of no kind that is known
    assert swapped.text == f"{names(swapped)[0]} hosts {names(swapped)[1]} and {names(swapped)[2]} today"


def test_queries_hold_only_words_and_names_of_their_sentence(gazetteer: Gazetteer) -> None:
    sentence = parse_marked("The minister met [Emmanuel Macron](PER) in [Lyon](LOC) over steel tariffs .", "made")
    maker = QueryMaker(gazetteer, [parse_marked("flood rescue boats", "made")], random.Random(1))

    made = [query for query in (maker.of_sentence(sentence) for _ in range(200)) if query]

    assert {label for query in made for *_, label in query.spans} == {"PER", "LOC"}
    assert any(query.text == query.text.lower() for query in made)
    assert all(name == name.strip() for query in made for name in names(query))


def test_every_line_of_our_own_text_is_labelled_soundly() -> None:
    files = sorted(examples._WRITTEN.glob("*.txt"))

    texts = [text for path in files for text in read_marked(path)]

    assert len(files) > 3
    assert len(texts) > 3000
    assert all(name == name.strip() for text in texts for name in names(text))
