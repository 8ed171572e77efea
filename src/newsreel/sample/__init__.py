"""The sample archive: fictional stories and drawn photos, made the same way every time."""

from __future__ import annotations

from pathlib import Path

from newsreel.sample.photos import write_photos
from newsreel.sample.stories import SHOWCASE, write_stories

__all__ = ["SHOWCASE", "write_sample"]


def write_sample(folder: Path) -> list[Path]:
    """Write the sample's files into `folder`, the same bytes every time: stories by desk, photos in `photos`."""
    return [*write_stories(folder), *write_photos(folder / "photos")]
