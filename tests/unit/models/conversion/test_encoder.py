"""The encoder beside transformers and sentence-transformers themselves: every architecture, every head."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.encoder_builders import ARCHITECTURES, TASKS, tiny_folder

from newsreel.core.errors import ArtifactError

torch = pytest.importorskip("torch", reason="needs the build extra")
transformers = pytest.importorskip("transformers", reason="needs the build extra")
sentence_transformers = pytest.importorskip("sentence_transformers", reason="needs the build extra")

from newsreel.models.runtime.conversion.encoder import Encoder, load_encoder  # noqa: E402
from newsreel.models.runtime.conversion.pretrained import Pretrained, read_pretrained  # noqa: E402

TEXTS = (
    "flood",
    "Prime minister resigns over budget vote",
    "Zürich, São Paulo: 東京 🙂",
    "the river rose " * 40,
    "",
)
PAIRS = (("flood", "the river rose in town"), ("strike on the rail", "a goal in the match " * 20), ("", "vote"))
TOLERANCE = 1e-5


def inputs(model: Pretrained, texts: Any) -> dict[str, Any]:
    """Texts or pairs as the model's own tokenizer has them, padded to the longest, cut at what it can read."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(model.folder)
    split = list(zip(*texts, strict=True)) if isinstance(texts[0], tuple) else [texts]
    made = tokenizer(*(list(part) for part in split), padding=True, truncation=True, return_tensors="pt")
    return dict(made)


def run(encoder: Encoder, model: Pretrained, given: dict[str, Any]) -> np.ndarray:
    read = ["input_ids", "attention_mask", *["token_type_ids"] * model.reads_types]
    return encoder(*(given[name] for name in read)).numpy()


def reference(model: Pretrained, given: dict[str, Any]) -> np.ndarray:
    """What transformers makes of it."""
    kinds = {"entities": "TokenClassification", "classify": "SequenceClassification"}
    kind = getattr(transformers, f"AutoModelFor{kinds.get(model.task, 'SequenceClassification')}")
    with torch.no_grad():
        return kind.from_pretrained(model.folder, attn_implementation="eager")(**given).logits.numpy()


@pytest.mark.parametrize("task", [task for task in TASKS if task != "embed"])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_logits_are_those_of_the_reference(folders: Any, architecture: str, task: str) -> None:
    model = read_pretrained(folders(architecture, task), task)
    given = inputs(model, PAIRS if task == "rerank" else TEXTS)
    assert given["input_ids"].shape[1] == model.max_tokens, "one of them is as long as can be"
    found, expected = run(load_encoder(model), model, given), reference(model, given)
    if task == "entities":
        found, expected = (logits[given["attention_mask"].numpy() == 1] for logits in (found, expected))
    np.testing.assert_allclose(found, expected, atol=TOLERANCE)
    assert np.ptp(expected, axis=0).min() > 100 * TOLERANCE, "texts differ by more than what is tolerated"


