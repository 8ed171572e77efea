"""Names taken out of texts."""

from __future__ import annotations

import hashlib
import hmac
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.errors import UsageError
from newsreel.names.redact import Hidden, NameFinder, PersonalData, Place, replaced

SECRET = "0123456789abcdef"
REDACT, HASH = PersonalData("redact"), PersonalData("hash", SECRET)
MERKEL = Hidden("PER:angela merkel", ("Angela Merkel",))
MAY = Hidden("PER:theresa may", ("Theresa May",))
ORBAN = Hidden("PER:viktor orban", ("Viktor Orbán",))
ROWLING = Hidden("PER:jk rowling", ("J. K. Rowling",))
ABE = Hidden("PER:安倍晋三", ("安倍晋三",))
PARIS = Hidden("PER:paris hilton", ("Paris Hilton",))
WILL = Hidden("PER:will smith", ("Will Smith",))
CLINTONS = (Hidden("PER:bill clinton", ("Bill Clinton",)), Hidden("PER:hillary clinton", ("Hillary Clinton",)))


def written(text: str, *hidden: Hidden, personal: PersonalData = REDACT, others: tuple[str, ...] = ()) -> str:
    return replaced(text, NameFinder(hidden, personal, others)(text)).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Angela Merkel's visit", "[PER]'s visit"),
        ("ANGELA MERKEL VISITS", "[PER] VISITS"),
        ("angela  merkel, Merkel’s and Merkel-Macron", "[PER], [PER]’s and [PER]-Macron"),
        ("Merkel, Angela (politician)", "[PER] (politician)"),
        ("Angela\nMerkel", "[PER]"),
        ("Mer\u00adkel and Angela Mer\u200bkel", "[PER] and [PER]"),
        ("a keyword: merkel", "a keyword: [PER]"),
        ("Angela Davis on Merkelism", "Angela Davis on Merkelism"),
        ("It may rain, said May. Theresa  MAY", "It may rain, said [PER]. [PER]"),
        ("Orban, Orbán and Orba\u0301n; Orbán Viktor", "[PER], [PER] and [PER]; [PER]"),
        ("JK Rowling, J.K. Rowling", "[PER], [PER]"),
        ("昨日安倍晋三は", "昨日[PER]は"),
        ("", ""),
    ],
)
def test_a_name_is_found_however_it_is_spelt(text: str, expected: str) -> None:
    assert written(text, MERKEL, MAY, ORBAN, ROWLING, ABE) == expected


def test_a_first_name_alone_is_hidden_only_of_those_whom_the_editor_tagged() -> None:
    assert written("Will Smith came. Will it last?", WILL) == "[PER] came. Will it last?"
    tagged = Hidden("PER:maria muster", ("maria muster",), tagged=True)
    assert written("Maria, 12, and her mother Ms Muster", tagged) == "[PER], 12, and her mother Ms [PER]"


def test_what_is_somebody_elses_name_is_nobodys_shorter_name() -> None:
    assert written("Hilton in Paris: Paris Hilton", PARIS, others=("Paris", "Hilton")) == "Hilton in Paris: [PER]"
    assert written("Hilton in Paris: Paris Hilton", PARIS, others=("Paris",)) == "[PER] in Paris: [PER]"


def test_a_hash_is_the_keys_and_depends_on_the_secret() -> None:
    digest = hmac.new(SECRET.encode(), b"PER:angela merkel", hashlib.sha256).hexdigest()[:16]
    assert written("Merkel and ANGELA MERKEL", MERKEL, personal=HASH) == f"PER-{digest} and PER-{digest}"
    assert HASH.said("PER", "Mrs Angela Merkel's") == f"PER-{digest}"
    assert digest not in written("Merkel", MERKEL, personal=PersonalData("hash", SECRET + "x"))


def test_a_name_that_may_be_two_peoples_is_hidden_and_has_a_hash_of_its_own() -> None:
    bill, hillary, either = written("Bill Clinton; Hillary Clinton; Clinton", *CLINTONS, personal=HASH).split("; ")
    assert len({bill, hillary, either}) == 3
    assert written("Clinton", *reversed(CLINTONS), personal=HASH) == either == HASH.said("PER", "Clinton")


def test_those_whom_the_editor_tagged_are_redacted_whatever_the_setting() -> None:
    tagged = Hidden("PER:maria muster", ("Maria Muster",), tagged=True)
    for personal in (PersonalData("keep"), REDACT, HASH):
        assert written("Maria Muster", tagged, personal=personal) == "[PER]"


@pytest.mark.parametrize("secret", ["", "too short"])
def test_hashes_without_a_proper_key_are_refused(secret: str) -> None:
    with pytest.raises(UsageError, match="NEWSREEL_PERSONAL_DATA_KEY") as refused:
        PersonalData("hash", secret)
    assert not secret or secret not in str(refused.value)
    assert SECRET not in repr(HASH)


def test_other_labels_can_be_hidden_too() -> None:
    bodies = PersonalData("redact", labels=frozenset({"ORG"}))
    assert (bodies.said("ORG", "IMF"), bodies.said("PER", "Merkel")) == ("[ORG]", "Merkel")
    assert written("the IMF", Hidden("ORG:imf", ("IMF",)), personal=bodies) == "the [ORG]"


@given(
    st.text(st.sampled_from("ab ")),
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5), st.sampled_from(["", "[PER]", "[x]"]))),
)
def test_ranges_move_with_the_text(text: str, places: list[tuple[int, int, str]]) -> None:
    found = [Place(start, min(start + length, len(text)), by) for start, length, by in places if start < len(text)]
    made = replaced(text, found)
    hidden = {at for place in found for at in range(place.start, place.end)}
    assert made.moved(0, len(text)) == (0, len(made.text))
    for at in range(len(text)):
        start, end = made.moved(at, at + 1)
        assert 0 <= start <= end <= len(made.text)
        if at not in hidden:
            assert made.text[start:end] == text[at]
    bounds = [made.moved(at, at)[0] for at in range(len(text) + 1)]
    assert bounds == sorted(bounds)


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=12), max_size=4))
def test_any_text_and_any_names_are_taken(text: str, names: list[str]) -> None:
    hidden = [Hidden(f"PER:{name}", (name,)) for name in names]
    places = NameFinder(hidden, REDACT)(text)
    assert all(0 <= place.start < place.end <= len(text) for place in places)


def test_a_very_long_name_is_found_and_costs_no_more_than_its_length() -> None:
    names = " ".join(f"Ann{n}" for n in range(1_000)), "A" * 10_000
    hidden = [Hidden(f"PER:{name.lower()}", (name,)) for name in names]
    tracemalloc.start()
    assert written(f"So {names[0].upper()}, AND {names[1]}; {'so it is. ' * 1_000}", *hidden).startswith(
        "So [PER], AND [PER]; so it is."
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000, "all beginnings of the second name alone are 50 MB"
