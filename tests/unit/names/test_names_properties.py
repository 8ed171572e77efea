"""What holds of any names and any corrections."""

from __future__ import annotations

import sys
from collections import Counter
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked_text import joined

from newsreel.core.entities import Entity, Named
from newsreel.core.errors import UsageError
from newsreel.names import Corrections, Linked, link, split_key
from newsreel.names.draft import Draft
from newsreel.names.entries import Entry

WORDS = [
    "Ann",
    "Bo",
    "A.",
    "J",
    "Li",
    "Lee",
    "al-Lee",
    "van",
    "Mr",
    "Mrs",
    "King",
    "Jr.",
    "Inc",
    "of",
    "U.S.",
    "AL",
    "Texas",
]
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
GAPS = st.sampled_from([" and ", ", ", " (", ") "])
SCORES = st.sampled_from([0.25, 0.5, 1.0])


@st.composite
def items(draw: st.DrawFn) -> tuple[list[str], list[list[Entity]]]:
    """An item of few words, so that names meet."""
    texts, found = [], []
    for _ in range(draw(st.integers(1, 3))):
        text, entities = "", []
        for name in draw(st.lists(NAMES, max_size=6)):
            label = draw(st.sampled_from(["PER", "ORG", "LOC"]))
            entities.append(Entity(len(text), len(text) + len(name), label, draw(SCORES)))
            text += name + draw(GAPS)
        texts.append(text)
        found.append(entities)
    return texts, found


@settings(max_examples=80, deadline=None)
@given(items(), st.randoms(use_true_random=False))
def test_every_mention_is_kept_and_the_order_of_texts_changes_nothing(item, random) -> None:
    texts, found = item
    result = link(texts, found)
    for named, entities in zip(result.named, found, strict=True):
        assert [(n.start, n.end, n.score) for n in named] == [(e.start, e.end, e.score) for e in entities]
    counted = Counter(n.key for named in result.named for n in named)
    assert counted == {e.key: e.mentions for e in result.entities}
    order = random.sample(range(len(texts)), len(texts))
    shuffled = link([texts[n] for n in order], [found[n] for n in order])
    assert shuffled.entities == result.entities
    assert [shuffled.named[order.index(n)] for n in range(len(texts))] == list(result.named)


@settings(max_examples=80, deadline=None)
@given(items())
def test_labels_meet_only_where_names_are_alike(item) -> None:
    texts, found = item
    labels = {(text[e.start : e.end], e.label) for text, es in zip(texts, found, strict=True) for e in es}
    for text, named, entities in zip(texts, link(texts, found).named, found, strict=True):
        for name, entity in zip(named, entities, strict=True):
            label = split_key(name.key)[0]
            assert label == entity.label or any(
                other == label and word.casefold().strip(".") == text[entity.start : entity.end].casefold().strip(".")
                for word, other in labels
            )


@st.composite
def corrections(draw: st.DrawFn) -> Corrections:
    """What an editor may have written, of few names and items; what contradicts itself is not among it."""
    names, uris = st.sampled_from(["PER: Ann", "PER: Bob", "PER: Cem", "PER: Dan"]), st.sampled_from(["u", "v"])
    some = st.lists(uris, min_size=1, max_size=2)
    entries = st.one_of(
        st.fixed_dictionaries({"names": names, "into": names}).map(lambda fields: ("merge", fields)),
        st.fixed_dictionaries({"name": names, "as": names, "items": some}).map(lambda fields: ("split", fields)),
        st.fixed_dictionaries({"names": names}, optional={"items": some}).map(lambda fields: ("suppress", fields)),
    )
    draft = Draft()
    for kind, fields in draw(st.lists(entries, min_size=1, max_size=5)):
        before = deepcopy(draft)
        try:
            draft.add(Entry(kind, "here", fields))
            draft.corrections()
        except UsageError:
            draft = before
    return draft.corrections()


KEYS = [f"PER:{name}" for name in ("ann", "bob", "cem", "dan", "eve")]


@settings(max_examples=80, deadline=None)
@given(corrections())
def test_what_is_stored_and_what_it_resolves_to_agree(said: Corrections) -> None:
    for key in KEYS:
        stored = said.stored(key)
        for way in KEYS:
            for uri in ("u", "v", "w"):
                resolved = said.resolve(way, uri)
                is_in = way in stored.keys and uri not in stored.never
                assert is_in or resolved != key
                assert not stored.exact or is_in == (resolved == key)
                if resolved is not None:
                    assert said.resolve(resolved, uri) == resolved


def steps(names: list[str], label: str) -> tuple[int, Linked]:
    """How many functions linking calls, Python's own among them: what it costs, on any machine."""
    texts, found = joined(names, label)
    calls = Counter[str]()
    sys.setprofile(lambda _frame, event, _arg: calls.update([event]))
    try:
        result = link(texts, found)
    finally:
        sys.setprofile(None)
    return calls["call"] + calls["c_call"], result


def test_a_long_story_costs_by_its_length() -> None:
    names = [["Angela Merkel", "Merkel", "Emmanuel Macron", "Mr Macron", "J. D. Vance"][n % 5] for n in range(5_000)]
    few, _ = steps(names[:500], "PER")
    many, result = steps(names, "PER")
    assert many < 15 * few
    assert [e.mentions for e in result.entities] == [2_000, 2_000, 1_000]


HOSTILE = {
    "one family": lambda n: [f"Given{i} Smith" for i in range(n)] + ["Smith", "Mr Smith", "J. Smith"],
    "one first name": lambda n: [f"John A{i}b Smith" for i in range(n)] + ["John Smith"],
    "initials": lambda n: [f"{chr(65 + i % 26)}. Q{i}x Lee" for i in range(n)],
    "one acronym": lambda n: [f"Ab{i}x Bc{i}x Cd{i}x" for i in range(n)] + ["ABC"],
    "a chain": lambda n: [" ".join(f"w{i + k}" for k in range(4)) for i in range(n)],
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_names_cost_no_more_than_their_number(kind: str) -> None:
    """Ten times the names take about ten times as much; if every name met every other, a hundred times."""
    for label in ("PER", "ORG"):
        few, _ = steps(HOSTILE[kind](100), label)
        many, result = steps(HOSTILE[kind](1_000), label)
        assert many < 25 * few
        assert sum(e.mentions for e in result.entities) >= 1_000


def test_one_enormous_name() -> None:
    for name in ("al-" * 5_000 + "Assad", "Mr " * 5_000 + "Smith", "'" * 5_000, "a. " * 5_000, "x " * 5_000):
        called, result = steps([name, "Smith"], "PER")
        assert called < 40 * len(name)
        assert sum(e.mentions for e in result.entities) == 2


def test_named_is_by_place_in_its_own_text() -> None:
    assert link(["Bo", "Bo"], [[Entity(0, 2, "PER", 0.5)], [Entity(0, 2, "PER", 1.0)]]).named == (
        (Named(0, 2, "PER:bo", 0.5),),
        (Named(0, 2, "PER:bo", 1.0),),
    )
