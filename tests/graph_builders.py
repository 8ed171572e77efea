"""ONNX graphs made on the spot, as an exporter writes them but in milliseconds: `dense_graph(tmp_path / "m.onnx")`.

Embeddings, two feed-forward blocks with residuals and norms, the mean over the mask, a dense layer and a head. A few
channels reach far further than the others, as an encoder's do.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WORDS, WIDTH, INNER, LABELS = 64, 32, 64, 3
LAYERS = ("block.0.inner", "block.0.outer", "block.1.inner", "block.1.outer")


class _Graph:
    def __init__(self, seed: int) -> None:
        self.draw = np.random.default_rng(seed)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: Any) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def weight(self, name: str, *shape: int) -> str:
        return self.constant(name, self.draw.normal(0, 0.2, shape).astype(np.float32))

    def node(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=f"node_{output}", **attributes))
        return output

    def linear(self, source: str, name: str, inputs: int, outputs: int) -> str:
        product = self.node("MatMul", [source, self.weight(f"{name}.weight", inputs, outputs)], name)
        return self.node("Add", [product, self.weight(f"{name}.bias", outputs)], f"{name}.sum")

    def norm(self, source: str, name: str) -> str:
        reach = np.ones(WIDTH, np.float32)
        reach[:2] = 15
        parts = [self.constant(f"{name}.weight", reach), self.weight(f"{name}.bias", WIDTH)]
        return self.node("LayerNormalization", [source, *parts], name, axis=-1)


def dense_graph(path: Path, *, seed: int = 5) -> Path:
    """Write the graph: `input_ids`, `attention_mask` to `logits` `[batch, LABELS]` and `dense` `[batch, WIDTH]`."""
    made = _Graph(seed)
    states = made.norm(made.node("Gather", [made.weight("words", WORDS, WIDTH), "input_ids"], "word"), "first")
    for n in range(2):
        inner = made.linear(states, f"block.{n}.inner", WIDTH, INNER)
        outer = made.linear(made.node("Gelu", [inner], f"block.{n}.gelu"), f"block.{n}.outer", INNER, WIDTH)
        states = made.norm(made.node("Add", [states, outer], f"block.{n}.residual"), f"block.{n}.norm")
    mask = made.node("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    last = made.constant("last", np.array([-1]))
    masked = made.node("Mul", [states, made.node("Unsqueeze", [mask, last], "weights")], "masked")
    middle = made.constant("middle", np.array([1]))
    mean = made.node(
        "Div",
        [
            made.node("ReduceSum", [masked, middle], "total", keepdims=0),
            made.node("ReduceSum", [mask, middle], "count", keepdims=1),
        ],
        "mean",
    )
    dense = [mean, made.weight("dense.weight", WIDTH, WIDTH), made.weight("dense.bias", WIDTH)]
    made.node("Gemm", dense, "dense", transB=1)
    made.node("Gemm", ["dense", made.weight("head.weight", WIDTH, LABELS), made.weight("head.bias", LABELS)], "logits")
    _write(path, made, {"dense": WIDTH, "logits": LABELS})
    return path


def bare_graph(path: Path) -> Path:
    """Write a graph in which there is nothing to quantise: `input_ids`, `attention_mask` to their sum."""
    made = _Graph(0)
    made.node("Cast", [made.node("Add", ["input_ids", "attention_mask"], "sum")], "dense", to=TensorProto.FLOAT)
    _write(path, made, {"dense": WIDTH})
    return path


def rows(*lengths: int, seed: int = 1) -> dict[str, np.ndarray[Any, np.dtype[np.int64]]]:
    """Inputs of rows of these lengths, padded to the longest; a row is the same whatever comes after it."""
    draw, width = np.random.default_rng(seed), max(lengths)
    ids, mask = (np.zeros((len(lengths), width), np.int64) for _ in range(2))
    for n, length in enumerate(lengths):
        ids[n, :length] = draw.integers(1, WORDS, length)
        mask[n, :length] = 1
    return {"input_ids": ids, "attention_mask": mask}


def _write(path: Path, made: _Graph, outputs: dict[str, int]) -> None:
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    results = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", width]) for name, width in outputs.items()
    ]
    graph = helper.make_graph(made.nodes, "made", inputs, results, made.constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), str(path))
