"""Tiny pretrained folders, each written once a session; not to be written to (copy one to harm it)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tests.encoder_builders import tiny_folder

Folders = Callable[[str, str], Path]


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """The folder of an architecture's tiny model for a task."""
    pytest.importorskip("torch", reason="needs the build extra")
    root = tmp_path_factory.mktemp("pretrained")
    return cache(lambda architecture, task: tiny_folder(root / f"{architecture}-{task}", architecture, task))
