"""The sample archive: fictional stories, drawn photos and drawn videos, made the same way every time."""

from __future__ import annotations

from pathlib import Path

from newsreel.sample._films import FILMS
from newsreel.sample.photos import write_photos
from newsreel.sample.stories import SHOWCASE, texts_of_stories, write_stories
from newsreel.sample.videos import write_videos

__all__ = ["FILMS", "SHOWCASE", "texts_of_stories", "write_sample"]


def write_sample(folder: Path) -> list[Path]:
    """Write the sample's files into `folder`, the same bytes every time.

    Stories by desk, photos in `photos`, videos in `videos`.
    """
    return [*write_stories(folder), *write_photos(folder / "photos"), *write_videos(folder / "videos")]
