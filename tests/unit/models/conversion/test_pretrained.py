"""Pretrained folders: what is read of them, and what is refused, each with the file's name and a remedy."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.encoder_builders import ARCHITECTURES, LABELS, TASKS, tiny_folder

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.conversion.names import parameters
from newsreel.models.runtime.conversion.pooling import Pooling
from newsreel.models.runtime.conversion.pretrained import Pretrained, read_pretrained

safetensors = pytest.importorskip("safetensors.numpy", reason="needs the build extra")

Change = Callable[[Any], object]
ST = "sentence_transformers."


def edit(path: Path, **changes: object) -> None:
    """Set keys of a JSON object; None takes one away."""
    content = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({key: value for key, value in content.items() if value is not None}))


def edit_tensors(folder: Path, change: Callable[[dict[str, np.ndarray]], object]) -> None:
    tensors = safetensors.load_file(folder / "model.safetensors")
    change(tensors)
    safetensors.save_file(tensors, folder / "model.safetensors")


@pytest.fixture
def copied(folders: Any, tmp_path: Path) -> Callable[[str, str], Path]:
    return lambda architecture, task: Path(shutil.copytree(folders(architecture, task), tmp_path / "model"))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_what_a_folder_says_is_read(folders: Any, architecture: str, task: str) -> None:
    model = read_pretrained(folders(architecture, task), task)
    assert (model.architecture, model.task) == (architecture, task)
    assert (model.layers, model.heads, model.hidden, model.intermediate) == (2, 4, 32, 64)
    assert (model.positions, model.max_tokens) == (64, 64)
    assert model.position_offset == (0 if architecture in ("bert", "distilbert") else 2)
    assert model.labels == LABELS.get(task, ())
    assert model.reads_types == ((architecture, task) == ("bert", "rerank"))
    assert model.scores == {"embed": "identity", "rerank": "sigmoid"}.get(task, "softmax")
    assert model.weights_sha256 == hashlib.sha256((model.folder / "model.safetensors").read_bytes()).hexdigest()
    assert model.tokenizer == model.folder / "tokenizer.json"
    assert model.notes == ()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"pooling": "cls"}, Pooling("cls", normalised=True, dimension=32)),
        ({"normalised": False}, Pooling("mean", normalised=False, dimension=32)),
    ],
)
def test_pooling_is_the_embedders_own(tmp_path: Path, options: dict[str, Any], expected: Pooling) -> None:
    assert read_pretrained(tiny_folder(tmp_path, "bert", "embed", **options), "embed").pooling == expected


def test_pooling_by_name_is_read_as_by_flags(copied: Any) -> None:
    folder = copied("bert", "embed")
    (folder / "1_Pooling" / "config.json").write_text('{"embedding_dimension": 32, "pooling_mode": "cls"}')
    assert read_pretrained(folder, "embed").pooling.way == "cls"


def test_an_encoder_in_a_folder_of_its_own_is_found(copied: Any) -> None:
    folder = copied("bert", "embed")
    (folder / "0_Transformer").mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        (folder / name).rename(folder / "0_Transformer" / name)
    modules = json.loads((folder / "modules.json").read_text())
    modules[0]["path"] = "0_Transformer"
    (folder / "modules.json").write_text(json.dumps(modules))
    assert read_pretrained(folder, "embed").tokenizer == folder / "0_Transformer" / "tokenizer.json"


def test_what_is_taken_for_granted_is_said(tmp_path: Path) -> None:
    model = read_pretrained(tiny_folder(tmp_path, "bert", "embed", modules=False), "embed")
    assert model.pooling == Pooling("mean", normalised=True)
    assert len(model.notes) == 1
    assert "does not say how it pools" in model.notes[0]


def test_words_in_front_of_texts_are_said_and_never_left_out_in_silence(copied: Any) -> None:
    folder = copied("bert", "embed")
    path = folder / "config_sentence_transformers.json"
    path.write_text(json.dumps({"prompts": {"query": "query: ", "document": ""}, "default_prompt_name": None}))
    assert "query 'query: '" in read_pretrained(folder, "embed").notes[0]
    edit(path, default_prompt_name="query")
    with pytest.raises(ArtifactError, match="in front of every text"):
        read_pretrained(folder, "embed")


@pytest.mark.parametrize(
    ("file", "key", "said", "expected"),
    [
        ("sentence_bert_config.json", "max_seq_length", 20, 20),
        ("tokenizer_config.json", "model_max_length", 30, 30),
        ("tokenizer_config.json", "model_max_length", int(1e30), 64),
        ("tokenizer_config.json", "model_max_length", True, 64),
        ("sentence_bert_config.json", "max_seq_length", 65, 64),
    ],
)
def test_the_longest_text_is_the_least_that_is_said(
    copied: Any, file: str, key: str, said: object, expected: int
) -> None:
    folder = copied("roberta", "embed")
    edit(folder / file, **{key: said})
    assert read_pretrained(folder, "embed").max_tokens == expected


def test_scores_are_as_the_model_says(copied: Any) -> None:
    folder = copied("distilbert", "classify")
    edit(folder / "config.json", problem_type="multi_label_classification")
    assert read_pretrained(folder, "classify").scores == "sigmoid"


@pytest.mark.parametrize(
    "said",
    [
        {"sentence_transformers": {"activation_fn": "torch.nn.modules.linear.Identity"}},
        {"sbert_ce_default_activation_function": "torch.nn.modules.linear.Identity"},
    ],
)
def test_a_rerankers_scores_are_as_the_model_says(copied: Any, said: dict[str, Any]) -> None:
    folder = copied("bert", "rerank")
    edit(folder / "config.json", **said)
    assert read_pretrained(folder, "rerank").scores == "identity"
    edit(folder / "config.json", sentence_transformers={"activation_fn": "os.system"})
    with pytest.raises(ArtifactError, match=r"os\.system"):
        read_pretrained(folder, "rerank")


def test_labels_without_names_are_numbered(copied: Any) -> None:
    folder = copied("bert", "classify")
    edit(folder / "config.json", id2label=None, num_labels=3)
    assert read_pretrained(folder, "classify").labels == ("LABEL_0", "LABEL_1", "LABEL_2")


def test_a_task_that_there_is_not_is_bad_usage(folders: Any) -> None:
    with pytest.raises(UsageError, match=r"'translate'.*embed, entities, classify, rerank"):
        read_pretrained(folders("bert", "embed"), "translate")


@pytest.mark.parametrize(
    ("made", "asked", "why"),
    [
        ("embed", "entities", "BertModel, which has no head for 'entities': build it for embed"),
        ("embed", "rerank", "no head for 'rerank'"),
        ("entities", "classify", "no head for 'classify': build it for entities"),
        ("entities", "embed", "no head for 'embed': build it for entities"),
        ("classify", "entities", "no head for 'entities': build it for classify or rerank"),
        ("classify", "rerank", "has 3 labels, a reranker has one"),
    ],
)
def test_a_task_that_the_head_is_not_for_is_refused(folders: Any, made: str, asked: str, why: str) -> None:
    with pytest.raises(ArtifactError, match=why):
        read_pretrained(folders("bert", made), asked)


def test_an_embedder_by_its_modules_is_no_reranker(copied: Any) -> None:
    folder = copied("bert", "embed")
    edit(folder / "config.json", architectures=None)
    with pytest.raises(ArtifactError, match=r"an embedder by its modules.json"):
        read_pretrained(folder, "entities")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"model_type": "gpt2"}, "'gpt2': bert, distilbert, roberta, xlm-roberta, mpnet"),
        ({"model_type": None}, "the architecture is 'None'"),
        ({"num_hidden_layers": 10**9}, "'num_hidden_layers' is 1000000000: a whole number from 1 to 256"),
        ({"num_hidden_layers": 0}, "is 0: a whole number"),
        ({"num_hidden_layers": 3}, r"hold no 'encoder.layer.2.attention.self.query.weight'"),
        ({"hidden_size": 2.5}, "is 2.5: a whole number"),
        ({"hidden_size": None}, "says no 'hidden_size'"),
        ({"hidden_size": True}, "is True: a whole number"),
        ({"num_attention_heads": 5}, "32 wide with 5 attention heads"),
        ({"vocab_size": 10**12}, "'vocab_size' is 1000000000000"),
        ({"vocab_size": 60}, "gives ids up to .*, the model knows 60"),
        ({"max_position_embeddings": 512}, r"is \[64, 32\], its config.json makes it \[512, 32\]"),
        ({"pad_token_id": -1}, "'pad_token_id' is -1"),
        ({"hidden_act": "swish"}, "'hidden_act' is 'swish'"),
        ({"hidden_act": ["gelu"]}, "'hidden_act' is"),
        ({"layer_norm_eps": "tiny"}, "'layer_norm_eps' is tiny"),
        ({"position_embedding_type": "relative_key"}, "'relative_key', which is not run here"),
        ({"is_decoder": True}, "'is_decoder' is True"),
        ({"id2label": {"0": "O", "2": "B"}}, "leaves out label 1"),
        ({"id2label": {"0": "O", "1": "O"}}, "not names that differ"),
        ({"id2label": ["O"]}, "names no labels"),
        (
            {"id2label": {"0": "O", "1": "B-PER"}},
            r"'classifier.weight' .* is \[7, 32\], its config.json makes it \[2, 32",
        ),
    ],
)
def test_a_configuration_that_lies_is_refused(copied: Any, changes: dict[str, Any], why: str) -> None:
    folder = copied("bert", "entities")
    edit(folder / "config.json", **changes)
    with pytest.raises(ArtifactError, match=why):
        read_pretrained(folder, "entities")


def shortened(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def header_only(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda f: (f / "config.json").unlink(), "is no model: it has no config.json"),
        (lambda f: (f / "config.json").write_text("{"), "config.json is not JSON"),
        (lambda f: (f / "config.json").write_text("[" * 100_000), "config.json is not JSON"),
        (lambda f: (f / "config.json").write_text("[]"), "holds no JSON object"),
        (lambda f: (f / "config.json").write_bytes(b"\xff\xfe"), "config.json is not JSON"),
        (lambda f: (f / "config.json").write_bytes(b" " * (33 << 20)), "more than 32 MiB"),
        (lambda f: (f / "tokenizer.json").unlink(), r"has no tokenizer.json: save the model's fast tokenizer"),
        (lambda f: (f / "tokenizer.json").write_text("{}"), "tokenizer.json is no tokenizer"),
        (lambda f: edit(f / "sentence_bert_config.json", do_lower_case=True), "texts in lower case"),
        (lambda f: (f / "model.safetensors").unlink(), "holds no weights: model.safetensors"),
        (lambda f: shortened(f / "model.safetensors"), "model.safetensors are damaged"),
        (lambda f: header_only(f / "model.safetensors"), "model.safetensors are damaged"),
        (lambda f: (f / "model.safetensors").write_bytes(struct.pack("<Q", 2**63)), "are damaged"),
        (lambda f: edit_tensors(f, lambda t: t.pop("encoder.layer.1.output.dense.bias")), r"layer.1.output.dense.bias"),
        (
            lambda f: edit_tensors(f, lambda t: t.update({"embeddings.LayerNorm.bias": np.zeros(31, np.float32)})),
            r"'embeddings.LayerNorm.bias' in .* is \[31\], its config.json makes it \[32\]",
        ),
        (
            lambda f: edit_tensors(f, lambda t: t.update({"embeddings.LayerNorm.bias": np.zeros(32, np.int8)})),
            "is quantised already",
        ),
        (lambda f: (f / "modules.json").write_text("{}"), "holds no JSON list"),
        (lambda f: (f / "modules.json").write_text('[{"path": ""}]'), "without its 'type'"),
        (lambda f: (f / "1_Pooling" / "config.json").unlink(), r"1_Pooling/config.json cannot be read"),
        (
            lambda f: edit(f / "1_Pooling" / "config.json", pooling_mode=["mean", "max"]),
            "pooling by mean and max is not done here",
        ),
        (lambda f: edit(f / "1_Pooling" / "config.json", word_embedding_dimension=48), "pools states 48 wide"),
    ],
)
def test_a_damaged_folder_is_refused(copied: Any, harm: Change, why: str) -> None:
    folder = copied("roberta", "embed")
    harm(folder)
    with pytest.raises(ArtifactError, match=why):
        read_pretrained(folder, "embed")


@pytest.mark.parametrize(
    ("modules", "why"),
    [
        ([ST + "models.Transformer", ST + "models.Pooling", ST + "models.Dense"], "module 'Dense' is not run here"),
        (["custom.Transformer", ST + "models.Pooling"], r"module 'custom\.Transformer' is not run here"),
        ([ST + "models.Pooling", ST + "models.Transformer"], "Pooling > Transformer is not run here"),
        ([], "nothing is not run here"),
    ],
)
def test_modules_that_are_not_run_are_named(copied: Any, modules: list[str], why: str) -> None:
    folder = copied("bert", "embed")
    listed = [{"type": kind, "path": "1_Pooling"} for kind in modules]
    (folder / "modules.json").write_text(json.dumps(listed))
    with pytest.raises(ArtifactError, match=why):
        read_pretrained(folder, "embed")


def test_modules_outside_the_folder_are_refused(copied: Any) -> None:
    folder = copied("bert", "embed")
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["path"] = "../elsewhere"
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ArtifactError, match="may not lead out of its folder"):
        read_pretrained(folder, "embed")


def test_a_folder_that_is_not_there_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="is no model"):
        read_pretrained(tmp_path / "nothing", "embed")


def test_a_lowering_tokenizer_may_be_asked_for_lower_case(copied: Any) -> None:
    folder = copied("bert", "embed")
    edit(folder / "sentence_bert_config.json", do_lower_case=True)
    assert read_pretrained(folder, "embed").max_tokens == 64


def sharded(folder: Path) -> dict[str, str]:
    """Split the weights in two, as large models are; the map of tensors to files."""
    tensors = safetensors.load_file(folder / "model.safetensors")
    names = sorted(tensors)
    parts = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for file, held in parts.items():
        safetensors.save_file({name: tensors[name] for name in held}, folder / file)
    (folder / "model.safetensors").unlink()
    held_by = {name: file for file, held in parts.items() for name in held}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": held_by}))
    return held_by


def test_shards_are_read_as_one(copied: Any) -> None:
    folder = copied("mpnet", "entities")
    whole = read_pretrained(folder, "entities").weights
    sharded(folder)
    model = read_pretrained(folder, "entities")
    shapes = {name: stored.shape for name, stored in model.weights.tensors.items()}
    assert shapes == {name: stored.shape for name, stored in whole.tensors.items()}
    assert len(model.weights.files) == 2
    before = model.weights_sha256
    edit_shard = model.weights.files[1]
    tensors = safetensors.load_file(edit_shard)
    safetensors.save_file({name: tensor + 1 for name, tensor in tensors.items()}, edit_shard)
    assert model.weights_sha256 != before


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda held: held.update({"classifier.bias": "../x.safetensors"}), "may not lead out of its folder"),
        (lambda held: held.update({"classifier.bias": "gone.safetensors"}), r"gone.safetensors are not there"),
        (lambda held: held.update({"more": next(iter(held.values()))}), "holds no 'more'"),
        (lambda held: held.clear(), "does not say which shard"),
    ],
)
def test_shards_that_do_not_fit_their_index_are_refused(copied: Any, change: Change, why: str) -> None:
    folder = copied("bert", "entities")
    held = sharded(folder)
    change(held)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": held}))
    with pytest.raises(ArtifactError, match=why):
        read_pretrained(folder, "entities")


def pickled(folder: Path, *, content: object = None) -> str:
    """Put the weights into a pickle instead; its checksum."""
    import torch
    from safetensors.torch import load_file

    torch.save(content or load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    return hashlib.sha256((folder / "pytorch_model.bin").read_bytes()).hexdigest()


def test_a_pickle_is_refused_unless_its_checksum_is_trusted(copied: Any) -> None:
    folder = copied("bert", "entities")
    found = pickled(folder)
    with pytest.raises(ArtifactError, match=r"pytorch_model.bin are a pickle.*convert to safetensors"):
        read_pretrained(folder, "entities")
    with pytest.raises(ArtifactError, match=f"has sha256 {found}, the one to be trusted is 00"):
        read_pretrained(folder, "entities", pickle_sha256="00")
    model = read_pretrained(folder, "entities", pickle_sha256=found.upper())
    assert model.weights_sha256 == found


class Runs:
    """What a pickle could bring along."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("ran"),)


