from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from newsreel.core.item import Item
from newsreel.core.times import format_ns
from newsreel.ingest.dates import parse_ns
from newsreel.ingest.photos import Photo, read_photo
from newsreel.sample.photos import write_photos


@pytest.fixture(scope="module")
def paths(sample_folder: Path) -> list[Path]:
    return sorted((sample_folder / "photos").iterdir())


@pytest.fixture(scope="module")
def photos(paths: list[Path]) -> dict[str, Photo]:
    return {p.name: read_photo(p, p.read_bytes(), uri=f"file:{p.name}") for p in paths}


def test_a_dozen_photos_under_two_megabytes(paths: list[Path]) -> None:
    assert len({p.name for p in paths}) == len(paths) == 13
    assert {p.suffix for p in paths} == {".jpg", ".png", ".webp", ".tif", ".heic"}
    assert sum(p.stat().st_size for p in paths) < 2_000_000


def test_the_same_bytes_every_time(paths: list[Path], tmp_path: Path) -> None:
    """Made here once more; the others were made for all, by whichever worker came first."""
    again = sorted(write_photos(tmp_path / "new"))
    assert [p.name for p in again] == [p.name for p in paths]
    assert [hashlib.sha256(p.read_bytes()).hexdigest() for p in again] == [
        hashlib.sha256(p.read_bytes()).hexdigest() for p in paths
    ]


def test_our_reader_finds_what_was_written(photos: dict[str, Photo]) -> None:
    first, last = parse_ns("2026-02-01"), parse_ns("2026-03-21")
    assert first is not None
    assert last is not None
    for name, photo in photos.items():
        item = photo.item
        assert item.published_ns is not None, name
        assert first <= item.published_ns < last
        assert item.byline.endswith(" / Newsreel Wire")
        assert "2026 Newsreel Wire" in item.rights
        if name != "DSC_4417.jpg":
            assert item.headline
            assert item.place
            assert len(item.caption) > 120
            assert len(item.keywords) >= 4


def test_one_photo_came_without_words(photos: dict[str, Photo]) -> None:
    bare = photos["DSC_4417.jpg"].item
    assert (bare.headline, bare.caption, bare.place, bare.keywords) == ("", "", "", ())


def test_the_photo_stored_on_its_side_is_shown_upright(paths: list[Path], photos: dict[str, Photo]) -> None:
    launch = next(p for p in paths if "launch" in p.name)
    assert Image.open(io.BytesIO(launch.read_bytes())).size == (1200, 800)
    assert Image.open(io.BytesIO(photos[launch.name].thumbnail)).size == (320, 480)


def test_an_independent_reader_agrees(paths: list[Path], photos: dict[str, Photo]) -> None:
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("exiftool is not installed (Debian: libimage-exiftool-perl)")
    told = subprocess.run(
        [exiftool, "-j", "-a", "-G0", "-warning", "-all", *map(str, paths)], check=True, capture_output=True, text=True
    )
    for found in json.loads(told.stdout):
        name = Path(found["SourceFile"]).name
        _agrees(found, photos[name].item, has_iim=name.endswith(".jpg") and name != "DSC_4417.jpg")


def _agrees(found: dict[str, object], item: Item, *, has_iim: bool) -> None:
    assert "ExifTool:Warning" not in found
    assert found.get("XMP:Headline", "") == item.headline
    assert found.get("XMP:Description", "") == item.caption
    if not has_iim:
        return
    assert found["IPTC:CodedCharacterSet"] == "UTF8"
    assert found["IPTC:Headline"] == item.headline
    assert found["IPTC:Caption-Abstract"] == item.caption
    assert found["IPTC:By-line"] == item.byline
    assert found["IPTC:CopyrightNotice"] == "© 2026 Newsreel Wire"
    assert found["Photoshop:IPTCDigest"] == found["File:CurrentIPTCDigest"]
    taken = f"{found['EXIF:DateTimeOriginal']}{found['EXIF:OffsetTimeOriginal']}"
    assert item.published_ns is not None
    assert parse_ns(taken) == parse_ns(format_ns(item.published_ns))
