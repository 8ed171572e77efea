"""What takes long only where somebody means it to: each reader of text is given its worst, 100 kB of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Item, Kind
from newsreel.ingest import text
from newsreel.ingest.dates import parse_ns
from newsreel.ingest.documents import read_document
from newsreel.ingest.photos import read_xmp
from newsreel.ingest.photos._fields import Fields, created_ns, line
from newsreel.ingest.photos._merge import merge
from newsreel.ingest.status import status_of
from newsreel.ingest.videos._tags import fields_of
from newsreel.ingest.videos.cues import read_cues

LENGTH = 99_900  # a tag is cut at 100,000, and its end is what makes it hostile
PATIENCE_S = 10
ACCENTS = "\u0301\u0327"
TIMES = "00:01.000 --> 00:02.000\n"
TAGS = ("title", "description", "artist", "copyright", "keywords", "location", "date", "creation_time")
# What it begins with, what is repeated, what it ends with.
TAGGED = [
    ("", "1", "x"), ("Lavf", "1.", "\nx"), ("encoded by ", "a ", "\n"), ("", "a.mp4", "\n"), ("by", " ", "x"),
    ("", "+1.1 ,;", "x"), ("1", "CRS", " "), ("", ",a", ""), ("", "\n ", "x"), ("", ":", ""), ("", "a-", ""),
    ("a", ACCENTS, ""), ("untitled ", "1", "x"), ("2024-01-01", " ", "x"),
]  # fmt: skip
CUES = [
    ("<v", " ", ""), ("<v", "\t ", "<"), ("<v.", ".", " "), ("", "<v a", ""), ("", "<i", ""), ("<i", "a", ""),
    ("<", "1:", ""), ("", "{b", ""), ("{\\b", "i", ""), ("", "&#", ""), ("&#", "1", ";"), ("a", ACCENTS, ""),
    ("", "1", ""), ("", " ", "-->"), ("00:01.000", " ", "--> x"), ("-->", " ", "x"), ("", "-->", ""),
]  # fmt: skip
DOCUMENTS = [
    ("<meta charset=", " ", "!"), ("", "<meta ", ""), ("<?xml", " ", "!"), ("", "\n ", ""), ("", "<a", ""),
    ("<", "a.-", ""), ("<", "a:", ""), ("", "&aaaa;", ""), ("<p>&#", "1", ";</p>"), ("<!doctype", " ", "x"),
    ("---\n", "--- ", "x"), ("---\na", " ", "x"), ("---\nkeywords:\n", " ", "---\n"), ("---\n", "'", "---\n"),
    ("{", " ", "x"), ("", "[", ""), ("By ", "y", "x"), ("a", ACCENTS, ""),
    ('{"headline": "&#', "1", ';", "body_text": "b", "uri": "x"}'),
    ('<html><script type="application/ld+json">"datePublished"', " ", "x"),
]  # fmt: skip
PHOTOS = [
    ("", "DIGITAL CAMERA", "!"), ("<", "a", ""), ("DSC", "_", "!"), ("", "a.jpg", "!"), ("2024", "-01", "!"),
    ("a", ACCENTS, ""),
]  # fmt: skip


def worst(begin: str, again: str, end: str) -> str:
    return begin + again * (LENGTH // len(again)) + end


def read_tags(hostile: str) -> None:
    for name in TAGS:
        fields_of({name: hostile})
    fields_of({hostile: "x"})
    fields_of(dict.fromkeys((f"{n}-eng" for n in range(LENGTH // 10)), hostile))
    parse_ns(hostile), text.language(hostile)
    status_of(hostile + ":usable")


def read_subtitles(hostile: str) -> None:
    for data in (TIMES + hostile, hostile + "\n" + TIMES + "x", TIMES + "x\n" + hostile + "\n" + TIMES + "y"):
        read_cues(data.encode())


def read_documents(hostile: str) -> None:
    for name in ("a.txt", "a.md", "a.html", "a.xml", "a.json"):
        try:
            read_document(hostile.encode(), name=name, uri="file:a")
        except UnreadableError:
            continue
    read_xmp(hostile.encode(), "file:a", Kind.PHOTO)


def read_photo_fields(hostile: str) -> None:
    said = Fields(title=line(hostile), caption=line(hostile), copyright=line(hostile))
    merge(iim=Fields(), xmp=said, exif=Fields(), iim_changed_last=False)
    created_ns(hostile)


READERS = {
    "tags": (read_tags, TAGGED),
    "cues": (read_subtitles, CUES),
    "documents": (read_documents, DOCUMENTS),
    "photos": (read_photo_fields, PHOTOS),
}


@pytest.mark.parametrize("kind", READERS)
def test_nothing_takes_for_ever(kind: str) -> None:
    """In a process of its own: what hangs in an expression cannot be interrupted."""
    command = [sys.executable, "-m", "tests.unit.ingest.test_hostile_text", kind]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired as late:
        pytest.fail(f"it hangs in {bytes(late.stdout or b'').decode().splitlines()[-1:]}")
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_heap_of_accents_is_cut_and_signs_are_not() -> None:
    assert text.line("a" + "\u0327" * 5_000) == "a" + "\u0327" * 30
    assert text.line("—" * 100 + "e\u0301") == "—" * 100 + "é"


def test_a_reference_to_an_absurd_number_is_left_as_it_is() -> None:
    absurd = "&#" + "1" * 5_000 + ";"
    (cue,) = read_cues((TIMES + "One. " + absurd).encode()).cues
    assert cue.text.startswith("One. ")
    (item,) = read_document(f'{{"uri": "x", "headline": "{absurd}", "body_text": "b"}}'.encode(), name="a", uri="x")
    assert isinstance(item, Item)
    assert item.headline.startswith("&#111")


if __name__ == "__main__":
    reader, shapes = READERS[sys.argv[1]]
    for shape in shapes:
        print(shape, flush=True)
        try:
            reader(worst(*shape))
        except UnreadableError:
            continue
