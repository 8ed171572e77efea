"""Calibration: how far the values reach that each layer reads, over our own text.

Least and greatest value, seen by channel. Cutting the tails off (percentiles) was tried and cost twelve times as much:
the few wide channels of an encoder are what carries its meaning.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.conversion.graphs import read
from newsreel.models.runtime.conversion.layers import Layer, find_layers, joins
from newsreel.models.runtime.sessions import Arrays

__all__ = ["Range", "Ranges", "calibrate"]

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Range:
    """What was seen of an activation: the least and the greatest value of each channel, float32 `[channels]`."""

    low: Floats
    high: Floats

    def joined(self, other: Range) -> Range:
        """What was seen in either."""
        return Range(np.minimum(self.low, other.low), np.maximum(self.high, other.high))

    def divided(self, scales: Floats) -> Range:
        """The range of the activation once each channel is divided by its scale."""
        return Range(self.low / scales, self.high / scales)


Ranges = Mapping[str, Range]
"""By name of the activation."""


def calibrate(graph: Path, batches: Iterable[Arrays]) -> Ranges:
    """Run a float graph over `batches` and note what its layers read.

    Batches are a graph's inputs by name; give rows of one length together, so that padding is not measured with them.
    Raises ArtifactError for a graph with nothing to quantise, no batches, or values that are not finite.
    """
    model = read(graph)
    watched = _watched(model, find_layers(model, graph))
    with tempfile.TemporaryDirectory(prefix="newsreel-calibration-") as scratch:
        watching = Path(scratch) / "watching.onnx"
        _watch(model, watched)
        onnx.save(model, str(watching), save_as_external_data=True, location="weights")  # of any size
        session = _open(watching)
        found = _seen(session, list(watched), batches)
    if not found:
        raise ArtifactError(f"no text was given to calibrate {graph.name} with: static int8 needs some of our own")
    for name, seen in found.items():
        if not np.isfinite([seen.low, seen.high]).all():
            raise ArtifactError(f"{graph.name} cannot be calibrated: '{name}' has values that are not finite")
    return found


@dataclass(frozen=True, slots=True)
class _Watched:
    """An activation to look at: its channels, the second of so many axes."""

    channels: int
    axes: int


def _watched(model: onnx.ModelProto, layers: Sequence[Layer]) -> dict[str, _Watched]:
    """What the layers read, and what is joined of convolutions, by name."""
    axes = {tensor.name: len(tensor.dims) for tensor in model.graph.initializer}
    found = {layer.reads: _Watched(layer.channels, 2) for layer in layers if layer.kind == "MatMul"}
    convolutions = [layer for layer in layers if layer.kind == "Conv"]
    found |= {layer.reads: _Watched(layer.channels, axes[layer.weight]) for layer in convolutions}
    joined = joins(model, layers)
    return found | {name: _Watched(joined[name], axes[convolutions[0].weight]) for name in joined}


def _watch(model: onnx.ModelProto, watched: Mapping[str, _Watched]) -> None:
    """Make the least and greatest value of each channel outputs of the graph: a few numbers, not the activations."""
    made = model.graph
    del made.output[:]
    for name, one in watched.items():
        source = name
        if one.axes == 2:
            source = f"{name}/rows"
            made.initializer.append(numpy_helper.from_array(np.array([-1, one.channels]), f"{source}/shape"))
            made.node.append(helper.make_node("Reshape", [name, f"{source}/shape"], [source]))
        others = np.array([axis for axis in range(one.axes) if axis != 1])
        made.initializer.append(numpy_helper.from_array(others, f"{name}/axes"))
        for kind in ("ReduceMin", "ReduceMax"):
            output = f"{name}/{kind}"
            made.node.append(helper.make_node(kind, [source, f"{name}/axes"], [output], keepdims=0))
            made.output.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, [one.channels]))


def _open(graph: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.log_severity_level = 3  # errors only: warnings speak of graph internals
    try:
        return ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ArtifactError(f"the graph cannot be calibrated ({str(error).splitlines()[0]})") from error


def _seen(session: ort.InferenceSession, names: Sequence[str], batches: Iterable[Arrays]) -> dict[str, Range]:
    found: dict[str, Range] = {}
    inputs = [given.name for given in session.get_inputs()]
    for batch in batches:
        extremes = session.run(None, {name: batch[name] for name in inputs})
        for name, low, high in zip(names, extremes[::2], extremes[1::2], strict=True):
            seen = Range(low, high)
            found[name] = found[name].joined(seen) if name in found else seen
    return found
