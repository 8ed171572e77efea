"""Bad input through the real command: a cause on the ledger or a clear refusal, the rest indexed, never a traceback.

Many bad inputs go into each run, beside good ones that must come through.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from tests.commands import FAULTS, Ran, run
from tests.conftest import unwatched

from newsreel import app
from newsreel.core.errors import NewsreelError
from newsreel.core.ledger import State
from newsreel.index.lance import LanceArchive
from newsreel.ingest.sidecars import belongs_to_video
from newsreel.models.runtime import artifact
from newsreel.search.results import Query
from newsreel.settings import Settings

GOOD = "Quorvath wins the vote\n\nThe xylophonist Quorvath won the vote for the harbour board."
EMBARGO = "2099-01-01T00:00:00Z"
EMPTY = ("txt", "md", "html", "xml", "json", "jpg", "png", "tif", "webp", "heic")
WORDS = ("ferry", "grain", "storm", "harbour", "vote", "rail", "market", "council", "bridge", "winter", "school")
LIMITED = """if True:
    import os, resource, sys
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
    os.execv(sys.argv[2], sys.argv[2:])
"""
NEWSREEL = [sys.executable, "-m", "newsreel"]


def process(*arguments: str | bytes | Path, most_bytes: int | None = None, **options: Any) -> Ran:
    """Run the command in a process of its own, where no file may grow larger than that."""
    limited = [] if most_bytes is None else [sys.executable, "-c", LIMITED, str(most_bytes)]
    done = subprocess.run([*limited, *NEWSREEL, *arguments], capture_output=True, timeout=120, **options)
    out, err = (stream.decode("utf-8", "backslashreplace") for stream in (done.stdout, done.stderr))
    for sign in FAULTS:
        assert sign not in err + out, err
    return Ran(done.returncode, out, err)


def refused(ran: Ran, pattern: str, code: int = 1) -> None:
    """It ended with this exit code and one clear line."""
    assert (ran.code, ran.out) == (code, ""), ran
    assert re.search(pattern, ran.err), ran.err
    assert ran.err.startswith("newsreel: ")


@dataclass(frozen=True)
class Account:
    """What an archive says of a run."""

    archive: Path
    states: Mapping[str, str]
    causes: Mapping[str, str]
    """By uri, of what failed."""

    @classmethod
    def of(cls, archive: Path) -> Account:
        found = app.audit_archive(archive)
        assert found.balanced, found.faults
        assert found.states[State.PENDING] == 0
        rows = [row for state in State for row in LanceArchive(archive).in_state(state)]
        causes = {row.uri: row.cause for row in rows if row.state is State.FAILED}
        assert all(causes.values()), "a failure has a cause"
        return cls(archive, {row.uri: row.state.value for row in rows}, causes)

    def found(self, text: str, **more: Any) -> set[str]:
        results = app.Newsreel(self.archive, Settings()).search(Query(text=text, limit=200, **more)).results
        return {r.item.uri for r in results}


@pytest.fixture(autouse=True)
def _model(embedder: object) -> None:
    """The command needs the model."""


def png(width: int, height: int, pixels: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def picture(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(out, kind)
    return out.getvalue()


def huge_jpeg() -> bytes:
    data = picture()
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", 14_000, 15_000) + data[at + 4 :]


def zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "text")
    return out.getvalue()


NITF = "<nitf><head><title>T</title></head><body><body.content><p>{}</p></body.content></body></nitf>"
BOMB = '<!DOCTYPE nitf [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip


def hostile(secret: Path) -> dict[str, tuple[bytes, str]]:
    """Name to bytes, and what the cause says; "" where it must become an item."""
    jpeg, text = picture(), b"The ferry was late.\n\nIt was late again on Monday."
    external = f'<!DOCTYPE nitf [<!ENTITY x SYSTEM "file://{secret}">]>'
    cyrillic = "Паром опоздал в понедельник, сообщила администрация порта. Пассажиры ждали на причале три часа."
    japanese = "月曜日の朝、港のフェリーは三時間遅れて出発しました。乗客は桟橋で待っていました。" * 4
    french = (
        "La préfecture a annoncé jeudi que les élèves de l’école fermée après l’incendie seront reçus dès la rentrée "
        "dans un collège voisin. Les parents, inquiets, ont été invités à une réunion à la mairie. « Nous n’avons pas "
        "été prévenus », a regretté une mère, tandis que le maire évoquait une situation très délicate à gérer."
    )
    return {
        **{f"empty.{s}": (b"", "empty") for s in EMPTY},
        "blank.txt": (b" \n\t\n", "empty"),
        "zeros.jpg": (b"\0" * 5000, "empty"),
        "bom.txt": (b"\xef\xbb\xbf", "empty"),
        "photo.txt": (jpeg, ""),
        "photo.json": (picture("PNG"), ""),
        "text.jpg": (text, "named .jpg"),
        "truncated.jpg": (jpeg[: len(jpeg) // 2], "end early"),
        "truncated.png": (picture("PNG")[:-400], "end early"),
        "truncated.tif": (picture("TIFF")[:-9000], "early|damaged"),
        "truncated.webp": (picture("WEBP")[:-400], "early|damaged|short"),
        "head.jpg": (jpeg[:20], "damaged|early"),
        "huge.png": (png(20_000, 10_000), "20000 x 10000"),
        "huge.jpg": (huge_jpeg(), "million"),
        "no-pixels.png": (png(100, 100), "early|damaged"),
        "a.zip": (zipped("a.txt"), "."),
        "a.docx": (zipped("word/document.xml"), "."),
        "a.pdf": (b"%PDF-1.7\n1 0 obj\n", "PDF"),
        "pdf.txt": (b"%PDF-1.7\n1 0 obj\n", "PDF"),
        "a.mp4": (b"\0\0\0\x20ftypisom" + bytes(64), "video"),
        "a.mp3": (b"ID3\x03" + bytes(64), "sound|audio"),
        "bare.mp3": (b"\xff\xfb\x90\x64" + bytes(range(256)) * 8, "."),
        "random.txt": (random.Random(1).randbytes(5000), "."),
        "random": (random.Random(2).randbytes(5000), "."),
        "latin1.txt": (french.replace("’", "'").encode("latin-1"), ""),
        "cp1252.txt": (french.encode("cp1252"), ""),
        "utf16.txt": (french.encode("utf-16"), ""),
        "utf16le.txt": (text.decode().encode("utf-16-le"), ""),
        "sjis.txt": (japanese.encode("shift-jis"), ""),
        "koi8.txt": ((cyrillic * 5).encode("koi8-r"), ""),
        "half.txt": ("Fähre".encode("utf-16")[:-1], "UTF-16"),
        "a.xml": (NITF.format("Fine.").encode(), ""),
        "doctype.xml": (b'<!DOCTYPE nitf SYSTEM "http://192.0.2.1/nitf.dtd">' + NITF.format("With DTD.").encode(), ""),
        "cut.xml": (NITF.format("Cut")[:-20].encode(), "."),
        "bomb.xml": ((BOMB + NITF.format("&i;")).encode(), "."),
        "external.xml": ((external + NITF.format("&x;")).encode(), "."),
        "wrong.xml": (b'<?xml version="1.0" encoding="utf-16"?>' + NITF.format("No").encode(), "."),
        "deep.xml": (b"<nitf>" + b"<p>" * 100_000, "."),
        "deep.json": (b"[" * 200_000, "."),
        "deep-object.json": (b'{"a":' * 100_000, "."),
        "list.json": (b"[1, 2, 3]", "."),
        "null.json": (b"null", "."),
        "cut.json": (b'{"uri": "x:1", "headline": "Cut', "."),
        "surrogate.json": (b'{"uri": "x:s\\ud800", "headline": "Half \\udc00 a pair", "body_text": "Is \\ud800."}', ""),
        "bad-embargo.json": (b'{"uri": "x:e", "headline": "H", "body_text": "B.", "embargoed": "someday"}', "."),
        "deep.html": (b"<div>" * 50_000 + b"deep", "."),
        "script.html": (b"<html><body><script>alert(1)</script></body></html>", "."),
        "nested.jsonl": (b'{"uri": "x:2", "headline": "H"}\n', "manifest inside a folder"),
        "stars.md": (b"*" * 100_000 + b"[" * 100_000, ""),
        "words.txt": (b"Ferry " * 40 + b"x" * 100_000, ""),
        "rtl\u202e\n'\"%00#?&[b];$(x) \x1b[2J.txt": (b"Odd name\n\nThe zanzibar story.", ""),
        "é" * 120 + ".txt": (b"Long name\n\nA story under a long name.", ""),
    }


def damaged(sample: Path, folder: Path) -> int:
    """Versions of the sample's files, emptied, cut and overwritten at random; how many."""
    draw, made = random.Random(3), 0
    folder.mkdir()
    for path in sorted(p for p in sample.rglob("*") if p.is_file()):
        data = path.read_bytes()
        flipped = bytearray(data)
        for _ in range(20):
            flipped[draw.randrange(len(data))] = draw.randrange(256)
        for kind, version in (("cut", data[: draw.randrange(len(data))]), ("flipped", bytes(flipped))):
            (folder / f"{kind}-{path.name}").write_bytes(version)
            made += 1
    return made


