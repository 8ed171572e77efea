"""Whole articles, as a desk would write them; the people and firms are made up."""

from __future__ import annotations

from marked_text import counts, linked

COUNCIL = (
    "[PER OKAFOR] QUITS AS [LOC HARBOUR CITY] MAYOR OVER [ORG NORTHGATE] DEAL",
    "[LOC HARBOUR CITY], [LOC Maine] — Mayor [PER Grace Okafor] resigned on Tuesday after the [ORG Harbour City "
    "Planning "
    "Authority] ([ORG HCPA]) found that she had not declared a stake in [ORG Northgate Holdings Inc.].\n\n"
    "“I made a mistake,” [PER Ms Okafor] said. Her husband, [PER Daniel Okafor], who sits on [ORG Northgate]'s "
    "board, "
    "declined to comment. The [ORG HCPA]'s chair, [PER J. R. Lindqvist], said the [PER Okafor] administration "
    "had been "
    "“slow to answer”.",
    "[PER John R. Lindqvist], a judge for two decades, will lead the inquiry. [PER Lindqvist] told the [MISC "
    "Harbour City "
    "Courier] that [PER Daniel] would be heard as well. In [LOC Harbour City], [PER Grace Okafor]’s supporters "
    "gathered.",
)

SUMMIT = (
    "Leaders of the [ORG Northern Trade Organisation] met in [LOC the United Kingdom] on Friday. President [PER "
    "Jean-Luc "
    "Dubois] of [LOC France] and Chancellor [PER Katrin von der Heide] disagreed over grain. [PER Von der "
    "Heide] left early.",
    "[PER Dubois] told reporters that the [ORG NTO] “must not wait for the [LOC U.S.]”. [PER Heide]'s "
    "spokesman, [PER Peter "
    "Kraus], called the [PER Dubois] plan “bold”. The [LOC UK] hosted; the [LOC United States] sent nobody.",
    "[PER Peter] and [PER Paul Kraus], his brother, have both advised [PER VON DER HEIDE]. [PER Kraus] was not "
    "available.",
)

TRANSCRIPT = (
    "so [PER amara diallo] is in [LOC lagos] for us [PER amara] what are people saying",
    "well the [ORG national electoral commission] says um [PER babatunde oyelaran] has won and [PER oyelaran]'s "
    "people are "
    "dancing but the [ORG nec] hasn't published the count [PER mrs adeyemi] says she will go to court",
    "[PER folake adeyemi] there thank you [PER amara]",
)


def test_a_couple_an_authority_and_a_firm() -> None:
    assert counts(*COUNCIL) == {
        "PER:grace okafor": 2,
        "PER:daniel okafor": 2,
        "PER:okafor": 3,
        "ORG:harbour city planning authority": 3,
        "ORG:northgate holdings": 3,
        "PER:john r lindqvist": 2 + 1,
        "LOC:harbour city": 2,
        "LOC:harbour city maine": 1,
        "LOC:maine": 1,
        "MISC:harbour city courier": 1,
    }
    names = {entity.key: entity.name for entity in linked(*COUNCIL).entities}
    assert names["ORG:northgate holdings"] == "Northgate Holdings Inc."
    assert names["LOC:harbour city maine"] == "HARBOUR CITY, Maine"


def test_particles_countries_and_two_brothers() -> None:
    assert counts(*SUMMIT) == {
        "PER:jean luc dubois": 3,
        "PER:katrin von der heide": 4,
        "PER:peter kraus": 2,
        "PER:paul kraus": 1,
        "PER:kraus": 1,
        "ORG:northern trade organisation": 2,
        "LOC:united kingdom": 2,
        "LOC:united states": 2,
        "LOC:france": 1,
    }


def test_a_transcript_without_case() -> None:
    assert counts(*TRANSCRIPT) == {
        "PER:amara diallo": 3,
        "LOC:lagos": 1,
        "ORG:national electoral commission": 2,
        "PER:babatunde oyelaran": 2,
        "PER:folake adeyemi": 2,
    }
