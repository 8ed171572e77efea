"""An archive with live feeds, served as users have it served."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.live_builders import Served, open_archive, serving

from newsreel.settings import Settings


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    archive = open_archive(tmp_path_factory.mktemp("live") / "archive", Settings(entities="none"))
    with serving(archive) as running:
        yield running
