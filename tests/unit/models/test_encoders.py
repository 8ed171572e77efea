"""The rooms that read text with an encoder: contracts, and parity with the reference implementations.

On tiny models with random weights, which tell nothing of quality.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.encoder_builders import LABELS

from newsreel.core.errors import ArtifactError
from newsreel.models.classifier import SequenceClassifier
from newsreel.models.entities import TokenClassifier
from newsreel.models.reranker import CrossEncoder
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.reading import MAX_BATCH_TOKENS, Sessions, open_sessions
from newsreel.models.runtime.sessions import Arrays, Execution, Output, Session, available, open_session
from newsreel.testing.contracts import ClassifierContract, EntityModelContract, RerankerContract

TEXTS = (
    "The prime minister resigns over the budget vote",
    "flood",
    "crew of the ship in storm harbour zzyzx unknownable words",
    " ".join(["rescue workers on rail strike in the town"] * 3),
)
QUERY = "prime minister resigns"

Make = Callable[..., Artifact]


@contextmanager
def heard() -> Iterator[None]:
    """The reference implementations warn of themselves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class TestTokenClassifier(EntityModelContract):
    @pytest.fixture(params=["bert", "distilbert", "roberta", "xlm-roberta"])
    def entity_model(self, request: pytest.FixtureRequest, make: Make) -> TokenClassifier:
        return TokenClassifier.open(make(request.param, "entities"), "onnxruntime", threads=2)

    @pytest.mark.parametrize("architecture", ["bert", "distilbert", "roberta", "xlm-roberta"])
    def test_parity_with_transformers(self, architecture: str, make: Make, folder: Callable[[str, str], Path]) -> None:
        transformers = pytest.importorskip("transformers")
        # Where a tokenizer marks the space before a word by a token of its own, the reference takes it for a word.
        texts = TEXTS if architecture == "bert" else [text.lower() for text in TEXTS if "zzyzx" not in text]
        found = TokenClassifier.open(make(architecture, "entities"), "onnxruntime", threads=1).entities(texts)
        with heard():
            pipeline = transformers.pipeline(
                "token-classification", model=str(folder(architecture, "entities")), aggregation_strategy="first"
            )
            expected = [pipeline(text) for text in texts]
        assert any(found)
        for text, ours, theirs in zip(texts, found, expected, strict=True):
            assert [(text[e.start : e.end], e.label) for e in ours] == [
                (text[e["start"] : e["end"]].strip(), e["entity_group"]) for e in theirs
            ]


class TestSequenceClassifier(ClassifierContract):
    @pytest.fixture
    def classifier(self, make: Make) -> SequenceClassifier:
        return SequenceClassifier.open(make("distilbert", "classify"), "onnxruntime", threads=2)

    @pytest.mark.parametrize("scores", ["softmax", "sigmoid"])
    def test_parity_with_transformers(self, scores: str, make: Make, folder: Callable[[str, str], Path]) -> None:
        transformers = pytest.importorskip("transformers")
        artifact = make("distilbert", "classify", scores=scores)
        found = SequenceClassifier.open(artifact, "onnxruntime", threads=1).probabilities(TEXTS)
        with heard():
            pipeline = transformers.pipeline("text-classification", model=str(folder("distilbert", "classify")))
            expected = pipeline(list(TEXTS), top_k=None, function_to_apply=scores)
        by_label = [{entry["label"]: entry["score"] for entry in row} for row in expected]
        asked = [[row[label] for label in LABELS["classify"]] for row in by_label]
        np.testing.assert_allclose(found, asked, atol=1e-5)


class TestCrossEncoder(RerankerContract):
    @pytest.fixture
    def reranker(self, make: Make) -> CrossEncoder:
        return CrossEncoder.open(make("bert", "rerank"), "onnxruntime", threads=2)

    def test_parity_with_sentence_transformers(
        self, reranker: CrossEncoder, folder: Callable[[str, str], Path]
    ) -> None:
        sentence_transformers = pytest.importorskip("sentence_transformers")
        passages = [*TEXTS, "river rose " * 90]
        with heard():
            reference = sentence_transformers.CrossEncoder(
                str(folder("bert", "rerank")), device="cpu", local_files_only=True
            )
            expected = reference.predict([(QUERY, passage) for passage in passages], show_progress_bar=False)
        np.testing.assert_allclose(reranker.scores(QUERY, passages), expected, atol=1e-5)


