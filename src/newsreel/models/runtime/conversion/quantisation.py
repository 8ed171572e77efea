"""An ONNX graph of floats as one of 8-bit integers, for ONNX Runtime and OpenVINO alike.

Static: what a layer reads is rounded with one scale fixed by calibration, so a row does not depend on its neighbours.
Dynamic: the scale is found in each batch, so it does; refused for what is stored. Weight-only: weights alone are
rounded, a block at a time; what ONNX Runtime then rounds as it runs, it rounds by blocks of a row. Residuals, norms and
softmax stay floats in all three.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from onnx import NodeProto, TensorProto, helper
from onnxruntime.quantization import QuantType
from onnxruntime.quantization import quantize_dynamic as _quantize_dynamic

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.conversion.calibration import Ranges
from newsreel.models.runtime.conversion.graphs import Draft, read
from newsreel.models.runtime.conversion.integers import (
    REDUCED,
    WIDEST,
    Scaled,
    activation_scale,
    by_block,
    by_channel,
    evened,
    symmetric_scale,
)
from newsreel.models.runtime.conversion.layers import Layer, find_layers, joins

__all__ = ["quantise_dynamic", "quantise_static", "quantise_weights"]

Floats = npt.NDArray[np.float32]

BLOCK = 32
"""Inputs that share a scale in weight-only int8: what both runtimes have kernels for."""

BLOCKS_OPSET = 21
"""The operator set that scales by block came with."""

NARROWEST_TABLE = 32
"""Tables of fewer columns stay float: biases of attention by distance, a column a head, small and read by a softmax."""


def quantise_static(
    graph: Path, out: Path, ranges: Ranges, keep_float: Collection[str] = (), *, reduced: bool = False
) -> None:
    """Write `graph` to `out` in int8; layers named in `keep_float` compute in floats, with rounded weights.

    `ranges` are those of `calibrate`. `reduced` keeps weights within 7 bits, for processors whose sums of bytes
    saturate (x86 without VNNI). Raises ArtifactError for a graph with nothing to quantise or not in the ranges.
    """
    model = read(graph)
    found = find_layers(model, graph)
    if unknown := set(keep_float) - {layer.name for layer in found}:
        raise ArtifactError(
            f"{graph} has no layer '{min(unknown)}' to keep float; its layers are called {_names(found)}"
        )
    layers = {layer.output: layer for layer in found if layer.name not in keep_float}
    kept = {layer.output: layer for layer in found if layer.name in keep_float}
    missing = next((layer.reads for layer in layers.values() if layer.reads not in ranges), None)
    if missing is not None:
        raise ArtifactError(f"the ranges do not know '{missing}' of {graph}: calibrate this graph itself")
    work = _Static(Draft(model), layers, kept, ranges, REDUCED if reduced else WIDEST)
    work.draft.rewrite(work.change)
    _quantise_tables(work.draft)
    work.draft.save(out)


def quantise_dynamic(graph: Path, out: Path) -> None:
    """Write `graph` to `out` with scales found as it runs, one a batch: a row depends on its neighbours (decision 6).

    Raises ArtifactError for a graph with nothing to quantise.
    """
    model = read(graph)
    products = [layer for layer in find_layers(model, graph) if layer.kind == "MatMul"]
    if not products:
        raise ArtifactError(f"the graph {graph} has no product to quantise dynamically: take int8, or leave it in fp32")
    del model.graph.value_info[:]  # shapes as they were exported: of a head's Gemm, not of the MatMul made of it
    with _quiet():
        _quantize_dynamic(
            model,
            str(out),
            op_types_to_quantize=["MatMul"],
            nodes_to_quantize=[layer.node for layer in products],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )


def quantise_weights(graph: Path, out: Path) -> None:
    """Write `graph` to `out` with the weights of its products in int8 by blocks, and its embedding tables.

    Raises ArtifactError for a graph with nothing to quantise.
    """
    model = read(graph)
    products = {layer.output: layer for layer in find_layers(model, graph) if layer.kind == "MatMul"}
    if not products:
        raise ArtifactError(f"the graph {graph} has no product whose weights could be quantised: leave it in fp32")
    draft = Draft(model)

    def change(node: NodeProto) -> list[NodeProto]:
        layer = products.get(node.output[0])
        if layer is None:
            return [node]
        weight = draft.weight(layer.weight)
        if layer.channels % BLOCK:
            nodes, name = _weight(draft, f"{layer.output}/weight", by_channel(weight, 1), axis=1)
        else:
            nodes, name = _weight(draft, f"{layer.output}/weight", by_block(weight, BLOCK), axis=0, block_size=BLOCK)
        node.input[1] = name
        return [*nodes, node]

    draft.rewrite(change)
    draft.raise_opset(BLOCKS_OPSET)
    _quantise_tables(draft)
    draft.save(out)


class _Static:
    """Puts QuantizeLinear and DequantizeLinear around what the layers read: the form both runtimes fuse to integers."""

    def __init__(
        self, draft: Draft, layers: dict[str, Layer], kept: dict[str, Layer], ranges: Ranges, largest: int
    ) -> None:
        self.draft = draft
        self._layers, self._kept, self._ranges, self._largest = layers, kept, ranges, largest
        self._rounded: dict[str, str] = {}
        self._joins = joins(draft.model, layers.values())

    def change(self, node: NodeProto) -> list[NodeProto]:
        if node.output[0] in self._kept:
            return [*self._round_weight(node, self._kept[node.output[0]]), node]
        node.input[:] = [f"{name}/rounded" if name in self._joins else name for name in node.input]
        if node.output[0] in self._joins:
            return [node, *self._joined(node.output[0])]
        layer = self._layers.get(node.output[0])
        if layer is None:
            return [node]
        nodes, activation = self._activation(layer)
        node.input[0] = activation
        return [*nodes, *self._round_weight(node, layer), node]

    def _round_weight(self, node: NodeProto, layer: Layer) -> list[NodeProto]:
        """Also of a layer that computes in floats: rounding its weight costs little, and the file stays a quarter."""
        axis = 0 if layer.kind == "Conv" else 1
        scaled = by_channel(self._weights(layer), axis, self._largest)
        made, node.input[1] = _weight(self.draft, f"{layer.output}/weight", scaled, axis=axis)
        return made

    def _activation(self, layer: Layer) -> tuple[list[NodeProto], str]:
        """The nodes that round what the layer reads, none where another layer's have, and the name of the result."""
        name = layer.reads
        if name in self._rounded:
            return [], self._rounded[name]
        nodes, source, seen = [], name, self._ranges[name]
        if (scales := self._scales(layer)) is not None:
            source, seen = f"{name}/evened", seen.divided(scales)
            nodes.append(helper.make_node("Mul", [name, self.draft.add(f"{name}/even", 1 / scales)], [source]))
        scale, zero = symmetric_scale(seen) if layer.kind == "Conv" else activation_scale(seen)
        how = [self.draft.add(f"{name}/scale", scale), self.draft.add(f"{name}/zero", zero)]
        self._rounded[name] = f"{name}/rounded"
        return [*nodes, *_round(source, name, how)], self._rounded[name]

    def _joined(self, name: str) -> list[NodeProto]:
        """The nodes that round what is joined of convolutions, for all that read it: it then is joined as bytes."""
        scale, zero = symmetric_scale(self._ranges[name])
        self._rounded[name] = f"{name}/rounded"
        return _round(name, name, [self.draft.add(f"{name}/scale", scale), self.draft.add(f"{name}/zero", zero)])

    def _scales(self, layer: Layer) -> Floats | None:
        return None if layer.kind == "Conv" or layer.output in self._kept else evened(self._ranges[layer.reads])

    def _weights(self, layer: Layer) -> Floats:
        weight, scales = self.draft.weight(layer.weight), self._scales(layer)
        return weight if scales is None else weight * scales[:, np.newaxis]


