"""Who is known by a name, and what an editor's file makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.name_builders import put, stored

from newsreel.core.errors import UsageError
from newsreel.core.times import FOREVER_NS, now_ns
from newsreel.index.lance import LanceArchive
from newsreel.names import Corrections
from newsreel.search.directory import Directory
from newsreel.search.editors_file import EditorsFile
from newsreel.search.known import Known, counted
from newsreel.testing.fakes import FakeEmbedder

MERKEL, SHORT, SMITH, DRAGHI = "PER:angela merkel", "PER:merkel", "PER:john smith", "PER:mario draghi"
NOW = now_ns()


@pytest.fixture(scope="module")
def directory(named_folder: Path) -> Directory:
    """Of the archive as it is."""
    return directory_of(LanceArchive(named_folder))


@pytest.fixture
def edited(named_archive: LanceArchive) -> tuple[LanceArchive, Directory]:
    """An archive to be changed, and its directory."""
    return named_archive, directory_of(named_archive)


def directory_of(archive: LanceArchive) -> Directory:
    return Directory(archive.index, EditorsFile(archive.path / "entities.toml"))


def write(archive: LanceArchive, text: str) -> None:
    (archive.path / "entities.toml").write_text(text, encoding="utf-8")


def shown(known: tuple[Known, ...]) -> list[tuple[str, str, int]]:
    return [(each.key, each.name, each.items) for each in known]


class TestDirectory:
    def test_an_alias_stands_for_everybody_who_goes_by_it(self, directory: Directory) -> None:
        assert shown(directory.known_as("PER", "MERKEL", NOW)) == [
            (MERKEL, "Angela Merkel", 3),
            (SHORT, "Merkel", 1),
        ]
        assert shown(directory.known_as("PER", "Mr. Mario Draghi", NOW)) == [(DRAGHI, "Mario Draghi", 2)]
        assert directory.known_as("ORG", "Merkel", NOW) == ()

    def test_near_names_are_spelt_alike(self, directory: Directory) -> None:
        assert [each.key for each in directory.near("PER", "angela merkle", NOW)] == [MERKEL]
        assert DRAGHI in [each.key for each in directory.near("PER", "dragi", NOW)]
        assert directory.near("PER", "zzz", NOW) == ()

    def test_a_filter_finds_what_was_counted(self, directory: Directory, named_folder: Path) -> None:
        rows = LanceArchive(named_folder).index.entities(NOW)
        for known in counted(rows, Corrections.EMPTY):
            assert directory.filter_of([known.key], NOW).keys == (known.key,)
            assert [each.items for each in directory.those([known.key], NOW)] == [known.items]

    def test_a_listing_is_cut_and_counted_whole(self, directory: Directory) -> None:
        first, second = (directory.listing("PER", "", 3, offset, NOW) for offset in (0, 3))
        assert (first.total, len(first.known), len(second.known)) == (4, 3, 1)
        assert [each.key for each in directory.listing("PER", "MERK", 9, 0, NOW).known] == [MERKEL, SHORT]

    def test_places_are_of_the_text_that_is_shown(self, directory: Directory, named_folder: Path) -> None:
        items = LanceArchive(named_folder).index.items(["a", "photo"], NOW)
        named = directory.places_in(items["a"], NOW)
        assert [items["a"].body[n.start : n.end] for n in named] == ["Angela Merkel", "IMF", "Berlin", "Merkel"]
        assert {n.key for n in named if n.key.startswith("PER")} == {MERKEL}
        (caption,) = directory.places_in(items["photo"], NOW)
        assert items["photo"].caption[caption.start : caption.end] == "Angela Merkel"


class TestProfile:
    def test_says_what_is_known(self, directory: Directory) -> None:
        profile = directory.profile(MERKEL, NOW)
        assert profile is not None
        assert (profile.known.items, profile.mentions) == (3, 4)
        assert [(alias.name, alias.mentions) for alias in profile.aliases] == [("Angela Merkel", 3), ("Merkel", 1)]
        assert "family name" in profile.aliases[1].rule
        assert sum(bar.items for bar in profile.timeline.bars) == 3
        assert sum(bar.mentions for bar in profile.timeline.bars) == 4
        assert shown(profile.together)[0][2] == 1
        assert MERKEL not in {other.key for other in profile.together}

    def test_suggests_who_may_be_the_same(self, directory: Directory) -> None:
        profile = directory.profile(SHORT, NOW)
        assert profile is not None
        assert profile.likely is not None
        assert (profile.likely.known.key, profile.likely.reason) == (MERKEL, "family name of")

    def test_there_is_none_of_whom_nobody_names(self, directory: Directory) -> None:
        assert directory.profile("PER:nobody", NOW) is None


class TestEditorsFile:
    def test_a_merge_adds_up_at_once(self, edited: tuple[LanceArchive, Directory]) -> None:
        archive, directory = edited
        write(archive, '[[merge]]\nnames = ["person: Merkel"]\ninto = "Angela Merkel"\n')
        assert shown(directory.known_as("PER", "merkel", NOW)) == [(MERKEL, "Angela Merkel", 4)]
        profile = directory.profile(MERKEL, NOW)
        assert directory.profile(SHORT, NOW) == profile
        assert profile is not None
        assert (profile.known.items, profile.mentions, profile.merged) == (4, 5, (SHORT,))
        assert set(directory.filter_of([MERKEL], NOW).keys) == {MERKEL, SHORT}

    def test_a_split_tells_two_apart(self, edited: tuple[LanceArchive, Directory]) -> None:
        archive, directory = edited
        write(archive, '[[split]]\nname = "person: John Smith"\nitems = ["d"]\nas = "John Smith (goalkeeper)"\n')
        keeper = directory.known_as("PER", "John Smith (goalkeeper)", NOW)
        assert [(each.name, each.items) for each in keeper] == [("John Smith (goalkeeper)", 1)]
        assert directory.filter_of([keeper[0].key], NOW).only == {"d"}
        assert directory.filter_of([SMITH], NOW).never == {"d"}
        both = directory.known_as("PER", "john smith", NOW)
        assert sorted(each.items for each in both) == [1, 1]
        assert directory.filter_of([each.key for each in both], NOW).only == {"d", "e"}

    def test_a_new_name_is_shown_and_found(self, edited: tuple[LanceArchive, Directory]) -> None:
        archive, directory = edited
        write(archive, '[[rename]]\nname = "person: Mario Draghi"\nto = "Super Mario"\n')
        assert shown(directory.known_as("PER", "super mario", NOW)) == [(DRAGHI, "Super Mario", 2)]
        assert shown(directory.known_as("PER", "draghi", NOW)) == []
        assert [each.name for each in directory.listing("PER", "super", 9, 0, NOW).known] == ["Super Mario"]

    def test_who_is_suppressed_or_tagged_is_offered_nowhere(self, edited: tuple[LanceArchive, Directory]) -> None:
        archive, directory = edited
        write(
            archive,
            '[[suppress]]\nnames = ["person: Mario Draghi"]\n'
            '[[tag]]\nnames = ["person: John Smith"]\ntags = ["minor"]\n',
        )
        offered = {each.key for each in directory.named_in(["c", "d", "e"], NOW)}
        assert offered == {MERKEL, "LOC:leeds", "LOC:paris"}
        assert {each.key for each in directory.listing("PER", "", 9, 0, NOW).known} == {MERKEL, SHORT}
        assert not {n.key for n in directory.places_in(archive.index.items(["e"], NOW)["e"], NOW)} & {SMITH, DRAGHI}
        assert directory.near("PER", "jon smith", NOW) == ()
        assert directory.profile(DRAGHI, NOW) is None
        tagged = directory.profile(SMITH, NOW)
        assert tagged is not None
        assert tagged.tags == ("minor",)
        assert SMITH in [each.key for each in directory.known_as("PER", "John Smith", NOW)], "who is asked for is found"

    def test_who_goes_by_a_tagged_name_is_offered_nowhere(self, edited: tuple[LanceArchive, Directory]) -> None:
        archive, directory = edited
        fuller = "[Maria Anna Muster](PER) won. [Maria Muster](PER) is ten."
        put(archive, [stored("m", fuller, FakeEmbedder()), stored("n", "[Maria Anna Muster](PER).", FakeEmbedder())])
        (known,) = directory.listing("PER", "muster", 9, 0, NOW).known
        assert (known.key, known.items) == ("PER:maria anna muster", 2)
        write(archive, '[[tag]]\nnames = "person: Maria Muster"\ntags = "minor"\n')
        assert directory.listing("PER", "muster", 9, 0, NOW).total == 0
        assert directory.named_in(["m", "n"], NOW) == ()
        assert directory.places_in(archive.index.items(["n"], NOW)["n"], NOW) == ()
        assert directory.offered_as("PER", "Maria Muster", NOW) == ()
        assert directory.near("PER", "maria anna mustr", NOW) == ()

    def test_a_name_of_punctuation_is_no_link(self, edited: tuple[LanceArchive, Directory]) -> None:
        archive, directory = edited
        put(archive, [stored("dots", "The band [..](MISC) played.", FakeEmbedder())])
        assert directory.places_in(archive.index.items(["dots"], NOW)["dots"], NOW) == ()
        assert directory.named_in(["dots"], NOW) == ()

    def test_a_slip_of_the_pen_changes_nothing_and_is_said(self, edited: tuple[LanceArchive, Directory]) -> None:
        archive, directory = edited
        write(archive, '[[suppress]]\nnames = ["Mario Draghi"]\n')
        assert directory.profile(DRAGHI, NOW) is None
        assert directory.trouble is None
        write(archive, '[[suppress]]\nnames = ["Mario Draghi"\n')
        assert directory.profile(DRAGHI, NOW) is None
        assert "entities.toml" in (directory.trouble or "")
        with pytest.raises(UsageError, match=r"entities\.toml"):
            EditorsFile(archive.path / "entities.toml")
        (archive.path / "entities.toml").unlink()
        assert directory.profile(DRAGHI, NOW) is not None
        assert directory.trouble is None


def test_what_is_killed_replaced_or_embargoed_is_gone_at_once(edited: tuple[LanceArchive, Directory]) -> None:
    archive, directory = edited
    archive.remove(["a"])
    put(archive, [stored("c", "[Mario Draghi](PER) spoke.", FakeEmbedder(), "2026-04-05")])
    profile = directory.profile(MERKEL, NOW)
    assert profile is not None
    assert (profile.known.items, [alias.name for alias in profile.aliases]) == (1, ["Angela Merkel"])
    assert [(bar.first, bar.items) for bar in profile.timeline.bars] == [("2026-03-03", 1)]
    assert [each.key for each in directory.known_as("PER", "merkel", NOW)] == [SHORT], "an alias of the killed story"
    put(archive, [stored("photo", "[Angela Merkel](PER).", FakeEmbedder(), embargo_ns=FOREVER_NS)])
    assert directory.profile(MERKEL, NOW) is None
