"""The default embedder: parity with the reference implementation, threads, and texts in parts."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from newsreel.core.errors import ArtifactError
from newsreel.models.embedder import TextEmbedder
from newsreel.models.runtime import artifact
from newsreel.models.runtime.reading import Sessions
from newsreel.models.runtime.sessions import Execution, open_session
from newsreel.models.runtime.sessions.onnx import OnnxSession
from newsreel.settings import Settings


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


def test_parity_with_the_reference_implementation(embedder: TextEmbedder, settings: Settings) -> None:
    build = pytest.importorskip("newsreel.models.embedder.build", reason="needs the build extra")
    reference = pytest.importorskip("sentence_transformers", reason="needs the build extra")
    source = build.weights_folder()
    model = reference.SentenceTransformer(str(source), device="cpu", local_files_only=True)
    expected = model.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    made = artifact.load(settings.artifacts, embedder.card.name, task="embed")
    floats = TextEmbedder(made, Sessions(open_session("onnxruntime", made.graph("fp32"), Execution(threads=1))))
    np.testing.assert_allclose((floats.embed(TEXTS) * expected).sum(axis=1), 1, atol=1e-5)
    cosines = (embedder.embed(TEXTS) * expected).sum(axis=1)
    assert cosines.mean() >= 0.99, "the graph that runs, in integers or not, is near the reference"
    assert cosines.min() >= 0.94, "of odd texts too: none at all, and one word 255 times"


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


def test_a_text_split_is_the_mean_of_its_parts_by_tokens(embedder: TextEmbedder) -> None:
    room = embedder.max_tokens - 2
    texts = ["flood " * room + "storm " * 20, "flood " * room, "storm " * 20]
    whole, first, rest = embedder.embed(texts, "split")
    mean = room * first + 20 * rest
    np.testing.assert_allclose(whole, mean / np.linalg.norm(mean), atol=1e-6)