class Watched:
    """A session, and the shapes it was given."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.inputs = session.inputs
        self.shapes: list[tuple[int, ...]] = []

    def run(self, inputs: Arrays) -> Output:
        return self.run_all([inputs])[0]

    def run_all(self, batches: Sequence[Arrays]) -> list[Output]:
        self.shapes += [batch["input_ids"].shape for batch in batches]
        return self.session.run_all(batches)


@pytest.fixture
def watched(make: Make) -> tuple[Artifact, Watched, Watched]:

    artifact = make("distilbert", "classify")
    session = open_session("onnxruntime", artifact.graph(), Execution(threads=1))
    return artifact, Watched(session), Watched(session)


def test_a_few_batches_take_all_threads_and_many_a_thread_each(watched: tuple[Artifact, Watched, Watched]) -> None:
    artifact, one, many = watched
    opened: list[Watched] = []
    classifier = SequenceClassifier(artifact, Sessions(one, lambda: opened.append(many) or many, streams=4))
    assert [shape[0] for shape in one.shapes] == [1] * 4, "warmed up with a row of each width that queries have"
    one.shapes.clear()
    classifier.probabilities(["flood", "river " * 20])
    assert len(one.shapes) == 2
    assert not opened, "what one query does not need is not opened for it"
    for _ in range(2):
        classifier.probabilities(["flood", "river " * 20, "storm " * 40])
    assert len(one.shapes) == 2
    assert len(many.shapes) == 6
    assert len(opened) == 1


def test_no_batch_is_over_the_budget(watched: tuple[Artifact, Watched, Watched]) -> None:
    artifact, one, _ = watched
    classifier = SequenceClassifier(artifact, Sessions(one))
    one.shapes.clear()
    classifier.probabilities(["flood"] * 100 + ["river " * n for n in range(60)])
    assert all(rows * width <= MAX_BATCH_TOKENS for rows, width in one.shapes)
    assert sum(rows for rows, _ in one.shapes) == 160


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"max_tokens": 0}, "max_tokens is 0"),
        ({"max_tokens": "64"}, "max_tokens is '64'"),
        ({"labels": []}, "names no labels"),
        ({"labels": ["a", 3]}, "names no labels"),
        ({"scores": "identity"}, "scores is 'identity', not softmax or sigmoid"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(make: Make, said: dict[str, Any], why: str) -> None:
    with pytest.raises(ArtifactError, match=f"'tiny classify' is damaged .*{why}.*build the model anew"):
        SequenceClassifier.open(make("distilbert", "classify", **said), "onnxruntime", threads=1)


def test_a_card_of_other_labels_than_the_graphs_is_refused(make: Make) -> None:
    with pytest.raises(ArtifactError, match="gives 3 numbers where its card says 1: build the model anew"):
        SequenceClassifier.open(make("distilbert", "classify", labels=["a"]), "onnxruntime", threads=1)


@pytest.mark.skipif(available("openvino") is not None, reason=str(available("openvino")))
def test_on_one_thread_queries_have_a_runtime_of_their_own(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from newsreel.models.runtime import reading

    opened: dict[str, Watched] = {}

    def watching(runtime: str, graph: Path, how: Execution) -> Watched:
        return opened.setdefault(runtime, Watched(open_session(runtime, graph, how)))

    monkeypatch.setattr(reading, "open_session", watching)
    artifact = make("distilbert", "classify")
    classifier = SequenceClassifier(artifact, open_sessions(artifact, threads=1))
    alone = classifier.probabilities(["flood"])
    together = classifier.probabilities(["river " * 20, "flood"])
    np.testing.assert_array_equal(alone[0], together[1])
    np.testing.assert_allclose(together[0], classifier.probabilities(["river " * 20])[0])
    assert {shape[1] for shape in opened["onnxruntime"].shapes} == {8, 16}
    assert {shape[1] for shape in opened["openvino"].shapes} == {24, 32}
    opened.clear()
    SequenceClassifier(artifact, open_sessions(artifact, "openvino", threads=1))
    assert list(opened) == ["openvino"], "as was asked for"