def embedded(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Our vectors of the texts, and those of sentence-transformers."""
    model = read_pretrained(folder, "embed")
    theirs = sentence_transformers.SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    expected = theirs.encode(list(TEXTS), show_progress_bar=False)
    return run(load_encoder(model), model, inputs(model, TEXTS)), expected


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_vectors_are_those_of_sentence_transformers(folders: Any, architecture: str) -> None:
    found, expected = embedded(folders(architecture, "embed"))
    np.testing.assert_allclose(found, expected, atol=TOLERANCE)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=TOLERANCE)


@pytest.mark.parametrize(
    "options",
    [{"pooling": "cls"}, {"normalised": False}, {"activation": "gelu_new"}, {"activation": "relu", "heads": 1}],
    ids=str,
)
def test_vectors_are_made_as_the_configuration_says(tmp_path: Path, options: dict[str, Any]) -> None:
    found, expected = embedded(tiny_folder(tmp_path, "bert", "embed", **options))
    np.testing.assert_allclose(found, expected, atol=TOLERANCE)


def test_distances_are_told_apart_as_far_as_mpnet_does(tmp_path: Path) -> None:
    """300 tokens: beyond the distance from which on it tells none apart."""
    model = read_pretrained(tiny_folder(tmp_path, "mpnet", "classify", max_tokens=300), "classify")
    given = inputs(model, ("flood over the bank " * 100, "vote"))
    assert given["input_ids"].shape[1] == 300
    np.testing.assert_allclose(run(load_encoder(model), model, given), reference(model, given), atol=TOLERANCE)


@pytest.mark.parametrize("architecture", ["roberta", "mpnet"])
def test_padding_changes_nothing(folders: Any, architecture: str) -> None:
    model = read_pretrained(folders(architecture, "embed"), "embed")
    encoder = load_encoder(model)
    given = inputs(model, TEXTS)
    lengths = given["attention_mask"].sum(1).tolist()
    assert len(set(lengths)) > 3
    together = run(encoder, model, given)
    for row, length in enumerate(lengths):
        alone = run(encoder, model, {name: values[row : row + 1, :length] for name, values in given.items()})
        np.testing.assert_allclose(together[row : row + 1], alone, atol=1e-6)


@pytest.mark.parametrize("architecture", ["bert", "mpnet"])
def test_a_row_of_padding_alone_gives_numbers(folders: Any, architecture: str) -> None:
    model = read_pretrained(folders(architecture, "embed"), "embed")
    ids = torch.full((2, 5), model.pad_id)
    vectors = load_encoder(model)(ids, torch.tensor([[0] * 5, [1] * 5]))
    assert bool(torch.isfinite(vectors).all())


def test_a_model_that_reads_types_is_told_them(folders: Any) -> None:
    model = read_pretrained(folders("bert", "rerank"), "rerank")
    ids = torch.ones((1, 5), dtype=torch.int64)
    with pytest.raises(TypeError, match="which text of a pair"):
        load_encoder(model)(ids, ids)


def rewritten(folder: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Pretrained:
    """The model with its weights changed."""
    from safetensors.torch import load_file, save_file

    save_file(change(load_file(folder / "model.safetensors")), folder / "model.safetensors")
    return read_pretrained(folder, "entities")


def old_names(tensors: dict[str, Any]) -> dict[str, Any]:
    """As early BERTs call their norms' parameters, and as an encoder by itself calls everything."""
    made = {}
    for name, tensor in tensors.items():
        if "LayerNorm" in name:
            name = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
        made[name.removeprefix("bert.")] = tensor
    return made


def test_weights_are_found_by_their_old_names(folders: Any, tmp_path: Path) -> None:
    folder = folders("bert", "entities")
    expected = load_encoder(read_pretrained(folder, "entities")).state_dict()
    model = rewritten(Path(shutil.copytree(folder, tmp_path / "m")), old_names)
    found = load_encoder(model).state_dict()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_weights_in_half_precision_are_run_as_float32(folders: Any, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folders("mpnet", "entities"), tmp_path / "m"))
    model = rewritten(copy, lambda tensors: {name: tensor.bfloat16() for name, tensor in tensors.items()})
    encoder = load_encoder(model)
    assert {parameter.dtype for parameter in encoder.parameters()} == {torch.float32}
    given = inputs(model, TEXTS)
    present = given["attention_mask"].numpy() == 1
    whole = load_encoder(read_pretrained(folders("mpnet", "entities"), "entities"))
    found, expected = (run(network, model, given)[present] for network in (encoder, whole))
    np.testing.assert_allclose(found, expected, atol=0.1)


def test_weights_that_are_no_numbers_are_refused(folders: Any, tmp_path: Path) -> None:
    def spoil(tensors: dict[str, Any]) -> dict[str, Any]:
        tensors["roberta.encoder.layer.1.output.dense.weight"][3, 4] = float("nan")
        return tensors

    model = rewritten(Path(shutil.copytree(folders("roberta", "entities"), tmp_path / "m")), spoil)
    with pytest.raises(ArtifactError, match=r"'roberta.encoder.layer.1.output.dense.weight' in .* holds numbers that"):
        load_encoder(model)


def test_a_pickle_holds_the_same_weights(folders: Any, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    expected = load_encoder(read_pretrained(folders("bert", "entities"), "entities")).state_dict()
    copy = Path(shutil.copytree(folders("bert", "entities"), tmp_path / "m"))
    torch.save(load_file(copy / "model.safetensors"), copy / "pytorch_model.bin")
    (copy / "model.safetensors").unlink()
    trusted = hashlib.sha256((copy / "pytorch_model.bin").read_bytes()).hexdigest()
    found = load_encoder(read_pretrained(copy, "entities", pickle_sha256=trusted)).state_dict()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
