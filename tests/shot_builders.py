"""A graph of the shot model's operators, with two channels, one stage and windows of any length, in milliseconds.

Colours are counted, frames compared with those up to REACH before and behind, convolutions dilated in time; a head says
two numbers of each frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

REACH, BINS, CHANNELS, DILATIONS = 3, 8, 2, (1, 4)
PICTURE = (6, 8, 3)
"""Rows, columns, RGB."""


class _Graph:
    def __init__(self) -> None:
        self.draw = np.random.default_rng(7)
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def whole(self, *numbers: int) -> str:
        return self._constant(np.array(numbers, np.int64))

    def number(self, value: float) -> str:
        return self._constant(np.float32(value))

    def weight(self, *shape: int) -> str:
        return self._constant(self.draw.normal(0, 0.5, shape).astype(np.float32))

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        made = f"{kind}.{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [made], name=f"node.{made}", **attributes))
        return made

    def joined(self, *lengths: str) -> str:
        return self.node("Concat", *lengths, axis=0)

    def _constant(self, array: Any) -> str:
        name = f"constant.{len(self.constants)}"
        self.constants[name] = numpy_helper.from_array(np.asarray(array), name)
        return name


def shot_graph(path: Path) -> Path:
    """Write the graph: `frames`, uint8 `[windows, frames, *PICTURE]`, to `probabilities` `[windows, frames, 2]`."""
    made = _Graph()
    frames = made.node("Shape", "frames", start=1, end=2)
    values = made.node("Cast", "frames", to=TensorProto.FLOAT)
    states = made.node("Div", made.node("Transpose", values, perm=[0, 4, 1, 2, 3]), made.number(255))
    states = _stage(made, states)
    means = made.node("ReduceMean", states, made.whole(3, 4), keepdims=0)
    means = made.node("Transpose", means, perm=[0, 2, 1])
    seen = [_band(made, _colours(made, values, frames), frames), _band(made, means, frames), means]
    every = made.node("Concat", *seen, axis=2)
    head = made.node("MatMul", every, made.weight(2 * (2 * REACH + 1) + CHANNELS * len(DILATIONS), 2))
    made.nodes.append(helper.make_node("Sigmoid", [head], ["probabilities"]))
    given = helper.make_tensor_value_info("frames", TensorProto.UINT8, ["windows", "frames", *PICTURE])
    told = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["windows", "frames", 2])
    graph = helper.make_graph(made.nodes, "shots", [given], [told], list(made.constants.values()))
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), str(path))
    return path


def _stage(made: _Graph, states: str) -> str:
    """Branches over space and then over time at their own dilation, side by side; half the rows and columns."""
    branches = []
    for dilation in DILATIONS:
        over = {"kernel_shape": [1, 3, 3], "pads": [0, 1, 1, 0, 1, 1]}
        space = made.node("Conv", states, made.weight(2 * CHANNELS, PICTURE[2], 1, 3, 3), **over)
        over = {"kernel_shape": [3, 1, 1], "pads": [dilation, 0, 0] * 2, "dilations": [dilation, 1, 1]}
        time = made.node("Conv", space, made.weight(CHANNELS, 2 * CHANNELS, 3, 1, 1), made.weight(CHANNELS), **over)
        branches.append(made.node("Relu", time))
    both = made.node("Concat", *branches, axis=1)
    return made.node("AveragePool", both, kernel_shape=[1, 2, 2], strides=[1, 2, 2])


def _colours(made: _Graph, values: str, frames: str) -> str:
    """How many of a frame's red values are in each bin."""
    reds = made.node("Slice", values, made.whole(0), made.whole(1), made.whole(-1))
    reds = made.node("Reshape", reds, made.whole(-1, PICTURE[0] * PICTURE[1]))
    bins = made.node("Cast", made.node("Floor", made.node("Div", reds, made.number(256 / BINS))), to=TensorProto.INT64)
    rows = made.node("Shape", bins, start=0, end=1)
    none = made.node("Expand", made.number(0), made.joined(rows, made.whole(BINS)))
    ones = made.node("Expand", made.number(1), made.node("Shape", bins))
    counts = made.node("ScatterElements", none, bins, ones, axis=1, reduction="add")
    return made.node("Reshape", counts, made.joined(made.whole(-1), frames, made.whole(BINS)))


def _band(made: _Graph, features: str, frames: str) -> str:
    """Each frame's likeness to those beside it, cut out of the matrix by rows that are one longer than its own."""
    length = made.node("Clip", made.node("ReduceL2", features, made.whole(2), keepdims=1), made.number(1e-12))
    unit = made.node("Div", features, length)
    alike = made.node("MatMul", unit, made.node("Transpose", unit, perm=[0, 2, 1]))
    alike = made.node("Pad", alike, made.whole(0, 0, REACH, 0, 0, REACH))
    wide = made.node("Add", frames, made.whole(2 * REACH))
    flat = made.node("Reshape", alike, made.joined(made.whole(-1), made.node("Mul", frames, wide)))
    flat = made.node("Pad", flat, made.joined(made.whole(0), made.whole(0), made.whole(0), frames))
    longer = made.joined(made.whole(-1), frames, made.node("Add", wide, made.whole(1)))
    cut: Sequence[str] = (made.whole(0), made.whole(2 * REACH + 1), made.whole(2))
    return made.node("Slice", made.node("Reshape", flat, longer), *cut)
