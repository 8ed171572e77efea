"""From an order to an artifact, with tiny random weights: real conversion, calibration, gates and cards."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from newsreel import app
from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.embedder import TextEmbedder
from newsreel.models.entities.model import TokenClassifier
from newsreel.models.runtime.order import Made, Order
from newsreel.settings import Settings

pytest.importorskip("torch", reason="needs the build extra")
builders = pytest.importorskip("tests.encoder_builders")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("making")


@pytest.fixture(scope="module")
def source(root: Path) -> Path:
    return Path(builders.tiny_folder(root / "source" / "desk", "bert", "embed"))


def build(root: Path, order: Order) -> Made:
    return app.build_model(order, Settings(artifacts=root / "artifacts"), lambda step: None)


@pytest.fixture(scope="module")
def made(root: Path, source: Path) -> Made:
    return build(root, Order(task="embed", source=str(source), precision="int8"))


def test_an_embedder_is_made_with_a_card_that_says_all(made: Made, source: Path) -> None:
    card = made.artifact.card
    assert made.fresh
    assert (card["name"], card["task"], card["precision"]) == ("desk", "embed", "int8")
    assert (card["source"], card["dimension"], card["max_tokens"]) == (str(source), 32, 64)
    assert set(card["graphs"]) == {"fp32", "int8"}
    assert card["measured"]["to_reference"]["least_cosine"] > 0.9999
    assert card["measured"]["to_fp32"]["mean_cosine"] >= 0.99
    assert card["measured"]["machine"]
    vectors = TextEmbedder.open(made.artifact, threads=1).embed(["flood", "council strike"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_what_is_there_is_taken_and_a_name_is_one_models(made: Made, root: Path, source: Path) -> None:
    assert not build(root, Order(task="embed", source=f"{source}/", precision="int8")).fresh
    with pytest.raises(ArtifactError, match=r"'desk' is taken by a model from .*--name"):
        build(root, Order(task="embed", source=str(source.parent), name="desk"))
    with pytest.raises(ArtifactError, match=r"'desk' is there with precision int8, not fp32: .*--again replaces"):
        build(root, Order(task="embed", source=str(source), precision="fp32"))
    with pytest.raises(ArtifactError, match="'desk' is taken by a model for embed: choose another with --name"):
        build(root, Order(task="classify", source=str(source), name="desk", again=True))
    with pytest.raises(UsageError, match="no precision 'int4': they are fp32, int8"):
        Order(task="embed", precision="int4")


def test_another_pooling_of_the_same_weights_is_another_model(made: Made, root: Path) -> None:
    other = Path(builders.tiny_folder(root / "other", "bert", "embed"))
    path = other / "1_Pooling" / "config.json"
    pooling = json.loads(path.read_text())
    if "pooling_mode" in pooling:
        pooling["pooling_mode"] = "cls"
    else:
        pooling |= {"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}
    path.write_text(json.dumps(pooling))
    cls = build(root, Order(task="embed", source=str(other), precision="int8")).artifact.card
    assert cls["pooling"] == "cls"
    assert cls["weights"]["sha256"] == made.artifact.card["weights"]["sha256"], "the same weights"
    assert cls["fingerprint"] != made.artifact.card["fingerprint"]


def test_a_token_classifier_is_made(root: Path) -> None:
    folder = builders.tiny_folder(root / "names", "roberta", "entities")
    made = build(root, Order(task="entities", source=str(folder), precision="fp32"))
    assert made.artifact.card["labels"] == list(builders.LABELS["entities"])
    (found,) = TokenClassifier.open(made.artifact, threads=1).entities(["minister prime president resigns"])
    assert all(entity.label in {"PER", "ORG", "LOC"} for entity in found)


def test_what_is_refused_leaves_nothing(root: Path, source: Path) -> None:
    with pytest.raises(ArtifactError, match=r"int8-dynamic is refused for embeddings"):
        build(root, Order(task="embed", source=str(source), name="dynamic", precision="int8-dynamic"))
    with pytest.raises(UsageError, match=r"no default model for rerank"):
        build(root, Order(task="rerank"))
    with pytest.raises(ArtifactError, match=r"no config.json"):
        build(root, Order(task="embed", source=str(root / "source")))
    assert not (root / "artifacts" / "dynamic").exists()
    assert not (root / "artifacts" / "source").exists()
