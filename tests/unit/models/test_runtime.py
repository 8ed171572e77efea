"""Batches, and parity with the reference implementation."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.errors import ArtifactError
from newsreel.models.embedder import TextEmbedder
from newsreel.models.runtime.batching import token_batches
from newsreel.models.runtime.sessions import Execution
from newsreel.models.runtime.sessions.onnx import OnnxSession


@given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 600))
def test_batches_hold_every_row_once_within_the_budget(lengths: list[int], budget: int) -> None:
    batches = list(token_batches(lengths, budget))
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= budget


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
