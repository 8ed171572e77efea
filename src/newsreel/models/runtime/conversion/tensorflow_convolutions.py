"""ONNX convolutions and pools in TensorFlow. Imports tensorflow.

They are over channels last, as TensorFlow's CPU kernels are, between two transpositions; where two of these meet the
compiler takes both away. What moves over three axes but sees along some of them only is computed over two: LiteRT has
no pool over three, and neither runtime has a fast convolution over them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from newsreel.models.runtime.conversion.tensorflow_nodes import Node, Value
from newsreel.models.runtime.sessions.tensorflow import load_tensorflow

__all__ = ["average_pool", "conv"]

tf = load_tensorflow()


@dataclass(frozen=True, slots=True)
class _Reach:
    """What of an axis a convolution or a pool sees at once, and how it moves along it."""

    length: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    """Zeros in front of the axis, and behind it."""
    after: int = 0

    @property
    def still(self) -> bool:
        """Each place is seen alone."""
        return self == _STILL

    @property
    def same(self) -> bool:
        """The axis stays as long as it is, in the way that TensorFlow pads for that."""
        return self.stride == 1 and self.before == self.after == self.dilation * (self.length - 1) / 2

    @classmethod
    def of(cls, node: Node, kernel: Sequence[int]) -> list[Self]:
        """Of each axis."""
        ones, none = [1] * len(kernel), [0] * len(kernel)
        pads = node.attribute("pads", none + none)
        strides, dilations = node.attribute("strides", ones), node.attribute("dilations", ones)
        each = zip(kernel, strides, dilations, pads[: len(kernel)], pads[len(kernel) :], strict=True)
        return [cls(*one) for one in each]


_STILL = _Reach(1)

_Compute = Callable[[Value, Sequence[_Reach]], Value]
"""Over channels last, by the reach along each axis between the first and the last."""


def conv(node: Node) -> Value:
    """`Conv`. Raises ArtifactError for groups."""
    if node.attribute("group", 1) != 1:
        raise node.refused("it has groups")
    weights = node.inputs[1]
    kernel = tf.transpose(weights, [*range(2, weights.shape.rank), 1, 0])

    def compute(data: Value, over: Sequence[_Reach]) -> Value:
        same = all(one.same for one in over)
        convolution = tf.nn.conv2d if len(over) == 2 else tf.nn.convolution  # the other has copies made to dilate
        made = convolution(
            data if same else tf.pad(data, [(0, 0), *((one.before, one.after) for one in over), (0, 0)]),
            tf.reshape(kernel, [*(one.length for one in over), *kernel.shape[-2:]]),
            strides=[one.stride for one in over],
            padding="SAME" if same else "VALID",
            dilations=[one.dilation for one in over],
        )
        return tf.nn.bias_add(made, node.inputs[2]) if node.given(2) else made

    return _channels_first(_in_planes(_channels_last(node.inputs[0]), _Reach.of(node, weights.shape[2:]), compute))


def average_pool(node: Node) -> Value:
    """`AveragePool`. Raises ArtifactError for padding."""
    if any(node.attribute("pads", [0])) or node.attribute("ceil_mode", 0):
        raise node.refused("it reaches over the edge")

    def compute(data: Value, over: Sequence[_Reach]) -> Value:
        return tf.nn.avg_pool(data, [one.length for one in over], [one.stride for one in over], "VALID")

    reaches = _Reach.of(node, node.attributes["kernel_shape"])
    return _channels_first(_in_planes(_channels_last(node.inputs[0]), reaches, compute))


def _in_planes(data: Value, reaches: Sequence[_Reach], compute: _Compute) -> Value:
    """Of three axes, those that are looked along: time alone, or rows and columns alone."""
    lengths = _lengths(data)
    if len(reaches) == 3 and reaches[0].still:
        pictures = compute(tf.reshape(data, [-1, *lengths[2:]]), reaches[1:])
        return tf.reshape(pictures, [-1, lengths[1], *_lengths(pictures)[1:]])
    if len(reaches) == 3 and reaches[1].still and reaches[2].still:
        places = compute(tf.reshape(data, [-1, lengths[1], lengths[2] * lengths[3], lengths[4]]), [reaches[0], _STILL])
        return tf.reshape(places, [-1, _lengths(places)[1], *lengths[2:4], places.shape[-1]])
    return compute(data, reaches)


def _lengths(data: Value) -> list[Value]:
    """Numbers where they are known before the graph runs."""
    return [tf.shape(data)[axis] if known is None else known for axis, known in enumerate(data.shape)]


def _channels_last(data: Value) -> Value:
    return tf.transpose(data, [0, *range(2, data.shape.rank), 1])


def _channels_first(data: Value) -> Value:
    return tf.transpose(data, [0, data.shape.rank - 1, *range(1, data.shape.rank - 1)])
