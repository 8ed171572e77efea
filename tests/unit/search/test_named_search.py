"""Names in a search: asked for, meant, and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsreel.index.lance import LanceArchive
from newsreel.search.directory import Directory
from newsreel.search.editors_file import EditorsFile
from newsreel.search.named import WITHOUT, NamedSearch
from newsreel.search.results import Query, Results
from newsreel.search.searcher import Searcher
from newsreel.testing.fakes import FakeEmbedder, FakeEntityModel

MERKEL, SHORT = "PER:angela merkel", "PER:merkel"


@pytest.fixture(scope="module")
def searcher(named_folder: Path) -> Searcher:
    """Over the archive, with a model that knows two names."""
    archive = LanceArchive(named_folder)
    directory = Directory(archive.index, EditorsFile(named_folder / "entities.toml"))
    model = FakeEntityModel({"merkel": "PER", "atlantis": "LOC"})
    return Searcher(archive.index, FakeEmbedder(), NamedSearch(directory, model))


def uris(results: Results) -> set[str]:
    return {result.item.uri for result in results.results}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(text='person:"Angela Merkel"'), {"a", "c", "photo"}),
        (Query(text="person:merkel"), {"a", "b", "c", "photo"}),
        (Query(text="person:merkel place:Berlin"), {"a", "b"}),
        (Query(text="person:merkel", entities=("PER:mario draghi",)), {"c"}),
        (Query(entities=(MERKEL,)), {"a", "c", "photo"}),
        (Query(text="left person:merkel place:berlin org:imf"), {"a"}),
        (Query(text="misc:merkel"), set()),
        (Query(text="person:nobody"), set()),
        (Query(entities=("PER:nobody",)), set()),
    ],
)
def test_all_names_asked_for_must_be_there(searcher: Searcher, query: Query, found: set[str]) -> None:
    results = searcher.search(query)
    assert uris(results) == found
    assert results.total == len(found)
    assert bool(results.notes) == (not found)


def test_only_the_words_are_searched_and_marked(searcher: Searcher) -> None:
    results = searcher.search(Query(text="person:merkel talks"))
    best = results.results[0]
    assert best.item.uri == "b"
    assert [best.segment.text[start:end] for start, end in best.highlights] == ["talks"]


def test_what_was_understood_is_told(searcher: Searcher) -> None:
    (name,) = searcher.search(Query(text="rain person:merkel")).names
    assert (name.label, name.name, [known.key for known in name.known]) == ("PER", "merkel", [MERKEL, SHORT])
    results = searcher.search(Query(text='person:"angla merkel"'))
    assert [known.key for known in results.names[0].near] == [MERKEL]
    assert results.notes == ("No person here goes by “angla merkel”.",)


def test_facets_count_what_their_own_filter_would_give(searcher: Searcher) -> None:
    for query in (Query(), Query(text="place:berlin"), Query(text="merkel")):
        results = searcher.search(query)
        values = [value for facet in ("person", "organisation", "place") for value in results.facets[facet]]
        assert values
        for value in values:
            narrowed = searcher.search(Query(text=query.text, entities=(value.entity or "",)))
            assert narrowed.total == value.count
            assert value.entity not in {v.entity for v in narrowed.facets["person"] + narrowed.facets["place"]}


def test_names_among_the_words_are_offered(searcher: Searcher) -> None:
    assert [known.key for known in searcher.search(Query(text="merkel berlin")).meant] == [MERKEL]
    assert searcher.search(Query(text="atlantis")).meant == (), "nobody writes of it"
    assert searcher.search(Query(text="merkel person:merkel")).meant == (), "asked for already"


def test_an_archive_without_entities_says_so(named_folder: Path) -> None:
    archive = LanceArchive(named_folder)
    searcher = Searcher(archive.index, FakeEmbedder(), NamedSearch(None, None))
    results = searcher.search(Query(text="person:merkel"))
    assert (results.total, results.notes) == (0, (WITHOUT,))
    results = searcher.search(Query(text="merkel"))
    assert results.total
    assert set(results.facets) == {"kind", "year"}
