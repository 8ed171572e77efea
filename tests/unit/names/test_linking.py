"""Who is meant in an item: a small story for each rule."""

from __future__ import annotations

import pytest
from marked_text import counts, linked, read

from newsreel.core.entities import Entity, Named
from newsreel.names import known_as, link

STORIES: dict[str, tuple[list[str], dict[str, int]]] = {
    "a family name after the full name, also inside “the Merkel government”": (
        ["[PER Angela Merkel] resigned. The [PER Merkel] government fell, [PER Merkel] said."],
        {"PER:angela merkel": 3},
    ),
    "a family name that comes first": (
        ["[PER Merkel] to go", "[PER Angela Merkel] said on Monday that she would resign."],
        {"PER:angela merkel": 2},
    ),
    "two of one family name: the name alone is neither's": (
        ["[PER Bill Clinton] and [PER Hillary Clinton] came. [PER Clinton] spoke."],
        {"PER:bill clinton": 1, "PER:hillary clinton": 1, "PER:clinton": 1},
    ),
    "a first name, of the only person who has it": (
        ["[PER Beyoncé Knowles] sang. “[PER Beyoncé] was late,” said [PER Jay Brown]."],
        {"PER:beyonce knowles": 2, "PER:jay brown": 1},
    ),
    "a first name that two have": (
        ["[PER David Cameron] met [PER David Davis]. [PER David] was cheerful."],
        {"PER:david cameron": 1, "PER:david davis": 1, "PER:david": 1},
    ),
    "one's first name that is another's family name": (
        ["[PER Elton John] met [PER John Kerry]. [PER John] sang."],
        {"PER:elton john": 1, "PER:john kerry": 1, "PER:john": 1},
    ),
    "initials that agree": (
        ["[PER John A. Smith], known as [PER J. Smith] or [PER John Smith]; [PER Smith], 40, is a smith."],
        {"PER:john a smith": 4},
    ),
    "initials that contradict, and a name that could be either's": (
        ["[PER George W. Bush] and [PER George H.W. Bush]. [PER George Bush] won. [PER Bush] lost."],
        {"PER:george w bush": 1, "PER:george hw bush": 1, "PER:george bush": 1, "PER:bush": 1},
    ),
    "initials that contradict the fuller name": (
        ["[PER John A. Smith] sued [PER J. B. Smith]."],
        {"PER:john a smith": 1, "PER:jb smith": 1},
    ),
    "initials that agree with the short name and contradict the full one": (
        ["[PER John A. Smith], [PER John Smith] for short, sued [PER J. B. Smith]."],
        {"PER:john a smith": 2, "PER:jb smith": 1},
    ),
    "a middle name that contradicts": (
        ["[PER Mary Ann Jones] and [PER Mary Beth Jones]"],
        {"PER:mary ann jones": 1, "PER:mary beth jones": 1},
    ),
    "initials with and without points": (
        ["[PER J.K. Rowling] wrote; [PER J. K. Rowling] sold; [PER JK Rowling] tweeted; [PER Joanne Rowling] slept."],
        {"PER:joanne rowling": 4},
    ),
    "father and son": (
        ["[PER Martin Luther King Sr.] and [PER Martin Luther King Jr.]. [PER Martin Luther King] preached."],
        {"PER:martin luther king sr": 1, "PER:martin luther king jr": 1, "PER:martin luther king": 1},
    ),
    "a son without his father": (
        ["[PER Donald Trump Jr.] spoke. [PER Trump] left."],
        {"PER:donald trump jr": 2},
    ),
    "particles, with and without": (
        ["[PER Ursula von der Leyen] and [PER Bashar al-Assad]: [PER von der Leyen] to [PER Assad], [PER al-Assad]"],
        {"PER:bashar al assad": 3, "PER:ursula von der leyen": 2},
    ),
    "a particle that belongs to the name alone is no first name": (
        ["[PER Ben Ali] and [PER Ben]"],
        {"PER:ben ali": 1, "PER:ben": 1},
    ),
    "hyphens: the second half is another name": (
        ["[PER Anna Smith-Jones] beat [PER Jones]. [PER Smith-Jones] smiled."],
        {"PER:anna smith jones": 2, "PER:jones": 1},
    ),
    "diacritics and apostrophes": (
        ["[PER Viktor Orbán], [PER Orban]; [PER Sinéad O’Connor], [PER O'Connor], [PER OConnor]"],
        {"PER:sinead oconnor": 3, "PER:viktor orban": 2},
    ),
    "a headline in capitals, a transcript without any": (
        ["MERKEL: [PER ANGELA MERKEL] GOES", "so [PER merkel] says um [PER angela merkel] is", "[PER Angela Merkel]"],
        {"PER:angela merkel": 4},
    ),
    "family name first, by two words and by three": (
        [
            "[PER Orbán Viktor], [PER Viktor Orbán], [PER Viktor Orban]",
            "[PER Kim Jong-un], [PER Kim Jong Un], [PER Jong-un Kim], [PER Kim]",
        ],
        {"PER:kim jong un": 4, "PER:viktor orban": 3},
    ),
    "two of one family that goes first": (
        ["[PER Kim Jong Un] and his sister [PER Kim Yo Jong]. [PER Kim] smiled."],
        {"PER:kim jong un": 1, "PER:kim yo jong": 1, "PER:kim": 1},
    ),
    "titles, short and long": (
        ["[PER President Emmanuel Macron] met [PER Mr Macron]; [PER Prime Minister Macron], [PER Dr. Macron]"],
        {"PER:emmanuel macron": 4},
    ),
    "Mr and Mrs are two": (
        ["[PER Mr Jack Palmer] and [PER Mrs Palmer]"],
        {"PER:jack palmer": 1, "PER:palmer": 1},
    ),
    "Mr and Mrs, and it is not known which of them the full name is": (
        ["[PER Robin Palmer] lives here. [PER Mr Palmer] left. [PER Mrs Palmer] stayed."],
        {"PER:robin palmer": 1, "PER:palmer": 2},
    ),
    "king, pope and lord": (
        ["[PER King Charles III], [PER King Charles], [PER Charles]; [PER Pope Francis], [PER Francis]"],
        {"PER:king charles iii": 3, "PER:pope francis": 2},
    ),
    "a prince is not whoever has his first name, a lord is who has his family name": (
        ["[PER Prince Harry] met [PER Harry Kane]. [PER Peter Mandelson], [PER Lord Mandelson], came."],
        {"PER:peter mandelson": 2, "PER:prince harry": 1, "PER:harry kane": 1},
    ),
    "possessives": (
        ["[PER Angela Merkel]'s aide; [PER Merkel's] car; [PER MERKEL’S] house; [PER James Wells'] and [PER Wells]"],
        {"PER:angela merkel": 3, "PER:james wells": 2},
    ),
    "initials of an organisation": (
        ["The [ORG European Central Bank] met. The [ORG ECB] cut rates. [ORG the European Central Bank] rose."],
        {"ORG:european central bank": 3},
    ),
    "initials with and without small words": (
        ["[ORG Department of Justice], [ORG DOJ], [ORG DoJ]; [ORG Bank of England] ([ORG BoE])"],
        {"ORG:department of justice": 3, "ORG:bank of england": 2},
    ),
    "initials of two": (
        ["[ORG American Medical Association] and [ORG Automobile Makers Alliance]; [ORG AMA]"],
        {"ORG:american medical association": 1, "ORG:automobile makers alliance": 1, "ORG:ama": 1},
    ),
    "brackets say which of two, and what is no initials": (
        ["[ORG Alternative for Germany] ([ORG AfD]) and [ORG American Farm Dealers]. The [ORG AfD] won."],
        {"ORG:alternative for germany": 3, "ORG:american farm dealers": 1},
    ),
    "brackets that introduce nothing": (
        ["[ORG Goldman Sachs] ([ORG NYSE]) rose"],
        {"ORG:goldman sachs": 1, "ORG:nyse": 1},
    ),
    "a treaty": (
        ["The [MISC General Data Protection Regulation]; [MISC GDPR] fines"],
        {"MISC:general data protection regulation": 2},
    ),
    "legal forms, and what is left out the second time": (
        [
            "[ORG Apple Inc.], [ORG Apple]; [ORG Ford Motor Company], [ORG Ford Motor]",
            "[ORG Tiffany & Co], [ORG Tiffany]",
        ],
        {"ORG:apple": 2, "ORG:ford motor company": 2, "ORG:tiffany": 2},
    ),
    "two that leave out the same": (
        ["[ORG Dale Company] sued [ORG Dale Group]. [ORG Dale] won."],
        {"ORG:dale company": 1, "ORG:dale group": 1, "ORG:dale": 1},
    ),
    "part of an organisation's name is another's": (
        ["[ORG University of Oxford] and [ORG Oxford United] in [LOC Oxford]"],
        {"ORG:university of oxford": 1, "ORG:oxford united": 1, "LOC:oxford": 1},
    ),
    "a country's names": (
        ["The [LOC U.S.], [LOC US], [LOC the United States] and [LOC USA]; [LOC Britain], [LOC UK]"],
        {"LOC:united states": 4, "LOC:united kingdom": 2},
    ),
    "Paris, Texas": (
        ["[LOC Paris] and [LOC Paris, Texas]", "In [LOC Paris], [LOC Texas], and in [LOC Paris], [LOC France]"],
        {"LOC:paris": 2, "LOC:paris texas": 2, "LOC:texas": 1, "LOC:france": 1},
    ),
    "a label that most others contradict": (
        ["[PER Merkel] and [PER Merkel], and [ORG Merkel] too"],
        {"PER:merkel": 3},
    ),
    "labels of which none has most": (
        ["[ORG Chelsea] beat [LOC Chelsea]"],
        {"ORG:chelsea": 1, "LOC:chelsea": 1},
    ),
    "a short name that is a city's, too": (
        ["[PER Denzel Washington] left [LOC Washington]. [LOC Washington] loves [PER Washington]."],
        {"LOC:washington": 2, "PER:denzel washington": 2},
    ),
    "another model's label": (
        ["[GPE Paris] and [GPE PARIS]; [DATE Monday]"],
        {"GPE:paris": 2, "DATE:monday": 1},
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_each_rule(story: str) -> None:
    marked, expected = STORIES[story]
    assert counts(*marked) == expected


def test_where_each_name_stands_and_what_it_is_called() -> None:
    found = linked(
        "[PER MERKEL] goes", "[PER Angela Merkel's] party\nand [PER Angela\nMerkel]; [PER Merkel] and [PER Merkel]"
    )
    (merkel,) = found.entities
    assert (merkel.label, merkel.name) == ("PER", "Angela Merkel")
    assert merkel.aliases == (("Angela Merkel", 2), ("Merkel", 2), ("MERKEL", 1))
    assert known_as(merkel) == ("angela merkel", "merkel")
    assert found.named[0] == (Named(0, 6, "PER:angela merkel", 0.9),)
    assert [(n.start, n.end) for n in found.named[1]] == [(0, 15), (26, 39), (41, 47), (52, 58)]


def test_majority_is_by_score() -> None:
    text, (first, second) = read("[ORG Hamas] and [LOC Hamas]")
    unsure = Entity(second.start, second.end, "LOC", 0.4)
    assert {e.key for e in link([text], [[first, unsure]]).entities} == {"ORG:hamas"}


def test_the_fullest_name_is_shown() -> None:
    shown = {
        e.name for e in linked("[ORG APPLE INC] [ORG Apple Inc.] [ORG Apple]", "[PER Mr Jo Li] [PER Jo Li]").entities
    }
    assert shown == {"Apple Inc.", "Jo Li"}
    assert [e.name for e in linked("[LOC U.S.] and the [LOC United States]; [LOC Paris], [LOC Texas]").entities] == [
        "United States",
        "Paris, Texas",
        "Texas",
    ]


def test_nothing_is_found_in_nothing() -> None:
    assert link([], []) == link([], [])
    assert link(["", "No names."], [[], []]).named == ((), ())


def test_an_entity_beyond_its_text_is_refused() -> None:
    with pytest.raises(ValueError, match="ends at 9, in a text of 5"):
        link(["short"], [[Entity(0, 9, "PER", 1.0)]])
