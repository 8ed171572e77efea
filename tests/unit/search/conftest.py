"""An archive of a few items that name people, bodies and places."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.name_builders import naming_archive, stored

from newsreel.core.item import Kind
from newsreel.core.protocols import EntitySpace, VectorSpace
from newsreel.core.times import FOREVER_NS
from newsreel.index.lance import LanceArchive
from newsreel.testing.fakes import FakeEmbedder

ITEMS = {
    "a": ("[Angela Merkel](PER) met the [IMF](ORG) in [Berlin](LOC). [Merkel](PER) left.", "2026-03-01"),
    "b": ("The talks of [Merkel](PER) in [Berlin](LOC) were short.", "2026-03-02"),
    "c": ("[Angela Merkel](PER) and [Mario Draghi](PER) spoke in [Paris](LOC).", "2026-04-05"),
    "d": ("[John Smith](PER), the goalkeeper, moved to [Leeds](LOC).", None),
    "e": ("[John Smith](PER), a minister, was in [Leeds](LOC) with [Mario Draghi](PER).", "2026-03-09"),
}


@pytest.fixture(scope="session")
def named_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive's folder; not to be written to."""
    folder = tmp_path_factory.mktemp("named") / "archive"
    embedder = FakeEmbedder()
    items = [stored(uri, text, embedder, published) for uri, (text, published) in ITEMS.items()]
    items.append(stored("photo", "[Angela Merkel](PER) at the summit.", embedder, "2026-03-03", kind=Kind.PHOTO))
    items.append(stored("secret", "[Angela Merkel](PER) resigns.", embedder, "2026-03-04", embargo_ns=FOREVER_NS))
    space = VectorSpace("fake", embedder.fingerprint, embedder.dimension)
    naming_archive(folder, items, space, EntitySpace("fake", "fake"))
    return folder


@pytest.fixture
def named_archive(named_folder: Path, tmp_path: Path) -> LanceArchive:
    """A copy of it, to be changed."""
    return LanceArchive(Path(shutil.copytree(named_folder, tmp_path / "archive")))