def test_a_folder_of_bad_files(tmp_path: Path) -> None:
    folder, archive, secret = tmp_path / "desk", tmp_path / "archive", tmp_path / "secret.txt"
    folder.mkdir()
    secret.write_text("The password is Zzyzx.")
    expected = hostile(secret)
    for name, (data, _) in expected.items():
        (folder / name).write_bytes(data)
    (folder / "aa.txt").write_text(GOOD)
    (folder / "zz.txt").write_text(GOOD.replace("vote", "election"))
    (folder / os.fsdecode(b"not-utf8-\xff\xfe.txt")).write_text("Bytes\n\nThe wombat story.")

    ran = run("index", folder, "--archive", archive)
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.err
    account = Account.of(archive)
    for name, (_, pattern) in expected.items():
        cause = account.causes.get("file:" + quote(name))
        assert (cause is None) == (pattern == ""), (name, cause)
        assert re.search(pattern, cause or ""), (name, cause)
    assert not any("fault" in cause for cause in account.causes.values())
    assert account.found("xylophonist Quorvath") >= {"file:aa.txt", "file:zz.txt"}
    assert "file:not-utf8-%FF%FE.txt" in account.found("wombat")
    assert any("%2500" in uri for uri in account.found("zanzibar"))
    assert not any(b"Zzyzx" in path.read_bytes() for path in archive.rglob("*") if path.is_file())
    again = run("index", folder, "--archive", archive)
    assert (again.code, "Nothing to do" in again.err) == (0, True), again.err


