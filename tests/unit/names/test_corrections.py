"""The editor's file: what it may say, what it means, and what it is told where it contradicts itself."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from newsreel.core.errors import UsageError
from newsreel.names import Corrections, CorrectionsFile, Stored, editing
from newsreel.names.editing import parse

EXAMPLE = """
[[merge]]                                  # these names are one's
names = ["Merkel", "A. Merkel"]
into = "Angela Merkel"

[[split]]                                  # in these items it is another
name = "John Smith"
items = ["urn:desk:1", "urn:desk:7"]
as = "John Smith (goalkeeper)"

[[rename]]                                 # it is called otherwise
name = "place: Burma"
to = "Myanmar (Burma)"

[[suppress]]                               # it is nobody's name; with items = [...], only there
names = ["Reuters", "misc: Live"]

[[tag]]                                    # nobody is led there by the page
names = "Jo Doe"
tags = "minor"
"""


def said(text: str) -> Corrections:
    return parse(text.encode())


def test_each_kind_of_entry() -> None:
    c = said(EXAMPLE)
    assert c.resolve("PER:merkel", "") == c.resolve("PER:a merkel", "urn:desk:1") == "PER:angela merkel"
    assert c.stored("PER:angela merkel").keys == ("PER:angela merkel", "PER:a merkel", "PER:merkel")
    assert c.resolve("PER:john smith", "urn:desk:1") == "PER:john smith goalkeeper"
    assert c.resolve("PER:john smith", "urn:desk:2") == "PER:john smith"
    assert c.stored("PER:john smith") == Stored(("PER:john smith",), never=frozenset({"urn:desk:1", "urn:desk:7"}))
    assert c.name("PER:john smith goalkeeper") == "John Smith (goalkeeper)"
    assert c.name("LOC:myanmar") == "Myanmar (Burma)"
    assert c.named("LOC", "MYANMAR (Burma)") == {"LOC:myanmar"}
    assert c.named("PER", "Myanmar (Burma)") == c.named("PER", "Angela") == frozenset()
    assert c.name("PER:myanmar") is None
    assert c.resolve("ORG:reuters", "any") is None
    assert c.stored("ORG:reuters") == Stored(())
    assert c.resolve("MISC:live", "any") is None
    assert c.resolve("ORG:live", "any") == "ORG:live"
    assert c.tags("PER:jo doe") == ("minor",)


def test_what_is_not_spoken_of_stays_as_it_is() -> None:
    for c in (Corrections.EMPTY, said(""), said(EXAMPLE)):
        assert c.resolve("PER:emmanuel macron", "urn:desk:1") == "PER:emmanuel macron"
        assert c.stored("PER:emmanuel macron") == Stored(("PER:emmanuel macron",))
        assert (c.name("PER:emmanuel macron"), c.tags("PER:emmanuel macron")) == (None, ())


def test_merges_lead_on_and_a_split_comes_before_them() -> None:
    c = said(
        '[[merge]]\nnames = "Ann Li"\ninto = "Anne Lee"\n'
        '[[merge]]\nnames = "Anne Lee"\ninto = "Anna Lee"\n'
        '[[split]]\nname = "Anne Lee"\nitems = "u"\nas = "Annie Lee"\n'
    )
    assert c.resolve("PER:ann li", "v") == "PER:anna lee"
    assert c.resolve("PER:ann li", "u") == "PER:annie lee"
    assert c.stored("PER:anna lee") == Stored(("PER:anna lee", "PER:ann li", "PER:anne lee"), exact=False)
    assert c.stored("PER:annie lee") == Stored(("PER:annie lee", "PER:ann li", "PER:anne lee"), exact=False)


def test_suppressed_in_some_items_only() -> None:
    c = said('[[suppress]]\nnames = "Reuters"\nitems = ["u", "v"]\n')
    assert (c.resolve("ORG:reuters", "u"), c.resolve("ORG:reuters", "w")) == (None, "ORG:reuters")
    assert c.stored("ORG:reuters") == Stored(("ORG:reuters",), never=frozenset({"u", "v"}))


def test_only_in_some_items() -> None:
    split = '[[split]]\nname = "Ann Li"\nitems = ["u", "v"]\nas = "Ann Li (judge)"\n'
    c = said(split + '[[suppress]]\nnames = "Ann Li (judge)"\nitems = "v"\n')
    assert c.stored("PER:ann li judge") == Stored(
        ("PER:ann li judge", "PER:ann li"), never=frozenset({"v"}), exact=False
    )
    c = said(split + '[[merge]]\nnames = "Ann Li (judge)"\ninto = "Anna Lim"\n[[suppress]]\nnames = "Anna Lim"\n')
    assert c.stored("PER:ann li judge") == c.stored("PER:anna lim") == Stored(())


def test_a_wrong_label_is_mended_by_a_merge() -> None:
    c = said('[[merge]]\nnames = "Chelsea"\ninto = "organisation: Chelsea"\n')
    assert {c.resolve(f"{label}:chelsea", "") for label in ("PER", "ORG", "LOC", "MISC")} == {"ORG:chelsea"}


def test_another_models_label() -> None:
    assert said('[[rename]]\nname = "GPE: Burma"\nto = "Myanmar"\n').name("GPE:burma") == "Myanmar"


def test_a_tag_goes_with_a_merge_and_tags_add_up() -> None:
    tag = '[[tag]]\nnames = "Jo"\ntags = ["minor"]\n[[tag]]\nnames = "Jo Doe"\ntags = ["victim", "minor"]\n'
    assert said(tag + '[[merge]]\nnames = "Jo"\ninto = "Jo Doe"\n').tags("PER:jo doe") == ("minor", "victim")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[merge]]\nnames="A"\ninto="B"\n[[merge]]\nnames="B"\ninto="A"', r"line 4.*in a circle.*line 1"),
        ('[[split]]\nname="A"\nas="B"\nitems="u"\n[[merge]]\nnames="B"\ninto="A"', r"circle.*line"),
        ('[[merge]]\nnames="A"\ninto="B"\n\n[[merge]]\nnames="A."\ninto="C"', r"line 5.*“A.” is merged.*line 1"),
        ('[[merge]]\nnames="A"\ninto="B"\n[[suppress]]\nnames="A"', r"line 4.*suppresses “a”.*line 1.*makes “b”"),
        ('[[merge]]\nnames="A"\ninto="B"\n[[suppress]]\nnames="A"\nitems="u"', r"line 4.*suppresses “a”.*line 1"),
        ('[[rename]]\nname="A"\nto="C"\n[[merge]]\nnames="A"\ninto="B"', r"line 1.*renames “a”.*line 4"),
        ('[[rename]]\nname="A"\nto="C"\n[[rename]]\nname="A"\nto="D"', r"line 4.*“A” is renamed.*line 1"),
        ('[[split]]\nname="A"\nas="B"\nitems="u"\n[[split]]\nname="A"\nas="C"\nitems="u"', r"line 5.*in u.*line 1"),
        ('[[split]]\nname="A"\nas="B"\nitems="u"\n[[suppress]]\nnames="A"\nitems="u"', r"line 5.*suppresses.*line 1"),
        ('[[split]]\nname="Jo Li"\nas="JO LI"\nitems="u"', r"line 1.*compared as.*Jo Li \(goalkeeper\)"),
        ('[[merg]]\nnames="A"', r"no \[\[merg\]\]; there are \[\[merge\]\]"),
        ('[merge]\nnames="A"\ninto="B"', r"double brackets: \[\[merge\]\]"),
        ('[[merge]]\nnames="A"', r"line 1.*into is missing"),
        ('[[merge]]\nnames="A"\nin="B"\ninto="B"', r"line 1.*in is not known here; it has into, names"),
        ('\n[[merge]]\nnames=[]\ninto="B"', r"line 2.*names must be a text"),
        ('[[merge]]\nnames=["A", 3]\ninto="B"', r"line 1.*names must be a text"),
        ('[[merge]]\nnames=["A"]\ninto=["B", "C"]', r"line 1.*into must be one text"),
        ('[[suppress]]\nnames="A"\nitems=""', r"line 1.*items must be a text"),
        ('merge = [{names="A"}]', r"\[\[merge\]\] number 1.*into is missing"),
        ("[[merge]]\nnames = Merkel", r"line 2.*texts stand in quotes"),
        ("x = " + "[" * 5000, r"brackets in brackets"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match="(?s)^entities.toml.*" + complaint):
        said(text)


def test_notepads_files_are_read_and_other_encodings_refused() -> None:
    windows = "\ufeff" + EXAMPLE.replace("\n", "\r\n")
    assert parse(windows.encode()) == said(EXAMPLE)
    with pytest.raises(UsageError, match=r"line 2: not UTF-8"):
        parse('[[rename]]\nname = "Orbán"'.encode("latin-1"))


def test_an_edit_counts_at_once_also_a_broken_one(tmp_path: Path) -> None:
    path = tmp_path / "entities.toml"
    file = CorrectionsFile(path)
    assert file.current() is Corrections.EMPTY
    path.write_text('[[suppress]]\nnames = "Reuters"\n')
    first = file.current()
    assert first.resolve("ORG:reuters", "") is None
    assert file.current() is first
    path.write_text('[[suppress]\nnames = "Reuters"\n')
    for _ in range(2):
        with pytest.raises(UsageError, match=r"entities.toml.*line 1"):
            file.current()
    path.write_text('[[suppress]]\nnames = "Xinhua!"\n')
    os.utime(path, ns=(0, 0))
    assert file.current().resolve("ORG:reuters", "") == "ORG:reuters"
    path.unlink()
    assert file.current() == Corrections.EMPTY


def test_a_mistake_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, read = tmp_path / "entities.toml", list[str]()
    path.write_text("[[suppress]\n")
    loads = tomllib.loads
    monkeypatch.setattr(tomllib, "loads", lambda text: (read.append(text), loads(text))[1])
    file, errors = CorrectionsFile(path), list[UsageError]()
    for _ in range(3):
        with pytest.raises(UsageError, match=r"entities.toml.*line 1") as raised:
            file.current()
        errors.append(raised.value)
    assert len(read) == 1
    assert len(set(map(id, errors))) == 3, "raised again, an error gathers traces"
    path.write_text('[[suppress]]\nnames = "Reuters"\n')
    assert file.current().resolve("ORG:reuters", "") is None
    path.write_bytes(b"#" * (editing.MAX_BYTES + 1))
    with pytest.raises(UsageError, match=r"entities.toml is larger than 10,000,000 bytes"):
        file.current()


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "entities.toml"
    file = CorrectionsFile(path)
    path.mkdir()
    with pytest.raises(UsageError, match=r"entities.toml cannot be read: Is a directory"):
        file.current()
    path.rmdir()
    path.symlink_to(path)
    with pytest.raises(UsageError, match=r"entities.toml cannot be read: Too many levels of symbolic links"):
        file.current()
    path.unlink()
    assert file.current() is Corrections.EMPTY
