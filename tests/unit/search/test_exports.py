"""What other programs are given, over a real archive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.name_builders import naming_archive, stored

from newsreel.core.errors import UsageError
from newsreel.core.item import Cue, Film, Kind
from newsreel.core.protocols import EntitySpace, VectorSpace
from newsreel.core.times import TimeRange, now_ns
from newsreel.index.lance import LanceArchive
from newsreel.names.redact import PersonalData
from newsreel.search.directory import Directory
from newsreel.search.editors_file import EditorsFile
from newsreel.search.exports import TROUBLE, Exports
from newsreel.search.named import NamedSearch
from newsreel.search.results import Query, Result, Results
from newsreel.search.searcher import Searcher
from newsreel.testing.fakes import FakeEmbedder, FakeEntityModel

SECRET = "0123456789abcdef"
KEEP, REDACT, HASH = PersonalData(), PersonalData("redact"), PersonalData("hash", SECRET)
MODEL = FakeEntityModel({"Angela Merkel": "PER", "angela merkel": "PER", "Jo Doe": "PER", "Berlin": "LOC"})
STORY = (
    "Rain. [Angela Merkel](PER) met [Mario Draghi](PER) in [Berlin](LOC). "
    "Later [Merkel](PER) left, said [Maria Muster](PER)."
)
TAG = '[[tag]]\nnames = "Maria Muster"\ntags = "minor"\n'
FIELDS = {
    "byline": "By Ann Lee and Mario Draghi, Newsreel",
    "rights": "© Jo Doe, Ann Lee",
    "keywords": ("merkel", "Draghi, Mario", "rain"),
    "caption": "MERKEL IN BERLIN",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, embedder = tmp_path_factory.mktemp("exports") / "archive", FakeEmbedder()
    cue = Cue(time=TimeRange(0, 1), text="MERKEL: Good morning, Angela Merkel here")
    film = Film(media_hash="x", duration_ns=None, width=4, height=3, codec="h264", stream="stream 0", cues=(cue,))
    items = [
        stored("story", STORY, embedder, "2026-03-01", **FIELDS),
        stored("film", "[Angela Merkel](PER) arrives.", embedder, kind=Kind.VIDEO, film=film),
        stored("other", "A dog barked at rain.", embedder),
    ]
    naming_archive(folder, items, VectorSpace("fake", embedder.fingerprint, 64), EntitySpace("fake", "fake"))
    return folder


class Desk:
    """An archive that is searched, and exported from, under some settings."""

    def __init__(self, folder: Path, personal: PersonalData, editors: Path) -> None:
        index, file = LanceArchive(folder).index, EditorsFile(editors)
        self.directory = Directory(index, file)
        self._searcher = Searcher(index, FakeEmbedder(), NamedSearch(self.directory, MODEL))
        self._index = index
        self.exports = Exports(index, file, MODEL, personal)

    def search(self, text: str, *entities: str) -> Results:
        return self._searcher.search(Query(text=text, entities=entities))

    def exported(self, text: str, *entities: str) -> Results:
        return self.exports.results(self.search(text, *entities))

    def found(self, uri: str, text: str = "rain") -> Result:
        return next(result for result in self.exported(text).results if result.item.uri == uri)


@pytest.fixture
def desk(folder: Path, tmp_path: Path) -> Open:
    return Open(folder, tmp_path / "entities.toml")


class Open:
    def __init__(self, folder: Path, editors: Path) -> None:
        self._folder = folder
        self.editors = editors

    def __call__(self, personal: PersonalData, corrections: str = "") -> Desk:
        self.editors.write_text(corrections, encoding="utf-8")
        return Desk(self._folder, personal, self.editors)


def test_by_default_nothing_is_changed(desk: Open) -> None:
    kept = desk(KEEP)
    results = kept.search('person:"Angela Merkel" rain')
    assert kept.exports.results(results) == results
    assert all(kept.exports.item(result.item) == result.item for result in results.results)


@pytest.mark.parametrize("personal", [REDACT, HASH], ids=["redact", "hash"])
@pytest.mark.parametrize("text", ["rain", 'person:"Angela Merkel" rain', "angela merkel", 'person:"Jo Doe"', ""])
def test_no_persons_name_is_left_anywhere(desk: Open, personal: PersonalData, text: str) -> None:
    opened = desk(personal)
    said = repr((opened.exported(text), opened.exported(text, "PER:mario draghi"))).casefold()
    for name in ("merkel", "draghi", "muster", "lee", "doe"):
        assert name not in said, said[said.index(name) - 80 :][:160]
    assert "in berlin" in said or "doe" in text.casefold()


def test_every_field_is_written_alike(desk: Open) -> None:
    item = desk(REDACT).found("story").item
    assert item.body == "Rain. [PER] met [PER] in Berlin. Later [PER] left, said [PER]."
    assert item.caption == "[PER] IN BERLIN"
    assert item.keywords == ("[PER]", "[PER]", "rain")
    assert item.byline == "By [PER] and [PER], [PER]"
    assert item.rights == "© [PER], [PER]"
    film = desk(REDACT).found("film", "arrives").item.film
    assert film and film.cues[0].text == "[PER]: Good morning, [PER] here"


def test_offsets_are_of_the_text_as_it_is_written(desk: Open) -> None:
    for personal in (REDACT, HASH):
        story = desk(personal).found("story", "rain berlin")
        assert story.item.body[story.segment.start : story.segment.end] == story.segment.text
        assert [story.segment.text[start:end] for start, end in story.highlights] == ["Rain", "Berlin"]


def test_a_word_that_was_searched_for_in_a_name_marks_what_stands_for_it(desk: Open) -> None:
    story = desk(REDACT).found("story", "merkel")
    assert {story.segment.text[start:end] for start, end in story.highlights} == {"[PER]"}


def test_hashes_join_texts_facets_filters_and_what_a_model_finds(desk: Open) -> None:
    hashed = desk(HASH)
    stands = HASH.said("PER", "Angela Merkel")
    results = hashed.exported("rain")
    assert hashed.found("story").item.body.count(stands) == 2
    assert (stands, f"PER:{stands}") in {(value.value, value.entity) for value in results.facets["person"]}
    assert hashed.exports.namer()("PER", "angela merkel") == stands
    assert hashed.exported('person:"Angela Merkel" rain').query.text == f'person:"{stands}" rain'
    assert hashed.exported("", "PER:angela merkel").query.entities == (f"PER:{stands}",)
    (known,) = hashed.exports.listing(hashed.directory.listing("PER", "angela", 10, 0, now_ns())).known
    assert (known.key, known.name, known.label) == (f"PER:{stands}", stands, "PER")


def test_a_page_of_somebody_hidden_has_no_name_on_it(desk: Open) -> None:
    for personal, corrections in ((REDACT, ""), (KEEP, '[[tag]]\nnames = "Angela Merkel"\ntags = "victim"\n')):
        opened = desk(personal, corrections)
        profile = opened.directory.profile("PER:angela merkel", now_ns())
        assert profile is not None
        exported = opened.exports.profile(profile)
        assert "erkel" not in repr(exported)
        assert (exported.mentions, exported.known.items) == (profile.mentions, profile.known.items)


@pytest.mark.parametrize("personal", [KEEP, HASH], ids=["keep", "hash"])
def test_those_whom_the_editor_tagged_are_always_redacted_at_once(desk: Open, personal: PersonalData) -> None:
    opened = desk(personal)
    assert ("Maria Muster" in opened.found("story").segment.text) is (personal is KEEP)
    desk.editors.write_text(TAG, encoding="utf-8")
    assert opened.found("story").segment.text.endswith("said [PER].")
    assert ("Merkel" in opened.found("story").segment.text) is (personal is KEEP)
    assert opened.exported("maria muster").query.text == "[PER]"
    assert opened.exported('person:"Maria Muster"').query.text == 'person:"[PER]"'
    assert opened.exports.namer()("PER", "Maria Muster") == "[PER]"


def test_who_goes_by_a_tagged_name_is_hidden_under_a_fuller_one(desk: Open) -> None:
    opened = desk(KEEP, '[[tag]]\nnames = "person: Merkel"\ntags = "minor"\n')
    assert opened.found("story").segment.text.startswith("Rain. [PER] met Mario Draghi in Berlin. Later [PER] left")
    assert opened.found("film", "arrives").segment.text == "[PER] arrives."
    for asked in (("person:merkel",), ("", "PER:angela merkel"), ("angela merkel",)):
        assert "erkel" not in repr(opened.exported(*asked))


def test_a_tagged_name_is_hidden_where_no_model_found_it(desk: Open) -> None:
    tagged = desk(KEEP, '[[tag]]\nnames = ["Dog", "person: Ann Lee"]\ntags = "victim"\n')
    assert tagged.found("story").item.byline == "By [PER] and Mario Draghi, Newsreel"
    assert tagged.found("other").segment.text == "A dog barked at rain."
    other = replace(tagged.found("other").item, headline="Dog bites Lee", caption="Ann L")
    assert tagged.exports.item(other).headline == "[PER] bites Lee"
    assert tagged.exports.item(replace(other, caption="Ann Lee")).headline == "[PER] bites [PER]"


def test_of_two_people_of_one_name_only_the_tagged_one_is_hidden(desk: Open) -> None:
    split = '[[split]]\nname = "person: Angela Merkel"\nitems = "film"\nas = "Angela Merkel (pupil)"\n'
    split += '[[tag]]\nnames = "person: Angela Merkel (pupil)"\ntags = "minor"\n'
    opened = desk(KEEP, split)
    assert opened.found("film", "arrives").segment.text == "[PER] arrives."
    assert "Angela Merkel met" in opened.found("story").segment.text


def test_what_quotes_the_editors_file_is_not_handed_on(desk: Open) -> None:
    opened = desk(KEEP, TAG)
    desk.editors.write_text(TAG + '[[merge]]\nnames = "Maria Muster"\n', encoding="utf-8")
    assert TROUBLE in opened.exported("rain").notes
    assert opened.found("story").segment.text.endswith("said [PER].")


def test_an_archive_without_entities_can_only_keep(desk: Open, folder: Path) -> None:
    index = LanceArchive(folder).index
    Exports(index, EditorsFile(desk.editors), None, KEEP)
    with pytest.raises(UsageError, match="NEWSREEL_PERSONAL_DATA=redact"):
        Exports(index, EditorsFile(desk.editors), None, REDACT)