def test_damaged_versions_of_every_kind(tmp_path: Path, sample_folder: Path, settings: Settings) -> None:
    made = damaged(sample_folder, tmp_path / "desk")
    summary = app.index([str(tmp_path / "desk")], tmp_path / "archive", settings, unwatched)
    sidecars = sum(belongs_to_video(path) for path in (tmp_path / "desk").iterdir())
    assert summary.inputs == made - sidecars
    assert 0 < summary.counts["failed"] < made
    account = Account.of(tmp_path / "archive")
    assert len(summary.failures) >= len(account.causes)
    assert not any("fault" in cause for cause in account.causes.values())


@pytest.mark.parametrize("name", ["photo", "iptc"])
def test_every_outcome_of_the_shared_data_is_explained(
    shared: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    ran = run("index", shared(name), "--archive", tmp_path)
    assert ran.code == 0
    account = Account.of(tmp_path)
    assert set(account.states.values()) <= {"done", "duplicate", "failed"}
    assert not any("fault" in cause for cause in account.causes.values())
    assert len(account.states) > 20


def test_special_files_are_not_waited_for(tmp_path: Path) -> None:
    folder, outside = tmp_path / "desk", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "a.txt").write_text(GOOD)
    (outside / "b.txt").write_text("Outside\n\nThis lies outside.")
    os.mkfifo(folder / "pipe.txt")
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "null.txt").symlink_to("/dev/zero")
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "dangling.txt").symlink_to("nowhere.txt")
    (folder / "itself").symlink_to(folder)
    (folder / "other").symlink_to(outside)
    deep = folder
    for _ in range(300):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "deep.txt").write_text("Deep\n\nThe wombat lives deep down.")
    listener = socket.socket(socket.AF_UNIX)
    with listener, _inside(folder):
        listener.bind("socket.txt")
    expected = {
        "pipe.txt": "not a regular file",
        "pipe.jsonl": "a manifest inside",
        "null.txt": "not a regular file",
        "socket.txt": "not a regular file",
        "loop.txt": "a loop of symbolic links",
        "dangling.txt": "not there",
    }
    ran = run("index", folder, "--archive", tmp_path / "archive")
    assert ran.code == 0
    account = Account.of(tmp_path / "archive")
    assert account.causes.keys() == {f"file:{name}" for name in expected}
    for name, cause in expected.items():
        assert cause in account.causes[f"file:{name}"]
    assert len(account.states) == len(expected) + 2
    assert any("/d/d/deep.txt" in uri for uri in account.found("wombat deep"))

    globbed = run("index", folder / "**" / "*.txt", "--archive", tmp_path / "globbed")
    assert globbed.code == 0
    assert Account.of(tmp_path / "globbed").states.keys() == account.states.keys() - {"file:pipe.jsonl"}
    refused(run("index", folder / "pipe.jsonl", "--archive", tmp_path / "c"), "not a regular file")
    assert run("index", folder / "pipe.txt", "--archive", tmp_path / "c").code == 1, "nothing could be read"


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def manifest_lines() -> dict[str, tuple[object, str]]:
    """What a line's item is called, the line (bytes as they are), and what the cause says; "" for an item."""
    story = {"headline": "H", "body": "The ferry was late."}
    return {
        "": (b"{not json", "not JSON"),
        "#2": ([1], "not an object"),
        "#3": (3, "not an object"),
        "#4": (story, "no 'uri'"),
        "#5": ({**story, "uri": None}, "no 'uri'"),
        "#6": ({**story, "uri": " \t\u200b"}, "no 'uri'"),
        "#7": (b'{"uri": "x:1", "version": ' + b"9" * 5000 + b"}", "not JSON"),
        "#8": (b"[" * 200_000, "not JSON"),
        "#9": (b'\xff\xfe{"uri": "x:2"}', "not JSON"),
        "p:out": ({"uri": "p:out", "path": "../secret.jpg"}, "leads out"),
        "p:abs": ({"uri": "p:abs", "path": "/etc/hostname"}, "leads out"),
        "p:link": ({"uri": "p:link", "path": "link/secret.jpg"}, "leads out"),
        "p:flink": ({"uri": "p:flink", "path": "flink.jpg"}, "leads out"),
        "p:gone": ({"uri": "p:gone", "path": "gone.jpg"}, "not there"),
        "p:nul": ({"uri": "p:nul", "path": "a\0b.jpg"}, "path"),
        "p:half": ({"uri": "p:half", "path": "a\ud800b.jpg"}, "path"),
        "p:folder": ({"uri": "p:folder", "path": "."}, "a folder"),
        "p:pipe": ({"uri": "p:pipe", "path": "pipe"}, "not a regular file"),
        "p:long": ({"uri": "p:long", "path": "x" * 5000}, "too long"),
        "p:good": ({"uri": "p:good", "path": "good.jpg", "caption": "A wombat."}, ""),
        "p:text": ({"uri": "p:text", "path": "good.txt", "kind": "photo"}, "'kind' says photo"),
        "t:kind": ({**story, "uri": "t:kind", "kind": "po\ud800em"}, "not one Newsreel knows"),
        "t:photo": ({**story, "uri": "t:photo", "kind": "photo"}, "needs a 'path'"),
        "t:list": ({**story, "uri": "t:list", "body": ["a"]}, "'body' is not text"),
        "t:date": ({**story, "uri": "t:date", "published": 20260101}, "'published' is not text"),
        "t:nodate": ({**story, "uri": "t:nodate", "published": "soon"}, "is not a date"),
        "t:status": ({**story, "uri": "t:status", "status": "hot"}, "unknown publishing status"),
        "t:version": ({**story, "uri": "t:version", "version": {}}, "neither text nor a number"),
        "t:keywords": ({**story, "uri": "t:keywords", "keywords": [1]}, "'keywords' is neither"),
        "t:empty": ({"uri": "t:empty"}, "nothing to index"),
        "e:Embargo": ({**story, "uri": "e:Embargo", "Embargo": EMBARGO}, "write 'embargo'"),
        "e:soon": ({**story, "uri": "e:soon", "embargo": "tomorrow"}, "is not a date"),
        "e:false": ({**story, "uri": "e:false", "embargo": False}, "not text"),
        "e:two": ({**story, "uri": "e:two", "embargo": "2020-01-01", "embargoed": EMBARGO}, "contradicts"),
        "e:status": ({**story, "uri": "e:status", "status": "usable", "pubStatus": "withheld"}, "contradicts"),
        "e:null": ({**story, "uri": "e:null", "embargo": EMBARGO, "embargoed": None}, ""),
        "e:alias": ({**story, "uri": "e:alias", "embargo": None, "embargoed": EMBARGO}, ""),
        "u:half": ({"uri": "u:\ud800half", "headline": "Half \udfff", "body": "Lone \ud800 and NUL \0 here."}, ""),
        "u:'\"\\;--[/b][red]%é☃": ({**story, "uri": "u:'\"\\;--[/b][red]%é☃"}, ""),
        "u:" + "x" * 3900: ({**story, "uri": "u:" + "x" * 3900}, ""),
        "u:" + "y" * 4094: ({**story, "uri": "u:" + "y" * 5000}, "longer than 4096"),
        "u:big": ({**story, "uri": "u:big", "x": "y" * 10_000_000}, ""),
    }


