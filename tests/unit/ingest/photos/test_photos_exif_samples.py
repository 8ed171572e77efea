"""Golden: what becomes of each file of the public EXIF samples, including those that are broken on purpose."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from newsreel.core.errors import UnreadableError
from newsreel.core.times import format_ns
from newsreel.ingest.photos import read_photo

EXPECTED: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("exif_samples.json").read_text())
SHARED = Path(os.environ.get("NEWSREEL_SHARED", Path(__file__).resolve().parents[5] / "shared"))
SAMPLES = SHARED / "data" / "photo" / "exif-samples"

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(),
    reason="the shared EXIF samples are not here: set NEWSREEL_SHARED to the folder of shared data",
)


def outcome(path: Path) -> dict[str, str]:
    """What was read, without what is empty; or why not."""
    try:
        item = read_photo(path, path.read_bytes(), uri="file:sample").item
    except UnreadableError as error:
        return {"refused": str(error)}
    found = {
        "headline": item.headline,
        "caption": item.caption,
        "byline": item.byline,
        "place": item.place,
        "published": format_ns(item.published_ns) if item.published_ns is not None else "",
        "rights": item.rights,
    }
    return {name: value for name, value in found.items() if value}


def test_every_sample_has_its_outcome() -> None:
    files = [p for p in sorted(SAMPLES.rglob("*")) if p.is_file() and not p.name.startswith(".")]
    assert {p.relative_to(SAMPLES).as_posix(): outcome(p) for p in files} == EXPECTED
