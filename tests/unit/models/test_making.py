"""From an order to an artifact, with tiny random weights: real conversion, calibration, gates and cards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from newsreel import app
from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.embedder import TextEmbedder
from newsreel.models.entities.model import TokenClassifier
from newsreel.models.making import speed
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.gold import Gold
from newsreel.models.runtime.order import Made, Order
from newsreel.settings import Settings

pytest.importorskip("torch", reason="needs the build extra")
builders = pytest.importorskip("tests.encoder_builders")


@pytest.fixture(autouse=True, scope="module")
def _without_rests() -> Iterator[None]:
    """What is measured of models as small as these tells nobody anything."""
    with patch.object(speed, "REST_S", 0.0):
        yield


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


@pytest.fixture(scope="module")
def cased(root: Path) -> Path:
    """A token classifier that reads capitals."""
    return Path(builders.tiny_folder(root / "cased", "bert", "entities", case=True))


def test_a_token_classifier_that_reads_capitals_is_made_of_its_int8_graph_alone(root: Path, cased: Path) -> None:
    texts = ["Prime Minister resigns", "rescue CREW of the ship", "flood in River town"] * 4
    gold = [Gold("desk", [])] * len(texts)
    order = Order(
        task="entities", source=str(cased), precision="int8", calibration=texts, held_out=texts, gold=gold, only=True
    )
    made = build(root, order).artifact
    assert made.card["case_as_token_type"]
    assert list(made.card["graphs"]) == ["int8"]
    assert set(made.card["files"]) == {"model.int8.onnx", "tokenizer.json"}
    assert made.card["measured"]["to_reference"]["span_F1"] == 1, "the published network is told the same"
    assert "F1_of_desk" in made.card["measured"]["to_fp32"]
    model = TokenClassifier.open(made, threads=1)
    lower, written = (model.entities([text], "error") for text in ("prime minister", "Prime MINISTER"))
    assert lower != written, "its tokenizer lower-cases them"
    settings = Settings(artifacts=root / "artifacts")
    for name in ("cased", str(cased)):
        assert app.named_entity_model(name, settings, lambda step: None).fingerprint == made.card["fingerprint"]
    with pytest.raises(UsageError, match="there is no model 'nobody'"):
        app.named_entity_model("nobody", settings, lambda step: None)
    with pytest.raises(ArtifactError, match=r"temperature is -1.0, not a number above 0"):
        TokenClassifier.open(Artifact(made.folder, {**made.card, "temperature": -1.0}), threads=1)
    with pytest.raises(UsageError, match="12 held-out texts have gold entities of 1"):
        replace(order, gold=gold[:1])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"case_as_token_type": "yes"}, "'case_as_token_type' is 'yes': true or false"),
        ({"strict_bio": 1}, "'strict_bio' is '1': true or false"),
        ({"temperature": 0}, "'temperature' is 0: a number above 0"),
    ],
)
def test_a_configuration_of_capitals_that_makes_no_sense_is_refused(
    root: Path, cased: Path, tmp_path: Path, said: dict[str, object], why: str
) -> None:
    folder = shutil.copytree(cased, tmp_path / "cased")
    config = json.loads((cased / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | said))
    with pytest.raises(ArtifactError, match=why):
        build(root, Order(task="entities", source=str(folder), name="odd"))


def test_capitals_are_read_where_there_are_eight_ways_to_be_written(root: Path, tmp_path: Path) -> None:
    folder = builders.tiny_folder(tmp_path / "uncased", "bert", "entities")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"case_as_token_type": True}))
    with pytest.raises(ArtifactError, match="has 2 of those where there are 8 ways to be written"):
        build(root, Order(task="entities", source=str(folder), name="odd"))


def test_labels_without_a_meaning_are_refused(root: Path, tmp_path: Path) -> None:
    folder = builders.tiny_folder(
        tmp_path / "unnamed", "distilbert", "entities", labels=[f"LABEL_{n}" for n in range(3)]
    )
    with pytest.raises(ArtifactError, match=r"labels LABEL_0, LABEL_1, LABEL_2, and none of them is O.* id2label"):
        build(root, Order(task="entities", source=str(folder)))


def test_what_is_refused_leaves_nothing(root: Path, source: Path) -> None:
    with pytest.raises(ArtifactError, match=r"int8-dynamic is refused for embeddings"):
        build(root, Order(task="embed", source=str(source), name="dynamic", precision="int8-dynamic"))
    with pytest.raises(UsageError, match=r"no default model for rerank"):
        build(root, Order(task="rerank"))
    with pytest.raises(ArtifactError, match=r"no config.json"):
        build(root, Order(task="embed", source=str(root / "source")))
    assert not (root / "artifacts" / "dynamic").exists()
    assert not (root / "artifacts" / "source").exists()