def _round(source: str, name: str, how: list[str]) -> list[NodeProto]:
    """The nodes that make `name`/rounded of `source`; `how` are the names of a scale and a zero point."""
    return [
        helper.make_node("QuantizeLinear", [source, *how], [f"{name}/int8"]),
        helper.make_node("DequantizeLinear", [f"{name}/int8", *how], [f"{name}/rounded"]),
    ]


def _names(layers: Sequence[Layer]) -> str:
    return ", ".join(layer.name for layer in layers)


def _weight(draft: Draft, name: str, scaled: Scaled, **how: int) -> tuple[list[NodeProto], str]:
    """The node that gives a rounded weight back as floats, which runtimes fuse away, and the name of its result."""
    inputs = [
        draft.add(f"{name}/int8", scaled.values),
        draft.add(f"{name}/scale", scaled.scales),
        draft.add(f"{name}/zero", np.zeros(scaled.scales.shape, np.int8)),
    ]
    return [helper.make_node("DequantizeLinear", inputs, [name], **how)], name


def _quantise_tables(draft: Draft) -> None:
    """Embedding tables as int8, a scale for each row: looked up first, scaled then, so that no table becomes floats."""
    reads = Counter(name for node in draft.model.graph.node for name in node.input)
    tables = {
        tensor.name
        for tensor in draft.model.graph.initializer
        if tensor.data_type == TensorProto.FLOAT and len(tensor.dims) == 2 and tensor.dims[1] >= NARROWEST_TABLE
    }

    def change(node: NodeProto) -> list[NodeProto]:
        table, axis = node.input[0] if node.input else "", any(a.name == "axis" and a.i for a in node.attribute)
        if node.op_type != "Gather" or axis or table not in tables or reads[table] > 1:
            return [node]
        ids, out = node.input[1], node.output[0]
        scaled = by_channel(draft.weight(table), 0)
        values = draft.add(f"{table}/int8", scaled.values)
        scales = draft.add(f"{table}/scale", scaled.scales[:, np.newaxis])
        return [
            helper.make_node("Gather", [values, ids], [f"{out}/int8"], axis=0),
            helper.make_node("Gather", [scales, ids], [f"{out}/scale"], axis=0),
            helper.make_node("Cast", [f"{out}/int8"], [f"{out}/float"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{out}/float", f"{out}/scale"], [out]),
        ]

    draft.rewrite(change)


@contextmanager
def _quiet() -> Iterator[None]:
    """It advises on the root logger to optimise the graph first; runtimes do that as they load."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
