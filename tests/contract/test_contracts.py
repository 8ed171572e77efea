"""The real things and the fakes, held to the same contracts."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsreel.core.protocols import EntitySpace, Index, VectorSpace
from newsreel.index.lance import LanceArchive
from newsreel.models.embedder import TextEmbedder
from newsreel.models.shots import TransNetModel
from newsreel.pipeline.engines.local import LocalEngine
from newsreel.testing.contracts import ArchiveContract, EmbedderContract, EngineContract, ShotModelContract
from newsreel.testing.fakes import FakeEmbedder, FakeShotModel


class TestFakeEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> FakeEmbedder:
        return FakeEmbedder()


class TestTextEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, embedder: TextEmbedder) -> TextEmbedder:
        return embedder


class TestFakeShotModel(ShotModelContract):
    @pytest.fixture
    def shot_model(self) -> FakeShotModel:
        return FakeShotModel()


class TestTransNetModel(ShotModelContract):
    @pytest.fixture
    def shot_model(self, shot_model: TransNetModel) -> TransNetModel:
        return shot_model


class TestLocalEngine(EngineContract):
    @pytest.fixture(params=[1, 3])
    def engine(self, request: pytest.FixtureRequest) -> LocalEngine:
        return LocalEngine(request.param)


class TestLanceArchive(ArchiveContract):
    @pytest.fixture
    def archive(self, tmp_path: Path) -> LanceArchive:
        return LanceArchive.create(tmp_path, VectorSpace("fake", "fake-64", 64), EntitySpace("fake", "fake-entities"))

    @pytest.fixture
    def index(self, archive: LanceArchive) -> Index:
        return archive.index
