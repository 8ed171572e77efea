"""Why names are one, and who a name may be."""

from __future__ import annotations

import pytest
from marked_text import linked

from newsreel.core.entities import ItemEntity
from newsreel.names import Likely, explain, likely


@pytest.mark.parametrize(
    ("marked", "why"),
    [
        (
            "[PER Angela Merkel] [PER ANGELA MERKEL] [PER Chancellor Angela Merkel] [PER Merkel] [PER Angela]",
            {
                "Angela Merkel": "same name",
                "ANGELA MERKEL": "same but for case",
                "Chancellor Angela Merkel": "same but for a title",
                "Merkel": "family name of Angela Merkel",
                "Angela": "first name of Angela Merkel",
            },
        ),
        (
            "[PER Viktor Orbán] [PER Viktor Orbán] [PER Orbán Viktor] [PER V. Orbán] [PER Viktor Orban]",
            {
                "Viktor Orbán": "same name",
                "Orbán Viktor": "other order of Viktor Orbán",
                "V. Orbán": "initials of Viktor Orbán",
                "Viktor Orban": "same but for spelling",
            },
        ),
        (
            "[PER Gabriel Boric Font] [PER Gabriel Boric] [PER Boric]",
            {
                "Gabriel Boric Font": "same name",
                "Gabriel Boric": "first name of Gabriel Boric Font",
                "Boric": "family name of Gabriel Boric",
            },
        ),
        (
            "[ORG Bank of England] ([ORG BoE]) [ORG Bank of England plc]",
            {
                "Bank of England plc": "same name",
                "Bank of England": "same but for the legal form",
                "BoE": "initials of Bank of England plc",
            },
        ),
        (
            "[ORG Alternative for Germany] ([ORG AfD])",
            {"Alternative for Germany": "same name", "AfD": "in brackets after its name, or merged by the editor"},
        ),
        (
            "[ORG Ford Motor Company] [ORG Ford Motor]",
            {"Ford Motor Company": "same name", "Ford Motor": "shorter for Ford Motor Company"},
        ),
        ("[LOC United States] [LOC U.S.]", {"United States": "same name", "U.S.": "same country"}),
    ],
)
def test_each_alias_has_its_rule(marked: str, why: dict[str, str]) -> None:
    (entity,) = linked(marked).entities
    assert dict(explain(entity)) == why


def test_a_place_with_its_state() -> None:
    paris = next(e for e in linked("[LOC Paris], [LOC Texas]").entities if e.key == "LOC:paris texas")
    assert explain(paris) == [("Paris", "shorter for Paris, Texas")]


def test_an_editors_name_explains_what_it_can() -> None:
    entity = ItemEntity("PER:angela merkel", "PER", "Angela Merkel", (("Merkel", 2), ("Mutti", 1)))
    assert explain(entity) == [("Merkel", "family name of Angela Merkel"), ("Mutti", "merged by the editor")]


def test_a_name_alone_may_be_one_other() -> None:
    keys = ["PER:angela merkel", "PER:emmanuel macron", "ORG:merkel group", "PER:merkel"]
    assert likely("PER:merkel", keys) == Likely("PER:angela merkel", "family name of")
    assert likely("ORG:ecb", ["ORG:european central bank"]) == Likely("ORG:european central bank", "initials of")
    assert likely("PER:angela merkel", keys) is None


def test_of_two_that_it_may_be_none_is_suggested() -> None:
    assert likely("PER:clinton", ["PER:bill clinton", "PER:hillary clinton"]) is None
