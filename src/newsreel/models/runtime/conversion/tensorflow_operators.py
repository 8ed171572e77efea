"""ONNX operators in TensorFlow: those that our graphs are made of. Imports tensorflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from newsreel.models.runtime.conversion.tensorflow_convolutions import average_pool, conv
from newsreel.models.runtime.conversion.tensorflow_nodes import Node, Value
from newsreel.models.runtime.sessions.tensorflow import load_tensorflow

__all__ = ["OPERATORS"]

tf = load_tensorflow()

_BEYOND = 2**31 - 1
"""ONNX writes "to the end" as a larger number than any axis is long."""

_TYPES = {1: tf.float32, 2: tf.uint8, 6: tf.int32, 7: tf.int64, 9: tf.bool}
"""By ONNX's numbers."""


def _reshape(node: Node) -> Value:
    data, shape = node.inputs
    known = node.constants[1]
    if known is not None and 0 in known:  # ONNX: as long as it was
        was = tf.shape(data, tf.int64)
        shape = tf.stack([was[axis] if length == 0 else tf.constant(length) for axis, length in enumerate(known)])
    return tf.reshape(data, shape)


def _slice(node: Node) -> Value:
    data = node.inputs[0]
    starts, ends = (_ends(node, number) for number in (1, 2))
    axes = node.constant(3) if node.given(3) else range(len(starts))
    steps = node.constant(4) if node.given(4) else [1] * len(starts)
    parts = [slice(None)] * data.shape.rank
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        parts[axis] = slice(start, end, step)
    return data[tuple(parts)]


def _ends(node: Node, number: int) -> list[Value]:
    if node.constants[number] is not None:
        return [None if n >= _BEYOND else n for n in node.constant(number)]
    ends: list[Value] = tf.unstack(tf.cast(node.inputs[number], tf.int32), num=len(node.constant(3)))
    return ends


def _gather(node: Node) -> Value:
    data, indices = node.inputs
    known, axis = node.constants[1], node.attribute("axis", 0)
    if known is not None and known.min() < 0:  # ONNX: counted from the end
        indices = tf.where(indices < 0, indices + tf.shape(data, tf.int64)[axis], indices)
    return tf.gather(data, indices, axis=axis)


def _scatter_elements(node: Node) -> Value:
    data, indices, updates = node.inputs
    if node.attribute("reduction", b"none") != b"add" or node.attribute("axis", 0) not in (1, -1):
        raise node.refused("only sums along the last of two axes are")
    rows = tf.broadcast_to(tf.range(tf.shape(indices, tf.int64)[0])[:, None], tf.shape(indices))
    return data + tf.scatter_nd(tf.stack([rows, indices], -1), updates, tf.shape(data, tf.int64))


def _expand(node: Node) -> Value:
    data, shape = node.inputs
    return tf.broadcast_to(data, tf.broadcast_dynamic_shape(tf.shape(data, tf.int64), shape))


def _pad(node: Node) -> Value:
    if node.attribute("mode", b"constant") != b"constant":
        raise node.refused(f"it pads by {node.attributes['mode'].decode()}")
    widths = tf.transpose(tf.reshape(node.inputs[1], (2, -1)))
    return tf.pad(node.inputs[0], widths, constant_values=node.inputs[2] if node.given(2) else 0)


def _squeeze(node: Node) -> Value:
    return tf.squeeze(node.inputs[0], node.constant(1) if node.given(1) else None)


def _unsqueeze(node: Node) -> Value:
    made = node.inputs[0]
    rank = made.shape.rank + len(node.constant(1))
    for axis in sorted(axis % rank for axis in node.constant(1)):
        made = tf.expand_dims(made, axis)
    return made


def _matmul(node: Node) -> Value:
    left, right = node.inputs
    return tf.tensordot(left, right, 1) if right.shape.rank == 2 else tf.matmul(left, right)


