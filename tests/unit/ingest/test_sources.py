"""What a user names, and what becomes of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from newsreel.core.errors import SourceError, UnreadableError
from newsreel.ingest import manifest
from newsreel.ingest.reader import read
from newsreel.ingest.sources import Ref, expand, reopen


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    for name in ("a.txt", "sub/b c.txt", "sub/deep/d%.md", ".hidden/e.txt", "f.jsonl", ".DS_Store"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}\n\n{}\n")
    return tmp_path


def uris(*names: object) -> list[str]:
    return [ref.uri for source in expand([str(n) for n in names]) for ref in source.refs()]


def test_a_folder_is_walked_without_hidden_names(desk: Path) -> None:
    assert uris(desk) == ["file:a.txt", "file:f.jsonl", "file:sub/b%20c.txt", "file:sub/deep/d%25.md"]
    assert sum(source.count() for source in expand([str(desk)])) == 4


def test_a_uri_is_relative_to_the_source_given(desk: Path) -> None:
    assert uris(desk / "sub" / "b c.txt") == ["file:b%20c.txt"]
    assert uris(desk / "sub" / "*.txt") == ["file:b%20c.txt"]
    assert uris(desk / "**" / "*.txt") == ["file:a.txt", "file:sub/b%20c.txt"]


def test_a_manifest_has_an_input_for_each_line_that_is_not_blank(desk: Path) -> None:
    assert uris(desk / "f.jsonl") == ["file:f.jsonl#line=1", "file:f.jsonl#line=3"]


def test_a_name_that_is_not_utf8_has_a_uri_and_is_found_again(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text("Text of a story.")
    (ref,) = (ref for source in expand([str(tmp_path)]) for ref in source.refs())
    assert ref.uri == "file:caf%E9.txt"
    assert [r.path for r in reopen([ref.location])] == [path]


def test_locations_are_read_again_as_they_are_now(desk: Path) -> None:
    locations = [
        ref.location for source in expand([str(desk / "f.jsonl"), str(desk / "a.txt")]) for ref in source.refs()
    ]
    assert sorted(r.location for r in reopen(locations)) == sorted(locations)
    (desk / "f.jsonl").write_text("{}\n")
    assert len(list(reopen(locations))) == 2


@pytest.mark.parametrize("name", ["nowhere", "nowhere/*.txt", "s3://bucket/prefix"])
def test_what_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=r"nowhere|s3"):
        expand([name if "://" in name else str(tmp_path / name)])


def test_a_folder_covers_its_files_and_not_the_manifests_lines(desk: Path) -> None:
    folder, lines = expand([str(desk)])[0], expand([str(desk / "f.jsonl")])[0]
    (file, *_), (line, *_) = folder.refs(), lines.refs()
    assert (folder.covers(file.location), folder.covers(line.location)) == (True, False)
    assert (lines.covers(line.location), lines.covers(file.location)) == (True, False)


def line(**fields: object) -> bytes:
    return json.dumps({"uri": "x:1", **fields}).encode()


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"not json", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[1]", "not an object"),
        (b'{"headline": "h"}', "no 'uri'"),
        (line(uri=" "), "no 'uri'"),
        (line(uri=7), "no 'uri'"),
        (line(body=7), "'body' is not text"),
        (line(body="b", published="soon"), "'published' is not a date"),
        (line(body="b", embargo="soon"), "'embargo' is not a date"),
        (line(body="b", embargoUntil="2030-01-01"), "'embargoUntil' is not one Newsreel knows"),
        (line(body="b", status="spiked"), "unknown publishing status"),
        (line(body="b", kind="photo"), "needs a 'path'"),
        (line(body="b", version=[1]), "'version'"),
        (line(body="b", keywords=[1]), "'keywords'"),
        (line(), "nothing to index"),
        (line(path="../x.jpg"), "leads out"),
        (line(path="/etc/hostname"), "leads out"),
        (line(path="missing.jpg"), "not there"),
        (line(path="a\x00b"), "path"),
    ],
)
def test_a_line_that_is_wrong_has_a_cause(tmp_path: Path, data: bytes, cause: str) -> None:
    (reading,) = read(Ref(f"{tmp_path}/./m.jsonl#line=1", data))
    assert reading.item is None
    assert cause in reading.cause


def test_a_link_may_not_lead_out_either(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(UnreadableError, match="leads out"):
        manifest.contained(tmp_path / "in", "link.txt")


def test_a_line_speaks_louder_than_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# In the file\n\nThe text.")
    ref = Ref(f"{tmp_path}/./m.jsonl#line=1", line(path="a.md", headline="In the line", keywords="a, b,a", version=3))
    (reading,) = read(ref)
    assert reading.item is not None
    assert (reading.item.uri, reading.item.headline, reading.item.body) == ("x:1", "In the line", "The text.")
    assert (reading.item.keywords, reading.item.version) == (("a", "b"), "3")


def test_a_line_does_not_lift_its_files_embargo(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '{"uri": "x:2", "headline": "h", "body_text": "b", "embargoed": "2040-01-01T00:00:00Z"}'
    )
    (reading,) = read(Ref(f"{tmp_path}/./m.jsonl#line=1", line(path="a.json", embargo="2020-01-01T00:00:00Z")))
    assert reading.item is not None
    assert reading.item.embargo_ns == 2_208_988_800_000_000_000


def test_text_is_cleaned(tmp_path: Path) -> None:
    data = b'{"uri": "x:\\ud800 1", "headline": "A\\u0000\\nB \\ud800", "body": "One\\r\\n\\r\\nTwo"}'
    (reading,) = read(Ref(f"{tmp_path}/./m.jsonl#line=1", data))
    assert reading.item is not None
    assert (reading.item.uri, reading.item.headline, reading.item.body) == ("x:1", "A B \ufffd", "One\n\nTwo")


def test_the_hash_of_an_input_covers_the_line_and_the_media(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The text.")
    hashes = set()
    for data, text in (
        (line(path="a.txt"), "One."),
        (line(path="a.txt", headline="H"), "One."),
        (line(path="a.txt"), "Two."),
    ):
        (tmp_path / "a.txt").write_text(text)
        (reading,) = read(Ref(f"{tmp_path}/./m.jsonl#line=1", data))
        hashes.add(reading.input_hash)
        assert read(Ref(f"{tmp_path}/./m.jsonl#line=1", data), {reading.input_hash})[0].unchanged
        assert not read(Ref(f"{tmp_path}/./m.jsonl#line=1", data), {reading.input_hash}, "another recipe")[0].unchanged
    assert len(hashes) == 3
