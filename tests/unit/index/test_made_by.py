"""What an archive says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsreel.core.errors import ArchiveError
from newsreel.core.protocols import EntitySpace, VectorSpace
from newsreel.index.lance.made_by import FORMAT, read_spaces, write_spaces

VECTORS = VectorSpace("mini", "f1", 64)


@pytest.mark.parametrize("entities", [None, EntitySpace("names", "f2")])
def test_it_is_read_as_it_was_written(tmp_path: Path, entities: EntitySpace | None) -> None:
    write_spaces(tmp_path, VECTORS, entities)
    assert read_spaces(tmp_path) == (VECTORS, entities)


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ({"format": 2}, f"format 2, this version reads format {FORMAT}: index again into a new folder"),
        ({"entities": {"name": "names"}}, "does not say what made the entities"),
        ({"entities": "names"}, "does not say what made the entities"),
        ({"embedder": None}, "does not say what made the vectors"),
    ],
)
def test_what_it_does_not_say_is_not_guessed(tmp_path: Path, said: dict[str, object], cause: str) -> None:
    write_spaces(tmp_path, VECTORS, None)
    about = json.loads((tmp_path / "archive.json").read_text())
    (tmp_path / "archive.json").write_text(json.dumps(about | said))
    with pytest.raises(ArchiveError, match=cause):
        read_spaces(tmp_path)


def test_an_archive_that_is_silent_on_entities_is_refused(tmp_path: Path) -> None:
    write_spaces(tmp_path, VECTORS, None)
    about = json.loads((tmp_path / "archive.json").read_text())
    del about["entities"]
    (tmp_path / "archive.json").write_text(json.dumps(about))
    with pytest.raises(ArchiveError, match="restore it, or index again"):
        read_spaces(tmp_path)