def _gemm(node: Node) -> Value:
    left, right = node.inputs[:2]
    product = tf.matmul(
        left, right, transpose_a=bool(node.attribute("transA", 0)), transpose_b=bool(node.attribute("transB", 0))
    )
    product = node.attribute("alpha", 1.0) * product
    return product + node.attribute("beta", 1.0) * node.inputs[2] if node.given(2) else product


def _layer_normalization(node: Node) -> Value:
    data, scale = node.inputs[:2]
    if node.attribute("axis", -1) not in (-1, data.shape.rank - 1):
        raise node.refused("it normalises more than the last axis")
    mean = tf.reduce_mean(data, -1, keepdims=True)
    variance = tf.reduce_mean(tf.math.squared_difference(data, mean), -1, keepdims=True)
    made = (data - mean) * tf.math.rsqrt(variance + node.attribute("epsilon", 1e-5)) * scale
    return made + node.inputs[2] if node.given(2) else made


def _reduced(by: Callable[..., Value]) -> Callable[[Node], Value]:
    def reduce(node: Node) -> Value:
        axes = node.constant(1) if node.given(1) else node.attribute("axes", None)
        return by(node.inputs[0], axis=axes, keepdims=bool(node.attribute("keepdims", 1)))

    return reduce


def _clip(node: Node) -> Value:
    made = node.inputs[0]
    if node.given(1):
        made = tf.maximum(made, node.inputs[1])
    return tf.minimum(made, node.inputs[2]) if node.given(2) else made


def _erf(node: Node) -> Value:
    """Abramowitz and Stegun's 7.1.26, within 1.5e-7: LiteRT has no such operator."""
    data = node.inputs[0]
    t = 1 / (1 + 0.3275911 * tf.abs(data))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return tf.sign(data) * (1 - series * tf.exp(-data * data))


def _gelu(node: Node) -> Value:
    return tf.nn.gelu(node.inputs[0], approximate=node.attribute("approximate", b"none") == b"tanh")


def _plain(by: Callable[..., Value]) -> Callable[[Node], Value]:
    return lambda node: by(*node.inputs)


OPERATORS: Mapping[str, Callable[[Node], Value]] = {
    "Add": _plain(tf.add),
    "AveragePool": average_pool,
    "Cast": lambda node: tf.cast(node.inputs[0], _TYPES[node.attributes["to"]]),
    "Clip": _clip,
    "Concat": lambda node: tf.concat(node.inputs, node.attributes["axis"]),
    "Conv": conv,
    "Div": lambda node: node.inputs[0] / node.inputs[1],
    "Erf": _erf,
    "Expand": _expand,
    "Floor": _plain(tf.floor),
    "Gather": _gather,
    "Gelu": _gelu,
    "Gemm": _gemm,
    "LayerNormalization": _layer_normalization,
    "MatMul": _matmul,
    "Max": lambda node: tf.maximum(*node.inputs) if len(node.inputs) == 2 else tf.reduce_max(tf.stack(node.inputs), 0),
    "Mul": _plain(tf.multiply),
    "Pad": _pad,
    "Range": _plain(tf.range),
    "ReduceL2": _reduced(lambda data, **over: tf.sqrt(tf.reduce_sum(data * data, **over))),
    "ReduceMean": _reduced(tf.reduce_mean),
    "ReduceSum": _reduced(tf.reduce_sum),
    "Relu": _plain(tf.nn.relu),
    "Reshape": _reshape,
    "ScatterElements": _scatter_elements,
    "Shape": lambda node: tf.shape(node.inputs[0], tf.int64)[node.attribute("start", 0) : node.attribute("end", None)],
    "Sigmoid": _plain(tf.sigmoid),
    "Slice": _slice,
    "Softmax": lambda node: tf.nn.softmax(node.inputs[0], node.attribute("axis", -1)),
    "Squeeze": _squeeze,
    "Sub": _plain(tf.subtract),
    "Tanh": _plain(tf.tanh),
    "Transpose": lambda node: tf.transpose(node.inputs[0], node.attributes["perm"]),
    "Unsqueeze": _unsqueeze,
}