def test_a_manifest_of_bad_lines(tmp_path: Path) -> None:
    folder, archive = tmp_path / "desk", tmp_path / "archive"
    folder.mkdir()
    (tmp_path / "secret.jpg").write_bytes(picture())
    (folder / "link").symlink_to(tmp_path)
    (folder / "flink.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "good.jpg").write_bytes(picture())
    (folder / "good.txt").write_text(GOOD)
    os.mkfifo(folder / "pipe")
    lines = [line if isinstance(line, bytes) else json.dumps(line).encode() for line, _ in manifest_lines().values()]
    lines += [b'{"uri": "d:1", "headline": "One", "body": "Twice here."}'] * 2
    first = b'\xef\xbb\xbf{"uri": "bom:1", "headline": "After a byte order mark", "body": "The zanzibar story."}'
    (folder / "m.jsonl").write_bytes(b"\r\n".join([first, *lines, b'{"uri": "z:1", "headline": "Last wombat"}']))

    ran = run("index", folder / "m.jsonl", "--archive", archive)
    assert ran.code == 0
    account = Account.of(archive)
    by_line = {row.source.partition("#line=")[2]: row for row in LanceArchive(archive).in_state(State.FAILED)}
    for number, (uri, (_, pattern)) in enumerate(manifest_lines().items(), 2):
        row = by_line.get(str(number))
        assert (row is None) == (pattern == ""), (uri[:50], row)
        if row is None:
            assert account.states[uri] in ("done", "duplicate"), uri[:50]
        else:
            assert re.search(pattern, row.cause), (uri, row.cause)
            assert uri[:1] in ("", "#") or row.uri == uri
    assert not any("fault" in cause for cause in account.causes.values())
    assert {"bom:1", "z:1", "d:1"} <= account.states.keys()
    assert not {"e:null", "e:alias"} & account.found("ferry late"), "an embargo leaked"
    listing = run("search", "ferry late", "--archive", archive, "-k", "100", "--explain")
    assert (listing.code, "[/b][red]" in listing.out, "e:null" in listing.out) == (0, True, False)


def test_manifests_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    (tmp_path / "empty.jsonl").write_bytes(b"\n\r\n  \n")
    (tmp_path / "utf16.jsonl").write_bytes('{"uri": "x:1", "headline": "H"}\n'.encode("utf-16"))
    (tmp_path / "gone.jsonl").symlink_to("nowhere.jsonl")
    (tmp_path / "none").mkdir()
    archive = ("--archive", tmp_path / "archive")
    empty = run("index", tmp_path / "empty.jsonl", tmp_path / "none", *archive)
    assert (empty.code, "nothing to index" in empty.err) == (0, True)
    refused(run("index", tmp_path / "a.txt", tmp_path / "gone.jsonl", *archive), "gone.jsonl: cannot be read")
    refused(run("index", tmp_path / "a.txt", "", *archive), "without a name")
    refused(run("index", tmp_path / "archive", *archive), "lies in the archive itself")
    both = run("index", tmp_path, tmp_path / "utf16.jsonl", tmp_path, tmp_path / "a.txt", *archive)
    assert both.code == 0
    account = Account.of(tmp_path / "archive")
    assert account.states["file:a.txt"] == "done"
    assert not any("archive" in uri for uri in account.states), "the archive is not read as a source"


def test_what_goes_away_while_a_run_reads(tmp_path: Path, settings: Settings) -> None:
    """Files, then the manifest's file, vanish and change between the listing and the reading."""
    folder = tmp_path / "desk"
    folder.mkdir()
    for n in range(40):
        (folder / f"{n:02}.txt").write_text(f"Story {n}\n\nThe wombat story number {n}.")
    (folder / "sub").mkdir()

    def vanish(progress: object) -> None:
        shutil.rmtree(folder / "sub", ignore_errors=True)
        for n in range(30, 40):
            (folder / f"{n}.txt").unlink(missing_ok=True)
        (folder / "29.txt").write_text("Changed\n\nThe platypus story.")

    few = Settings(group_inputs=2, read_workers=1)
    summary = app.index([str(folder)], tmp_path / "archive", few, vanish)
    assert summary.inputs >= 30
    account = Account.of(tmp_path / "archive")
    assert {f"file:{n:02}.txt" for n in range(29)} <= account.found("wombat story")
    assert all("not there" in cause for cause in account.causes.values())
    assert "file:29.txt" in account.found("platypus")


def test_what_may_not_be_read_fails_and_is_not_pruned(settings: Settings) -> None:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "desk"
        (folder / "closed").mkdir(parents=True)
        (folder / "a.txt").write_text(GOOD)
        (folder / "secret.txt").write_text("Secret\n\nThe wombat file.")
        (folder / "closed" / "b.txt").write_text("B\n\nThe platypus story.")
        for path in (home, folder, folder / "closed"):
            Path(path).chmod(0o777)
        with _as_nobody():
            app.index([str(folder)], Path(home) / "archive", settings, unwatched)
        (folder / "secret.txt").chmod(0)
        (folder / "closed").chmod(0)
        with _as_nobody():
            app.index([str(folder)], Path(home) / "archive", settings, unwatched, prune=True)
        (folder / "closed").chmod(0o777)
        account = Account.of(Path(home) / "archive")
        assert account.causes.keys() == {"file:secret.txt", "file:closed"}
        assert all("permission" in cause for cause in account.causes.values())
        assert "file:closed/b.txt" in account.found("platypus"), "a folder that cannot be listed is not empty"
        with _as_nobody():
            app.index([str(folder)], Path(home) / "archive", settings, unwatched)
        assert Account.of(Path(home) / "archive").causes.keys() <= {"file:secret.txt", "file:closed"}


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Root may read anything: as somebody else for a while, where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def _stories(path: Path, count: int) -> Path:
    draw = random.Random(5)
    lines = [
        {"uri": f"s:{n}", "headline": f"Story {n}", "body": " ".join(draw.choices(WORDS, k=60)).capitalize() + "."}
        for n in range(count)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_disk_that_fills(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: writing fails as it does there, wherever it happens."""
    stories, archive = _stories(tmp_path / "s.jsonl", 150), tmp_path / "archive"
    environment = {**os.environ, "NEWSREEL_GROUP_INPUTS": "50"}
    for size in (0, 3_000, 60_000):
        full = process("index", stories, "--archive", archive, most_bytes=size, env=environment)
        refused(full, "no room left .* run the same command again")
    done = run("index", stories, "--archive", archive, environment=environment)
    assert done.code == 0
    account = Account.of(archive)
    assert len(account.states) == 150
    killed = process("kill", "s:7", "--archive", archive, most_bytes=100)
    refused(killed, "no room left")
    assert run("kill", "s:7", "--archive", archive).code == 0
    assert "s:7" not in Account.of(archive).found("story 7")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_small_disk_that_fills(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("mounting a small disk is not permitted here")
    try:
        stories = _stories(tmp_path / "s.jsonl", 150)
        refused(run("index", stories, "--archive", disk / "archive"), "no room left")
        subprocess.run(["mount", "-o", "remount,size=50m", disk], check=True)
        assert run("index", stories, "--archive", disk / "archive").code == 0
        assert len(Account.of(disk / "archive").states) == 150
    finally:
        subprocess.run(["umount", disk], check=True)


def _garble(archive: Path, how: str) -> None:
    about = archive / "archive.json"
    data = sorted((archive / "segments.lance" / "data").iterdir())
    manifests = sorted((archive / "ledger.lance" / "_versions").glob("*.manifest"))
    match how:
        case "about is no JSON":
            about.write_bytes(b"\xff\x00garbage")
        case "about is a list":
            about.write_text("[]")
        case "about is too deep":
            about.write_text("[" * 100_000)
        case "another format":
            about.write_text('{"format": 99}')
        case "no embedder":
            about.write_text('{"format": 4, "embedder": {"name": 3}}')
        case "another embedder":
            about.write_text(
                '{"format": 4, "embedder": {"name": "x", "fingerprint": "y", "dimension": 384}, "entities": null}'
            )
        case "a table is missing":
            shutil.rmtree(archive / "segments.lance")
        case "a table is empty":
            shutil.rmtree(archive / "segments.lance")
            (archive / "segments.lance").mkdir()
        case "a table is a file":
            shutil.rmtree(archive / "ledger.lance")
            (archive / "ledger.lance").write_text("x")
        case "data is cut":
            for path in data:
                path.write_bytes(path.read_bytes()[:100])
        case "data is noise":
            for path in data:
                path.write_bytes(random.Random(1).randbytes(path.stat().st_size))
        case "data is gone":
            for path in data:
                path.unlink()
        case "manifests are cut":
            for path in manifests:
                path.write_bytes(path.read_bytes()[:-5])
        case "manifests are noise":
            for path in manifests:
                path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


GARBLED = (
    "about is no JSON", "about is a list", "about is too deep", "another format", "no embedder", "another embedder",
    "a table is missing", "a table is empty", "a table is a file", "data is cut", "data is noise", "data is gone",
    "manifests are cut", "manifests are noise",
)  # fmt: skip


@pytest.mark.parametrize("how", GARBLED)
def test_a_corrupted_archive_is_refused_clearly(sample_copy: Path, settings: Settings, how: str) -> None:
    _garble(sample_copy, how)
    source = sample_copy.parent / "a.txt"
    source.write_text(GOOD)

    def search() -> None:
        app.Newsreel(sample_copy, settings).search(Query(text="flood"))

    def index() -> None:
        app.index([str(source)], sample_copy, settings, unwatched)

    attempts: dict[str, Callable[[], object]] = {
        "search": search,
        "index": index,
        "audit": lambda: app.audit_archive(sample_copy),
        "kill": lambda: app.kill_items(["file:a.txt"], sample_copy),
    }
    refusals = {}
    for name, attempt in attempts.items():
        try:
            attempt()
        except NewsreelError as error:
            refusals[name] = str(error)
    unharmed = {"another embedder": {"audit", "kill"}, "data": {"kill"}, "manifests": {"search"}}
    may_pass = next((names for sign, names in unharmed.items() if how.startswith(sign)), set())
    assert attempts.keys() - refusals.keys() <= may_pass, refusals
    for message in refusals.values():
        assert str(sample_copy) in message
        assert re.search("index|restore|build", message), f"no remedy in: {message}"


def test_archives_and_artifacts_that_are_not_there(sample_copy: Path, tmp_path: Path) -> None:
    file, nowhere = tmp_path / "file", tmp_path / "nowhere"
    file.write_text(GOOD)
    refused(run("search", "x", "--archive", nowhere), "there is no archive at .*newsreel index")
    refused(run("audit", "--archive", file), "cannot be read|no archive")
    refused(run("kill", "x:1", "--archive", nowhere), "no archive")
    refused(run("index", file, "--archive", file / "below"), "is or lies in a file")
    assert not nowhere.exists()
    missing = {"NEWSREEL_ARTIFACTS": str(nowhere)}
    refused(run("search", "x", "--archive", sample_copy, environment=missing), "newsreel models build")
    model = shutil.copytree(Settings().artifacts, tmp_path / "artifacts")
    graph = artifact.load(model, "all-MiniLM-L6-v2", task="embed").graph()
    graph.write_bytes(bytes(graph.stat().st_size))
    broken = {"NEWSREEL_ARTIFACTS": str(model)}
    refused(
        run("search", "x", "--archive", sample_copy, environment=broken),
        "sha256 .*newsreel models build embed .*--again",
    )
    graph.write_bytes(b"short")
    refused(run("embed", "--jsonl", environment=broken), "newsreel models build")
    misset = {"NEWSREEL_THREADS": "many"}
    refused(run("search", "x", "--archive", sample_copy, environment=misset), "threads", code=2)
    _garble(sample_copy, "data is cut")
    refused(run("search", "flood", "--archive", sample_copy), "cannot be read")
    refused(run("audit", "--archive", sample_copy, "--json"), "cannot be read")


def test_two_runs_at_once(tmp_path: Path) -> None:
    stories, archive = _stories(tmp_path / "s.jsonl", 20), tmp_path / "archive"
    archive.mkdir()
    with LanceArchive.lease(archive):
        refused(process("index", stories, "--archive", archive), f"process {os.getpid()} on .* --wait SECONDS")
        waiting = subprocess.Popen([*NEWSREEL, "index", stories, "--archive", archive, "--wait", "60"])
        time.sleep(2)
    assert waiting.wait(60) == 0
    assert len(Account.of(archive).states) == 20


HEARING = (
    sys.executable,
    "-c",
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])",
)
"""What is started in the background is deaf to Ctrl-C, and so are its children, unless they start so."""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_says_so_and_goes_on_later(tmp_path: Path, number: int, code: int) -> None:
    stories, archive = _stories(tmp_path / "s.jsonl", 150), tmp_path / "archive"
    environment = {**os.environ, "NEWSREEL_GROUP_INPUTS": "10"}
    command = [*NEWSREEL, "index", stories, "--archive", archive]
    with subprocess.Popen([*HEARING, *command], env=environment, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not (archive / "archive.json").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.5)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (code, "Stopped. Nothing is lost: run the same command again to go on.\n")
    app.index([str(stories)], archive, Settings(), unwatched)
    assert len(Account.of(archive).states) == 150


def test_a_reader_that_leaves_early(sample_archive: Path) -> None:
    command = [*NEWSREEL, "search", "the", "--archive", sample_archive, "-k", "100"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 1
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, b"newsreel: the output: No space left on device\n")
    closed = subprocess.run(["/bin/sh", "-c", '"$@" >&- <&-', "sh", *command], capture_output=True)
    assert (closed.returncode, closed.stderr) == (0, b"")


def test_embed_with_bad_lines() -> None:
    lines = [
        b'{"id": 1, "text": "flood"}', b"not json", b"[1]", b"3",
        b'{"id": 2}', b'{"text": "x"}', b'{"id": 3, "text": 4}',
        b'{"id": 4, "text": "half \\ud800"}', b"\xff\xfe", b"", b"[" * 100_000, b'{"id": null, "text": ""}',
        '{"id": "é\\ud800", "text": "🙂🌊 \\u0000 \u202e"}'.encode(),
        b'{"id": 5, "text": "' + b"flood " * 200_000 + b'"}',
    ]  # fmt: skip
    ran = run("embed", "--jsonl", stdin=b"\n".join(lines))
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [a["id"] for a in answers] == [1, None, "é\ud800", 5]
    assert all(abs(sum(x * x for x in a["vector"]) - 1) < 1e-4 for a in answers)
    assert (ran.code, ran.err.count("left out"), "1 texts were longer" in ran.err) == (1, 9, True)
    nothing = run("embed", "--jsonl")
    assert nothing == Ran(0, "", "")
    refused(run("embed"), "--jsonl", code=2)


ODD_QUERIES = (
    "", " ", "?!…", "the of and", '"flood', "' OR 1=1 --", "AND OR ~ * \" (", "flood AND NOT (town", "field:value^2",
    "a\0b", "\ud800", "\u202eflood", "🌊🙂", "日本語", "%", "\\", "*", "a" * 2000, "flood\n\ttown",
)  # fmt: skip


@pytest.mark.parametrize("text", ODD_QUERIES)
def test_odd_queries_are_answered(newsreel: app.Newsreel, text: str) -> None:
    results = newsreel.search(Query(text=text.encode("utf-8", "replace").decode()))
    assert results.total >= len(results.results)


def test_odd_queries_through_the_command(sample_archive: Path, tmp_path: Path) -> None:
    def search(*arguments: str | bytes | Path) -> Ran:
        return run("search", *arguments, "--archive", sample_archive)

    assert process("search", b"fl\xffood", "--archive", sample_archive, "-k", "1").code == 0
    assert search(b"fl\xffood \xed\xa0\x80 ' OR 1=1 --").code == 0
    refused(search("flood " * 400), "characters", code=2)
    refused(search("flood", "--from", "yesterday"), "is not a date", code=2)
    refused(search("flood", "--to", b"\xff2026"), "is not a date", code=2)
    assert search("flood", "-k", "0").code == 2
    assert search("flood", "--kind", "poem").code == 2
    queries, ranked = tmp_path / "q.tsv", tmp_path / "run.trec"

    def batch(content: bytes) -> Ran:
        queries.write_bytes(content)
        return search("--queries", queries, "--run", ranked)

    refused(batch(b"1\tflood\nno tab here\n"), "line 2", code=2)
    refused(batch(b"1\tflood\n1\tferry\n"), "qid 1 stands there 2 times", code=2)
    refused(batch(b"1\t\xff\xfe\n"), "not UTF-8", code=2)
    assert batch(b"\n").code == 0
    assert ranked.read_bytes() == b""
    assert batch("\ufeff1\t' OR 1=1 \x00 --\r\n2\t🌊 \"*~\n".encode()).code == 0
    refused(search("--queries", tmp_path, "--run", ranked), "cannot be read")
    refused(search("--queries", queries, "--run", tmp_path / "no" / "run"), "cannot be written")


COMMANDS = ("demo", "index", "kill", "audit", "search", "serve", "embed", "models build", "models list", "models show",
            "evaluate retrieval")  # fmt: skip


def test_every_help_has_an_example_and_usage_errors_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    from newsreel.cli.main import app as command

    def outcome(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            command(list(arguments))
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    for name in COMMANDS:
        code, text = outcome(*name.split(), "--help")
        assert (code, bool(re.search(r"(?s)Examples?:.{1,80}newsreel", text))) == (0, True), name
        code, _ = outcome(*name.split(), "--no-such-option")
        assert code == 2
    for wrong in ((), ("frobnicate",), ("index",), ("index", "x"), ("kill",), ("audit",), ("search", "x", "-a")):
        assert outcome(*wrong)[0] == 2, wrong
