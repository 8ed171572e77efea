"""The layers of a graph that can be quantised: products with a constant matrix, convolutions with constant kernels.

A Gemm is none: exporters write one where a whole text is a single row, so there is no time to win, and ONNX Runtime
would give its integers back as floats in every run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import onnx

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.conversion.graphs import read

__all__ = ["Layer", "find_layers", "joins", "products"]

HEAD_SHARE = 8
"""A layer that gives fewer values than this part of those it reads is a head: no time to win, and it is the answer."""

_SCOPE = re.compile(r"'([^']*)'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A node whose second input is a constant."""

    name: str
    """The module's where the exporter noted it (`layers.0.query`), else its output's. No other layer has it."""
    output: str
    node: str
    """The node's own name, which may be empty."""
    kind: str
    """`MatMul` or `Conv`."""
    reads: str
    """The activation that it reads."""
    weight: str
    channels: int
    """Of the activation: its last axis, or a convolution's second."""
    outputs: int
    """Channels of what it gives."""


def find_layers(model: onnx.ModelProto, graph: Path) -> tuple[Layer, ...]:
    """The layers worth quantising, in the order of execution. Raises ArtifactError where there is none."""
    shapes = {
        tensor.name: tuple(tensor.dims)
        for tensor in model.graph.initializer
        if tensor.data_type == onnx.TensorProto.FLOAT
    }
    found = [layer for node in model.graph.node if (layer := _layer(node, shapes))]
    named = Counter(layer.name for layer in found)
    if not found:
        raise ArtifactError(
            f"the graph {graph} has nothing to quantise: no product with a constant matrix of floats. "
            "Is it quantised already?"
        )
    return tuple(layer if named[layer.name] == 1 else replace(layer, name=layer.output) for layer in found)


def products(graph: Path) -> tuple[str, ...]:
    """The names of a graph's layers that are no convolutions."""
    return tuple(layer.name for layer in find_layers(read(graph), graph) if layer.kind == "MatMul")


def joins(model: onnx.ModelProto, layers: Iterable[Layer]) -> Mapping[str, int]:
    """The activations that are made by joining what convolutions give, each with its channels."""
    given = {layer.output: layer.outputs for layer in layers if layer.kind == "Conv"}
    for node in model.graph.node:
        if node.op_type == "Relu" and node.input[0] in given:
            given[node.output[0]] = given[node.input[0]]
    made = (node for node in model.graph.node if node.op_type == "Concat" and set(node.input) <= set(given))
    return {node.output[0]: sum(given[part] for part in node.input) for node in made}


def _layer(node: onnx.NodeProto, shapes: dict[str, tuple[int, ...]]) -> Layer | None:
    shape = shapes.get(node.input[1]) if len(node.input) > 1 else None
    if shape is None or node.input[0] in shapes:
        return None
    if node.op_type == "MatMul" and len(shape) == 2:
        channels, outputs = shape
    elif node.op_type == "Conv":
        groups = next((attribute.i for attribute in node.attribute if attribute.name == "group"), 1)
        outputs, channels = shape[0], shape[1] * groups
    else:
        return None
    if outputs * HEAD_SHARE < channels:
        return None
    return Layer(
        name=_module(node) or node.output[0],
        output=node.output[0],
        node=node.name,
        kind=node.op_type,
        reads=node.input[0],
        weight=node.input[1],
        channels=channels,
        outputs=outputs,
    )


def _module(node: onnx.NodeProto) -> str:
    """The module a node was exported from: the last scope but one that torch notes, `['', 'layers.0', 'linear']`."""
    for note in node.metadata_props:
        if note.key == "pkg.torch.onnx.name_scopes":
            scopes = _SCOPE.findall(note.value)
            return str(scopes[-2]) if len(scopes) > 1 else ""
    return ""