@pytest.mark.parametrize("content", [{"weight": Runs()}, [1, 2]])
def test_a_trusted_pickle_is_still_tensors_alone(
    copied: Any, monkeypatch: pytest.MonkeyPatch, content: object, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = copied("bert", "entities")
    found = pickled(folder, content=content)
    with pytest.raises(ArtifactError, match="convert to safetensors"):
        read_pretrained(folder, "entities", pickle_sha256=found)
    assert not Path("ran").exists()


def hollow(model: Pretrained) -> None:
    """The weights that a model of this shape would have, without room on the disk: a header, and a hole."""
    header: dict[str, object] = {}
    end = 0
    for parameter in parameters(model):
        start, end = end, end + 4 * math.prod(parameter.shape)
        header[parameter.published] = {"dtype": "F32", "shape": parameter.shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    with (model.folder / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + end)


def test_a_model_larger_than_memory_is_refused_before_it_is_read(copied: Any) -> None:
    folder = copied("bert", "entities")
    sizes = {"num_hidden_layers": 200, "hidden_size": 16_384, "intermediate_size": 65_536}
    small = read_pretrained(folder, "entities")
    large = dataclasses.replace(small, layers=200, hidden=16_384, intermediate=65_536)
    assert large.bytes > 2e12
    edit(folder / "config.json", **sizes)
    hollow(large)
    with pytest.raises(ArtifactError, match=r"of weights, to convert it takes about 3 times that, and .* are free"):
        read_pretrained(folder, "entities")


ODD = (None, True, -1, 0, 1.5, 1e400, "", "x" * 1000, [], [1], {}, {"a": []}, [{}])


def variants(content: Any) -> Iterator[Any]:
    """A JSON document with each of its values in turn replaced by something odd."""
    yield from ODD
    entries = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in list(entries):
        for odd in variants(value) if isinstance(value, dict | list) else ODD:
            changed = dict(content) if isinstance(content, dict) else list(content)
            changed[key] = odd
            yield changed


@pytest.mark.parametrize(
    "name",
    [
        "config.json",
        "config_sentence_transformers.json",
        "model.safetensors.index.json",
        "modules.json",
        "1_Pooling/config.json",
        "sentence_bert_config.json",
        "tokenizer_config.json",
    ],
)
def test_odd_values_are_refused_or_harmless_never_a_crash(copied: Any, name: str) -> None:
    folder = copied("bert", "embed")
    prompts = {"prompts": {"query": "query: "}, "default_prompt_name": None}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    sharded(folder)
    refused = 0
    for content in variants(json.loads((folder / name).read_text())):
        (folder / name).write_text(json.dumps(content))
        try:
            read_pretrained(folder, "embed")
        except ArtifactError:
            refused += 1
    assert refused >= len(ODD) - 2, "at the least a document that is no object is refused"
