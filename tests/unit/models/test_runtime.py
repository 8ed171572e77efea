"""Artifacts, batches, and parity with the reference implementation."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.errors import ArtifactError
from newsreel.models.embedder import TextEmbedder
from newsreel.models.runtime import artifact
from newsreel.models.runtime.batching import token_batches
from newsreel.models.runtime.sessions import Execution
from newsreel.models.runtime.sessions.onnx import OnnxSession


@given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 600))
def test_batches_hold_every_row_once_within_the_budget(lengths: list[int], budget: int) -> None:
    batches = list(token_batches(lengths, budget))
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= budget


def make(folder: Path, **card: object) -> None:
    (folder / "model.onnx").write_bytes(b"graph")
    about = {"format": artifact.FORMAT, "name": "m", "fingerprint": "f", "files": {"model.onnx": 5}} | card
    (folder / "card.toml").write_text(tomli_w.dumps(about))


def test_an_artifact_is_installed_whole_and_loaded(tmp_path: Path) -> None:
    artifact.install(tmp_path, "m", make)
    assert artifact.load(tmp_path, "m", task="embed").card["fingerprint"] == "f"
    assert [p.name for p in tmp_path.iterdir()] == ["m"], "nothing half-made is left"


def test_a_build_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    artifact.install(tmp_path, "m", make)

    def broken(folder: Path) -> None:
        make(folder, fingerprint="g")
        raise OSError

    with pytest.raises(OSError):
        artifact.install(tmp_path, "m", broken)
    assert artifact.load(tmp_path, "m", task="embed").card["fingerprint"] == "f"


def test_two_builds_at_once_both_end_well(tmp_path: Path) -> None:
    barrier = threading.Barrier(2)

    def slow(folder: Path) -> None:
        make(folder)
        barrier.wait(10)

    threads = [threading.Thread(target=artifact.install, args=(tmp_path, "m", slow)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert artifact.load(tmp_path, "m", task="embed").card["name"] == "m"


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda f: (f / "card.toml").unlink(), "has not been made yet"),
        (lambda f: (f / "card.toml").write_text("= nonsense"), "cannot be read"),
        (lambda f: make(f, format=99), "format 99"),
        (lambda f: (f / "model.onnx").write_bytes(b"gra"), "has 3 bytes where its card says 5"),
        (lambda f: (f / "model.onnx").unlink(), "has None bytes"),
    ],
)
def test_a_damaged_artifact_is_refused_with_the_remedy(tmp_path: Path, harm: object, why: str) -> None:
    artifact.install(tmp_path, "m", make)
    harm(tmp_path / "m")  # type: ignore[operator]
    with pytest.raises(ArtifactError, match=f"{why}.*newsreel models build embed"):
        artifact.load(tmp_path, "m", task="embed")


def test_a_graph_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no graph")
    with pytest.raises(ArtifactError, match="build the model anew"):
        OnnxSession(tmp_path / "model.onnx", Execution(threads=1))


TEXTS = [
    "flood",
    "Prime minister resigns over budget vote",
    "Zürich, São Paulo, Łódź: naïve façades 東京 Москва 🙂",
    "The committee met on Thursday and heard evidence from eleven witnesses. " * 40,
    " ".join(["word"] * 254),
    " ".join(["word"] * 255),
    "",
]


def test_parity_with_the_reference_implementation(embedder: TextEmbedder) -> None:
    build = pytest.importorskip("newsreel.models.embedder.build", reason="needs the build extra")
    reference = pytest.importorskip("sentence_transformers", reason="needs the build extra")
    source = build.weights_folder()
    model = reference.SentenceTransformer(str(source), device="cpu", local_files_only=True)
    expected = model.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    cosines = (embedder.embed(TEXTS) * expected).sum(axis=1)
    assert cosines.min() >= 0.999
    np.testing.assert_allclose(cosines, 1, atol=1e-5)


def test_several_threads_get_the_vectors_that_one_gets(embedder: TextEmbedder) -> None:
    alone = embedder.embed(TEXTS)
    together: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: together.append(embedder.embed(TEXTS))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(together) == 4
    for vectors in together:
        np.testing.assert_allclose(vectors, alone, atol=1e-6)
