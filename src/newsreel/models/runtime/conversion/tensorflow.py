"""From an ONNX graph to TensorFlow: a SavedModel that XLA compiles, or a LiteRT file. Only building imports this.

Written here because the kept converters pin other versions of numpy, protobuf and tensorflow than ours. It knows the
operators of encoders and of TransNetV2 in float32 (`tensorflow_operators`); quantised graphs it refuses by name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.conversion.tensorflow_nodes import Node
from newsreel.models.runtime.conversion.tensorflow_operators import OPERATORS
from newsreel.models.runtime.sessions.streams import last_line
from newsreel.models.runtime.sessions.tensorflow import SIGNATURE, load_tensorflow

__all__ = ["export_litert", "export_saved_model"]

tf = load_tensorflow()

_CONSTANT_SIZE = 64
"""Up to so many numbers are part of the graph, where shapes and axes are looked up; more are a variable."""

_INTEGERS = frozenset({"DequantizeLinear", "QuantizeLinear", "DynamicQuantizeLinear", "MatMulInteger"})
"""What quantised graphs are known by."""

_ALIEN = re.compile(r"'tf\.(\w+)' op is neither a custom op nor a flex op")
"""How the LiteRT converter names an operator that LiteRT does not have."""


def export_saved_model(graph: Path, folder: Path) -> None:
    """Write an fp32 `.onnx` graph as a SavedModel, in `folder`. Raises ArtifactError, naming what it cannot convert.

    Its signature is compiled by XLA when it first meets a shape, and for each shape anew.
    """
    module = _Translated(_read(graph))
    tf.saved_model.save(module, str(folder), signatures={SIGNATURE: module.function(compiled=True)})


def export_litert(graph: Path, file: Path) -> None:
    """Write an fp32 `.onnx` graph as a `.tflite` file. Raises ArtifactError, naming what it cannot convert."""
    module = _Translated(_read(graph))
    function = module.function(compiled=False).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], module)
    try:
        made = converter.convert()
    except Exception as error:  # the class that it raises is not public
        alien = ", ".join(sorted(set(_ALIEN.findall(str(error)))))
        why = f"LiteRT has no {alien}: take another runtime" if alien else last_line(error)
        raise _refused(graph, why) from error
    file.write_bytes(made)


class _Translated(tf.Module):  # type: ignore[name-defined, misc]  # it has no types
    """A graph's nodes, computed by TensorFlow's operators in their order."""

    def __init__(self, model: onnx.ModelProto) -> None:
        super().__init__()
        self._graph = model.graph
        found = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        self._constants = {name: array for name, array in found.items() if array.size <= _CONSTANT_SIZE}
        self.weights = {
            name: tf.Variable(array, trainable=False) for name, array in found.items() if array.size > _CONSTANT_SIZE
        }

    def function(self, *, compiled: bool) -> Any:
        """A `tf.function` of the graph's inputs by name, which gives its outputs by name."""

        def run(*inputs: Any) -> dict[str, Any]:
            return self._run(inputs)

        specs = [_spec(value) for value in self._graph.input]
        return tf.function(run, input_signature=specs, jit_compile=compiled, autograph=False)

    def _run(self, inputs: Sequence[Any]) -> dict[str, Any]:
        values: dict[str, Any] = {name: tf.constant(array) for name, array in self._constants.items()} | self.weights
        values |= {value.name: given for value, given in zip(self._graph.input, inputs, strict=True)}
        for node in self._graph.node:
            read = Node(
                node.op_type,
                node.name,
                {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute},
                [values[name] if name else None for name in node.input],
                [self._constants.get(name) for name in node.input],
            )
            values[node.output[0]] = OPERATORS[node.op_type](read)
        return {value.name: values[value.name] for value in self._graph.output}


def _read(graph: Path) -> onnx.ModelProto:
    try:
        model = onnx.load(graph)
    except Exception as error:
        raise ArtifactError(f"the graph {graph} cannot be loaded: build the model anew") from error
    unknown = {node.op_type for node in model.graph.node if node.op_type not in OPERATORS or len(node.output) > 1}
    if unknown:
        remedy = ": give it the model's fp32 graph" if unknown & _INTEGERS else ""
        raise _refused(graph, f"there is no translation of {', '.join(sorted(unknown))}{remedy}")
    return model


def _refused(graph: Path, why: str) -> ArtifactError:
    return ArtifactError(f"the graph {graph} cannot be converted to TensorFlow: {why}")


def _spec(value: onnx.ValueInfoProto) -> Any:
    kind = value.type.tensor_type
    shape = [axis.dim_value if axis.HasField("dim_value") else None for axis in kind.shape.dim]
    return tf.TensorSpec(shape, np.dtype(onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type)), value.name)
