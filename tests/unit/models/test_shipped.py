"""The model that comes with the package: made by `ship`, found by its name, and nobody else's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from newsreel import app
from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models import catalogue
from newsreel.models.entities import DEFAULT, TokenClassifier
from newsreel.models.runtime.artifact import Artifact, load_shipped
from newsreel.models.runtime.order import Order
from newsreel.settings import Settings

TEXTS = ["Prime Minister resigns", "rescue CREW of the ship", "flood in River town"] * 4


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    """A tiny one, in a folder of its own."""
    pytest.importorskip("torch", reason="needs the build extra")
    builders = pytest.importorskip("tests.encoder_builders")
    from newsreel.models.entities.build import ship

    root = tmp_path_factory.mktemp("shipped")
    (root / "shipped").mkdir()
    (root / "shipped" / "model.onnx").write_bytes(b"of the one before")
    source = builders.tiny_folder(root / "trained", "bert", "entities", case=True)
    order = Order(task="entities", source=str(source), precision="int8-weights", calibration=TEXTS, held_out=TEXTS)
    return ship(order, root / "shipped", {"source": "training/entities", "figures": {"wire": 0.9}}, lambda step: None)


def test_it_is_a_card_a_graph_and_a_tokenizer(shipped: Artifact) -> None:
    assert {path.name for path in shipped.folder.iterdir()} == {
        "card.toml",
        "model.int8-weights.onnx",
        "tokenizer.json",
    }
    card = shipped.card
    assert (card["name"], card["source"], card["figures"]) == (DEFAULT, "training/entities", {"wire": 0.9})
    assert card["default"], "of its task"
    assert str(shipped.folder.parent) not in (shipped.folder / "card.toml").read_text(), "where it was made"
    assert TokenClassifier.open(shipped, threads=1).entities(TEXTS)


def test_what_is_damaged_is_to_be_installed_anew(shipped: Artifact, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped.folder, tmp_path / "shipped"))
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ArtifactError, match=r"tokenizer.json has 2 bytes .*: install Newsreel anew"):
        load_shipped(folder, task="entities")
    (folder / "card.toml").write_text("no card")
    with pytest.raises(ArtifactError, match=r"cannot be read .*: install Newsreel anew"):
        load_shipped(folder, task="entities")
    (folder / "card.toml").unlink()
    with pytest.raises(ArtifactError, match=r"'shipped' is not in .*: install Newsreel anew"):
        load_shipped(folder, task="entities")


@pytest.mark.parametrize(
    "order", [Order(task="entities", source="hf:desk/names", name=DEFAULT), Order(task="embed", source=f"./{DEFAULT}/")]
)
def test_no_other_takes_its_name(order: Order, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'newsreel-entities' is the model's that comes with Newsreel: .*--name"):
        app.build_model(order, Settings(artifacts=tmp_path), lambda step: None)


def test_it_is_there_whatever_lies_under_its_name(tmp_path: Path) -> None:
    (tmp_path / DEFAULT).mkdir()
    (tmp_path / DEFAULT / "card.toml").write_text("another's")
    assert catalogue.find(tmp_path, DEFAULT).card["shipped"]
    assert [model.built for model in catalogue.listed(tmp_path) if model.card["name"] == DEFAULT] == [True]
    made = app.build_model(Order(task="entities", again=True), Settings(artifacts=tmp_path), lambda step: None)
    assert made.artifact.card["name"] == DEFAULT
    assert not made.fresh
