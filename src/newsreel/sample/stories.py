"""The sample archive's stories: read from the desks' files, written out in the formats newsrooms exchange.

The text lives in `stories/*.toml`, one file for each desk, and `stories/queries.toml` says what a search should find.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from newsreel.core.item import Status
from newsreel.sample.formats import FORMATS, Story

__all__ = [
    "DESKS",
    "SHOWCASE",
    "GoldenQuery",
    "Story",
    "load_golden",
    "load_stories",
    "texts_of_stories",
    "write_stories",
]

DESKS = ("climate", "courts", "culture", "economy", "politics", "science", "sport", "world")

SHOWCASE: tuple[tuple[str, str], ...] = (
    ("Petrel-1", "Exact words: a name that no model has ever seen, found by BM25."),
    ("interest rate cut", "Meaning: the story says 'borrowing costs' and 'lowered', and never 'interest rate cut'."),
    ("container ship stuck on a sandbank", "Stories and photo captions side by side: the Halcyon off Tarnby."),
    ("who was to blame for the ship running aground", "A follow-up: from the stranding to its captain in court."),
    ("how much will insurance companies pay after the flood?", "A question; the answer, corrected, says 'inundated'."),
    ("how long does slack water last", "A moment: nine seconds into a film, a pilot says it; no caption does."),
    ("why did the train come off the tracks", "Cause and event: the investigators' note beside the accident."),
    ('person:"Mika Oduya"', "Who is named: by any name that an item has for him, newest first."),
    ("unemployment figures for Varland", "Not there: the jobless figures are embargoed until 2099."),
    ("Oduya transfer to Atletico Ferrin", "Not there: that story was killed, so only true stories of Oduya are found."),
)
"""Queries worth showing, each with what it shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenQuery:
    """What a search of the sample archive must answer, asked for stories alone."""

    text: str
    by: str
    """`words` where the story uses the query's own, `meaning` where it does not."""
    uris: tuple[str, ...]
    """The stories that come first, in any order: this many results are exactly these."""
    absent: tuple[str, ...] = ()
    """Items that are not found, at any rank."""


def _tables(name: str) -> dict[str, Any]:
    source = resources.files("newsreel.sample").joinpath("stories", f"{name}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def load_stories() -> tuple[Story, ...]:
    """Every version of every story, by desk and in the order of their publication."""
    found = [_story(desk, entry) for desk in DESKS for entry in _tables(desk)["story"]]
    return tuple(sorted(found, key=lambda story: (story.desk, story.published, story.slug, story.version)))


def texts_of_stories() -> list[list[str]]:
    """Of each version of each story: its headline, its paragraphs, and all of it as one text."""
    texts = ([story.headline, *story.body, " ".join(story.body)] for story in load_stories())
    return [[text for text in story if text] for story in texts]


def _story(desk: str, entry: dict[str, Any]) -> Story:
    """The text is wrapped in its file; a paragraph is one line here."""
    body = tuple(" ".join(block.split()) for block in entry["body"].split("\n\n") if block.strip())
    status = Status(entry.get("status", Status.USABLE))
    values = entry | {"desk": desk, "body": body, "status": status, "keywords": tuple(entry["keywords"])}
    return Story(**values)


def load_golden() -> tuple[GoldenQuery, ...]:
    """The queries with known answers."""
    uris = {story.slug: story.uris for story in load_stories()}

    def named(slugs: list[str]) -> tuple[str, ...]:
        return tuple(uri for slug in slugs for uri in uris[slug])

    return tuple(
        GoldenQuery(
            text=entry["text"],
            by=entry["by"],
            uris=named(entry.get("first", [])),
            absent=named(entry.get("absent", [])),
        )
        for entry in _tables("queries")["query"]
    )


def write_stories(folder: Path) -> list[Path]:
    """Writes the stories below `folder`, one sub-folder for each desk, and returns the files in order.

    The bytes are the same each time. A file's modification time is its story's, since plain text has no other date.
    """
    written: list[Path] = []
    for story in load_stories():
        content = FORMATS[story.format].render(story)
        names = (name for name in (story.path, story.also) if name)
        written += [_write(folder / name, content, story) for name in names]
    return sorted(written)


def _write(path: Path, content: bytes, story: Story) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    moment = story.changed.timestamp()
    os.utime(path, (moment, moment))
    return path
