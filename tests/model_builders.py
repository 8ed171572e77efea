"""Models of every task made on the spot, in milliseconds and without torch, that do something one can foresee.

Each word has a row of numbers, and a text the mean of its words' (an entity model: the rows themselves). So to the
classifier `ship` is a matter of the harbour desk, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from newsreel.inference import Models
from newsreel.models.classifier import SequenceClassifier
from newsreel.models.embedder import TextEmbedder
from newsreel.models.entities import TokenClassifier
from newsreel.models.reranker import CrossEncoder
from newsreel.models.runtime.artifact import Artifact, listing

MAX_TOKENS, DIMENSION = 16, 8
DESKS = ("harbour", "sport", "weather")

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_WORDS = ["ship", "match", "rain", "ann", "lee", "london", "strike", "of", "the", "a"]
_DESKS = {"ship": (9, 0, 0), "match": (0, 9, 0), "rain": (0, 0, 9)}
_TAGS = ("O", "B-PER", "I-PER", "B-LOC")
_NAMES = {"ann": 1, "lee": 2, "london": 3}


def tiny_models(folder: Path) -> Models:
    """One of each task, `tiny-embed`, `tiny-entities`, `tiny-rerank` and `tiny-classify`."""
    drawn = np.random.default_rng(3).normal(size=(len(_SPECIAL) + len(_WORDS), DIMENSION))
    tags = np.zeros((len(drawn), len(_TAGS)))
    tags[:, 0] = 1
    for word, tag in _NAMES.items():
        tags[_place(word), tag] = 9
    desks, news = _rows(_DESKS, len(DESKS)), _rows({"ship": (6,), "match": (3,)}, 1)
    return Models(
        embedder=TextEmbedder.open(_artifact(folder, "embed", drawn), "onnxruntime", threads=1),
        entities=TokenClassifier.open(_artifact(folder, "entities", tags), "onnxruntime", threads=1),
        reranker=CrossEncoder.open(_artifact(folder, "rerank", news), "onnxruntime", threads=1),
        classifier=SequenceClassifier.open(_artifact(folder, "classify", desks), "onnxruntime", threads=1),
    )


def _place(word: str) -> int:
    return len(_SPECIAL) + _WORDS.index(word)


def _rows(of_words: Mapping[str, tuple[int, ...]], width: int) -> Any:
    rows = np.zeros((len(_SPECIAL) + len(_WORDS), width))
    for word, row in of_words.items():
        rows[_place(word)] = row
    return rows


def _artifact(root: Path, task: str, rows: Any) -> Artifact:
    folder = root / task
    folder.mkdir(parents=True)
    _write_tokenizer(folder / "tokenizer.json")
    _write_graph(folder / "model.onnx", rows, pooled=task != "entities", scaled=task == "embed")
    card: dict[str, Any] = {
        "name": f"tiny-{task}",
        "fingerprint": f"f-{task}",
        "task": task,
        "precision": "fp32",
        "max_tokens": MAX_TOKENS + 32 * (task == "entities"),
        "dimension": DIMENSION,
        "labels": {"entities": list(_TAGS), "classify": list(DESKS)}.get(task, []),
        "scores": {"classify": "softmax"}.get(task, "sigmoid"),
        "graphs": {"fp32": "model.onnx"},
        "files": listing(folder),
    }
    return Artifact(folder, card)


def _write_tokenizer(path: Path) -> None:
    vocabulary = {word: n for n, word in enumerate((*_SPECIAL, *_WORDS))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [(word, vocabulary[word]) for word in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=ends
    )
    tokenizer.save(str(path))


def _write_graph(path: Path, rows: Any, *, pooled: bool, scaled: bool) -> None:
    nodes = [helper.make_node("Gather", ["rows", "input_ids"], ["read"])]
    if pooled:
        nodes += [
            helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["mask", "last"], ["weights"]),
            helper.make_node("Mul", ["read", "weights"], ["masked"]),
            helper.make_node("ReduceSum", ["masked", "middle"], ["total"], keepdims=0),
            helper.make_node("ReduceSum", ["mask", "middle"], ["count"], keepdims=1),
            helper.make_node("Div", ["total", "count"], ["mean"]),
        ]
    nodes.append(
        helper.make_node("LpNormalization", ["mean"], ["made"], axis=-1)
        if scaled
        else helper.make_node("Identity", ["mean" if pooled else "read"], ["made"])
    )
    constants = {"rows": rows.astype(np.float32), "last": np.array([-1]), "middle": np.array([1])}
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(n, TensorProto.INT64, ["b", "t"]) for n in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("made", TensorProto.FLOAT, ["b", *([] if pooled else ["t"]), rows.shape[1]])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), str(path))
