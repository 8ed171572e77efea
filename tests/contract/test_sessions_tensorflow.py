"""TensorFlow and LiteRT: what is translated for them, and graphs that were, held to the contract of all runtimes.

In one file, so that TensorFlow is imported once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.shot_builders import PICTURE, shot_graph

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.sessions import Execution, Session, available, open_session
from newsreel.testing.contracts import GraphFileContract, SessionContract

pytestmark = [
    pytest.mark.skipif(available("tensorflow") is not None, reason=str(available("tensorflow"))),
    pytest.mark.skipif(available("litert") is not None, reason=str(available("litert"))),
]


@pytest.fixture(scope="module")
def conversion() -> Any:
    """The converter, imported once."""
    return pytest.importorskip("newsreel.models.runtime.conversion.tensorflow", reason="needs the build extra")


class TestSavedModel(SessionContract, GraphFileContract):
    shapes = ((3, 6), (1, 1))  # XLA compiles each: seconds

    @pytest.fixture(scope="class")
    @classmethod
    def graph(cls, conversion: Any, onnx_graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder = tmp_path_factory.mktemp("tensorflow") / "savedmodel"
        conversion.export_saved_model(onnx_graph, folder)
        return folder

    @pytest.fixture
    def opening(self) -> Callable[[Path], Session]:
        return partial(open_session, "tensorflow", how=Execution())

    @pytest.fixture(scope="class")
    @classmethod
    def session(cls, graph: Path) -> Session:
        return open_session("tensorflow", graph, Execution())

    def test_it_is_compiled_by_xla(self, graph: Path) -> None:
        import tensorflow as tf

        functions = tf.saved_model.load(str(graph)).signatures["serving_default"].graph.as_graph_def().library.function
        assert any(function.attr["_XlaMustCompile"].b for function in functions)

    def test_it_runs_where_and_as_wide_as_it_can(self, graph: Path, session: Session) -> None:
        with pytest.raises(UsageError, match=r"SavedModel is run on the CPU in float32 here, not on cuda"):
            open_session("tensorflow", graph, Execution(device="cuda"))
        with pytest.raises(UsageError, match=r"cannot change to 61: open it in another process"):
            open_session("tensorflow", graph, Execution(threads=61))


class TestLiteRt(SessionContract, GraphFileContract):
    @pytest.fixture(scope="class")
    @classmethod
    def graph(cls, conversion: Any, onnx_graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        file = tmp_path_factory.mktemp("litert") / "model.tflite"
        conversion.export_litert(onnx_graph, file)
        return file

    @pytest.fixture
    def opening(self) -> Callable[[Path], Session]:
        return partial(open_session, "litert", how=Execution(threads=1))

    @pytest.fixture(scope="class")
    @classmethod
    def session(cls, graph: Path) -> Session:
        return open_session("litert", graph, Execution(threads=2, streams=2))


ONNX = pytest.importorskip("onnx", reason="needs the build extra")
DRAW = np.random.default_rng(5)


def floats(*shape: int) -> np.ndarray:
    return DRAW.standard_normal(shape).astype(np.float32)


def whole(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


_PICTURES = floats(2, 3, 8, 10)
_FILM = floats(2, 2, 6, 5, 7)
_SAME = {"pads": [2, 1, 2, 1], "dilations": [2, 1]}
_UNEVEN = {"pads": [0, 1, 2, 0], "strides": [2, 3]}
OPERATORS: list[tuple[str, list[np.ndarray | None], dict[str, Any]]] = [
    ("AveragePool", [_PICTURES], {"kernel_shape": [2, 2], "strides": [2, 2]}),
    ("AveragePool", [_FILM], {"kernel_shape": [1, 2, 2], "strides": [1, 2, 2]}),
    ("AveragePool", [_FILM], {"kernel_shape": [2, 1, 1]}),
    ("AveragePool", [_FILM], {"kernel_shape": [2, 2, 3], "strides": [1, 2, 2]}),
    ("Cast", [floats(3) * 9], {"to": 7}),
    ("Clip", [floats(9), np.float32(-0.5), np.float32(0.5)], {}),
    ("Clip", [floats(9), None, np.float32(0.1)], {}),
    ("Concat", [floats(2, 3), floats(2, 1)], {"axis": 1}),
    ("Conv", [_PICTURES, floats(4, 3, 3, 3), floats(4)], _SAME),
    ("Conv", [_PICTURES, floats(4, 3, 3, 3)], _UNEVEN),
    ("Conv", [floats(1, 2, 6, 5, 7), floats(3, 2, 3, 1, 3)], {"pads": [1, 0, 1, 1, 0, 1]}),
    ("Conv", [_FILM, floats(3, 2, 1, 3, 3), floats(3)], {"pads": [0, 1, 1, 0, 1, 1]}),
    ("Conv", [_FILM, floats(3, 2, 1, 2, 3)], {"pads": [0, 0, 1, 0, 0, 1], "strides": [1, 2, 1]}),
    ("Conv", [_FILM, floats(3, 2, 3, 1, 1), floats(3)], {"pads": [4, 0, 0, 4, 0, 0], "dilations": [4, 1, 1]}),
    ("Conv", [_FILM, floats(3, 2, 3, 1, 1)], {"pads": [2, 0, 0, 0, 0, 0], "dilations": [2, 1, 1]}),
    ("Conv", [_FILM, floats(3, 2, 1, 1, 1)], {"strides": [2, 1, 2]}),
    ("Div", [floats(4, 3), floats(3)], {}),
    ("Erf", [np.linspace(-4, 4, 401).astype(np.float32)], {}),
    ("Expand", [floats(3, 1), whole(2, 1, 4)], {}),
    ("Gather", [floats(5, 4), whole(0, -1, 2)], {}),
    ("Gather", [floats(5, 4), np.array(-2)], {"axis": 1}),
    ("Gelu", [floats(20)], {}),
    ("Gelu", [floats(20)], {"approximate": "tanh"}),
    ("Gemm", [floats(3, 2), floats(4, 3), floats(4)], {"transA": 1, "transB": 1, "alpha": 0.5, "beta": 2.0}),
    ("LayerNormalization", [floats(3, 8), floats(8), floats(8)], {"epsilon": 1e-2}),
    ("MatMul", [floats(2, 3, 4), floats(4, 5)], {}),
    ("MatMul", [floats(2, 3, 4), floats(2, 4, 5)], {}),
    ("Max", [floats(4), floats(4), floats(4)], {}),
    ("Pad", [floats(2, 3), whole(0, 1, 2, 3)], {}),
    ("Pad", [floats(2, 3), whole(1, 0, 0, 0), np.float32(7)], {}),
    ("Range", [np.array(1), np.array(9), np.array(2)], {}),
    ("ReduceL2", [floats(3, 4), whole(-1)], {}),
    ("ReduceMean", [floats(3, 4), whole(0)], {"keepdims": 0}),
    ("ReduceSum", [floats(3, 4)], {}),
    ("Reshape", [floats(2, 3, 4), whole(0, -1)], {}),
    (
        "ScatterElements",
        [floats(2, 4), np.array([[1, 1, 3], [0, 2, 2]]), floats(2, 3)],
        {"axis": 1, "reduction": "add"},
    ),
    ("Shape", [floats(2, 3, 4)], {"start": 1, "end": -1}),
    ("Slice", [floats(6, 7), whole(1, -3), whole(-1, 2**62)], {}),
    ("Slice", [floats(6, 7), whole(-1), whole(-(2**62)), whole(1), whole(-2)], {}),
    ("Softmax", [floats(3, 4)], {"axis": 0}),
    ("Squeeze", [floats(1, 3, 1)], {}),
    ("Squeeze", [floats(1, 3, 1), whole(-1)], {}),
    ("Unsqueeze", [floats(3, 4), whole(-1, 0)], {}),
    ("Transpose", [floats(2, 3, 4)], {"perm": [2, 0, 1]}),
]


@pytest.mark.parametrize(
    ("kind", "inputs", "attributes"), OPERATORS, ids=[f"{n}-{o[0]}" for n, o in enumerate(OPERATORS)]
)
def test_an_operator_does_what_onnxruntimes_does(
    conversion: Any, kind: str, inputs: list[np.ndarray | None], attributes: dict[str, Any]
) -> None:
    import tensorflow as tf

    from newsreel.models.runtime.conversion.tensorflow_nodes import Node
    from newsreel.models.runtime.conversion.tensorflow_operators import OPERATORS

    names = ["" if array is None else f"i{n}" for n, array in enumerate(inputs)]
    node = ONNX.helper.make_node(kind, names, ["o"], **attributes)
    expected = _by_onnxruntime(node, dict(zip(names, inputs, strict=True)))
    read = {one.name: ONNX.helper.get_attribute_value(one) for one in node.attribute}
    tensors = [None if array is None else tf.constant(array) for array in inputs]
    found = OPERATORS[kind](Node(kind, "node", read, tensors, inputs)).numpy()
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=2e-6, rtol=1e-5)


def _by_onnxruntime(node: Any, inputs: dict[str, np.ndarray]) -> np.ndarray:
    import onnxruntime as ort

    tensors = [ONNX.numpy_helper.from_array(array, name) for name, array in inputs.items() if name]
    kind = {"Cast": 7, "Range": 7, "Shape": 7}.get(node.op_type, 1)
    output = ONNX.helper.make_tensor_value_info("o", kind, None)
    graph = ONNX.helper.make_graph([node], "one", [], [output], tensors)
    model = ONNX.helper.make_model(graph, opset_imports=[ONNX.helper.make_opsetid("", 20)], ir_version=10)
    made: np.ndarray = ort.InferenceSession(model.SerializeToString()).run(None, {})[0]
    return made


def _graph(path: Path, *nodes: Any, inputs: dict[str, list[int | str]], constants: dict[str, np.ndarray]) -> Path:
    read = [ONNX.helper.make_tensor_value_info(name, 1, shape) for name, shape in inputs.items()]
    tensors = [ONNX.numpy_helper.from_array(array, name) for name, array in constants.items()]
    output = ONNX.helper.make_tensor_value_info("o", 1, None)
    graph = ONNX.helper.make_graph(list(nodes), "g", read, [output], tensors)
    ONNX.save(ONNX.helper.make_model(graph, opset_imports=[ONNX.helper.make_opsetid("", 20)]), path)
    return path


def test_operators_without_a_translation_are_named(conversion: Any, tmp_path: Path) -> None:
    nodes = [ONNX.helper.make_node("Sinh", ["x"], ["s"]), ONNX.helper.make_node("Cosh", ["s"], ["o"])]
    graph = _graph(tmp_path / "g.onnx", *nodes, inputs={"x": ["n"]}, constants={})
    for export in (conversion.export_saved_model, conversion.export_litert):
        with pytest.raises(ArtifactError, match=r"g\.onnx cannot be converted .* no translation of Cosh, Sinh"):
            export(graph, tmp_path / "out")
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("node", "shape", "constants", "why"),
    [
        (("Conv", {"group": 2}), ["n", 2, 4, 4], {"w": np.ones((2, 1, 1, 1), np.float32)}, "it has groups"),
        (("Pad", {"mode": "reflect"}), ["n", 4], {"w": np.array([0, 1, 0, 1])}, "it pads by reflect"),
    ],
)
def test_what_of_an_operator_is_not_translated_is_told(
    conversion: Any, node: Any, shape: list[Any], constants: Any, why: str, tmp_path: Path
) -> None:
    kind, attributes = node
    made = ONNX.helper.make_node(kind, ["x", "w"], ["o"], name="here", **attributes)
    graph = _graph(tmp_path / "g.onnx", made, inputs={"x": shape}, constants=constants)
    with pytest.raises(ArtifactError, match=f"{kind} here cannot be converted to TensorFlow: {why}"):
        conversion.export_litert(graph, tmp_path / "out")


def test_what_is_no_graph_is_not_converted(conversion: Any, tmp_path: Path) -> None:
    (tmp_path / "g.onnx").write_bytes(b"no graph")
    with pytest.raises(ArtifactError, match=r"g\.onnx cannot be loaded: build the model anew"):
        conversion.export_litert(tmp_path / "g.onnx", tmp_path / "out")


def test_integers_are_refused_with_the_way_out(conversion: Any, tmp_path: Path) -> None:
    node = ONNX.helper.make_node("DequantizeLinear", ["x", "w"], ["o"])
    graph = _graph(tmp_path / "g.onnx", node, inputs={"x": ["n"]}, constants={"w": np.float32(1)})
    with pytest.raises(ArtifactError, match=r"no translation of DequantizeLinear: give it the model's fp32 graph"):
        conversion.export_litert(graph, tmp_path / "out")


def test_what_litert_has_no_operator_for_is_told(conversion: Any, tmp_path: Path) -> None:
    pool = ONNX.helper.make_node("AveragePool", ["x"], ["o"], kernel_shape=[2, 2, 2])
    graph = _graph(tmp_path / "g.onnx", pool, inputs={"x": [1, 1, 4, 4, 4]}, constants={})
    with pytest.raises(ArtifactError, match=r"g\.onnx .* LiteRT has no AvgPool3D: take another runtime"):
        conversion.export_litert(graph, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("runtime", "shapes"),
    [("tensorflow", [(2, 12)]), ("litert", [(2, 12), (1, 5)])],  # XLA compiles each: seconds
)
def test_film_is_looked_at_as_by_onnxruntime(
    conversion: Any, runtime: str, shapes: list[tuple[int, int]], tmp_path: Path
) -> None:
    graph, made = shot_graph(tmp_path / "g.onnx"), tmp_path / "made"
    (conversion.export_saved_model if runtime == "tensorflow" else conversion.export_litert)(graph, made)
    session, other = (open_session(name, one, Execution()) for name, one in ((runtime, made), ("onnxruntime", graph)))
    for shape in shapes:
        frames = {"frames": DRAW.integers(0, 255, (*shape, *PICTURE)).astype(np.uint8)}
        np.testing.assert_allclose(session.run(frames), other.run(frames), atol=1e-6)
