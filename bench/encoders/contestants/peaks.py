"""No contestant: the most this machine can do, by large matrix products in several engines.

A "text" here is an engine's name; encoding it is one product of two 2048 x 2048 matrices on all cores.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from bench.encoders.contestants._child import Given, Loaded, serve

__all__ = ["BETWEEN", "SIDE"]

SIDE = 2048
BETWEEN = ", "
"""Between the names of the engines that are here, in what it says about itself."""


def load(_given: Given) -> Loaded:
    draw = np.random.default_rng(0)
    engines: dict[str, Callable[[], object]] = {}
    for make in (_torch, _onnxruntime, _openvino):
        engines |= make(draw)
    for multiply in engines.values():
        multiply()

    def run(names: list[str], _batch: int | None) -> object:
        return [engines[name]() for name in names]

    return Loaded(run, BETWEEN.join(engines))


def _torch(draw: np.random.Generator) -> dict[str, Callable[[], object]]:
    import torch

    a, b = (torch.from_numpy(draw.random((SIDE, SIDE), np.float32)) for _ in range(2))
    return {"fp32 torch": lambda: a @ b}


def _onnxruntime(draw: np.random.Generator) -> dict[str, Callable[[], object]]:
    import onnxruntime
    from onnx import TensorProto

    a, b = (draw.random((SIDE, SIDE), np.float32) for _ in range(2))
    a8 = draw.integers(0, 256, (SIDE, SIDE), np.uint8)
    b8 = draw.integers(-127, 128, (SIDE, SIDE), np.int8)
    real = onnxruntime.InferenceSession(_graph("MatMul", b, TensorProto.FLOAT, TensorProto.FLOAT))
    whole = onnxruntime.InferenceSession(_graph("MatMulInteger", b8, TensorProto.UINT8, TensorProto.INT32))
    return {
        "fp32 onnxruntime": lambda: real.run(None, {"a": a}),
        "int8 onnxruntime": lambda: whole.run(None, {"a": a8}),
    }


def _graph(product: str, b: np.ndarray, element: int, result: int) -> bytes:
    """`a` times a constant, as ONNX."""
    from onnx import helper, numpy_helper

    graph = helper.make_graph(
        [helper.make_node(product, ["a", "b"], ["c"])],
        product,
        [helper.make_tensor_value_info("a", element, [SIDE, SIDE])],
        [helper.make_tensor_value_info("c", result, [SIDE, SIDE])],
        [numpy_helper.from_array(b, "b")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    return bytes(model.SerializeToString())


def _openvino(draw: np.random.Generator) -> dict[str, Callable[[], object]]:
    try:
        import openvino
        from openvino import opset13 as ops
    except ImportError:  # an extra of ours: the other engines stand for the machine then
        return {}
    a = draw.random((SIDE, SIDE), np.float32)
    real = ops.parameter([SIDE, SIDE], np.float32, name="a")
    b = ops.constant(draw.random((SIDE, SIDE), np.float32))
    low, high = ops.constant(np.float32(0)), ops.constant(np.float32(1))
    quantised = ops.fake_quantize(real, low, high, low, high, 256)
    b8 = ops.constant(draw.integers(-127, 128, (SIDE, SIDE), np.int8))
    whole = ops.multiply(ops.convert(b8, "f32"), ops.constant(np.full((1, SIDE), 0.01, np.float32)))
    found: dict[str, Callable[[], object]] = {}
    for name, node in (
        ("fp32 openvino", ops.matmul(real, b, False, True)),
        ("int8 openvino", ops.matmul(quantised, ops.transpose(whole, [1, 0]), False, False)),
    ):
        compiled = openvino.Core().compile_model(openvino.Model([node], [real], name), "CPU")
        found[name] = partial(compiled.create_infer_request().infer, [a], share_inputs=True, share_outputs=True)
    return found


if __name__ == "__main__":
    serve(load)
