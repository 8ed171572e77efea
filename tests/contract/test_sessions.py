"""Every runtime but TensorFlow's (which have a file of their own), held to one contract."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.sessions import Execution, Session, available, open_session
from newsreel.testing.contracts import GraphFileContract, SessionContract, token_batch

ONE = Execution(threads=1)
TWO = Execution(threads=2, streams=2)


def needs(runtime: str) -> pytest.MarkDecorator:
    missing = available(runtime)
    return pytest.mark.skipif(missing is not None, reason=str(missing))


def cuda_of(runtime: str) -> str | None:
    """None where a runtime has a GPU to run on, else why not."""
    if runtime == "onnxruntime":
        import onnxruntime as ort

        return None if "CUDAExecutionProvider" in ort.get_available_providers() else "this onnxruntime has no CUDA"
    torch = pytest.importorskip("torch", reason="needs the build extra")
    return None if torch.cuda.is_available() else "torch sees no GPU"


class TestOnnx(SessionContract, GraphFileContract):
    @pytest.fixture(scope="class", params=[ONE, TWO], ids=["one stream", "two streams"])
    @classmethod
    def session(cls, request: pytest.FixtureRequest, onnx_graph: Path) -> Session:
        return open_session("onnxruntime", onnx_graph, request.param)

    @pytest.fixture
    def graph(self, onnx_graph: Path) -> Path:
        return onnx_graph

    @pytest.fixture
    def opening(self) -> Callable[[Path], Session]:
        return partial(open_session, "onnxruntime", how=ONE)


@needs("openvino")
class TestOpenVino(SessionContract, GraphFileContract):
    @pytest.fixture(scope="class", params=[ONE, TWO], ids=["one stream", "two streams"])
    @classmethod
    def session(cls, request: pytest.FixtureRequest, onnx_graph: Path) -> Session:
        return open_session("openvino", onnx_graph, request.param)

    @pytest.fixture
    def graph(self, onnx_graph: Path) -> Path:
        return onnx_graph

    @pytest.fixture
    def opening(self) -> Callable[[Path], Session]:
        return partial(open_session, "openvino", how=ONE)


@pytest.fixture(scope="session")
def module(tiny: Any) -> Callable[[], Any]:
    """Makes the encoder's module anew: a session takes it over."""
    from newsreel.models.runtime.conversion.encoder import load_encoder

    return lambda: load_encoder(tiny)


@needs("torch")
class TestTorch(SessionContract):
    @pytest.fixture(scope="class", params=[ONE, TWO], ids=["one stream", "two streams"])
    @classmethod
    def session(cls, request: pytest.FixtureRequest, module: Callable[[], Any]) -> Session:
        return open_session("torch", module(), request.param)


@needs("torch")
class TestTorchBfloat16(SessionContract):
    tolerance = 0.02

    @pytest.fixture(scope="class")
    @classmethod
    def session(cls, module: Callable[[], Any]) -> Session:
        return open_session("torch", module(), Execution(threads=1, dtype="bfloat16"))


@needs("torch-compile")
class TestTorchCompile(SessionContract):
    shapes = ((3, 6), (2, SessionContract.max_tokens))  # a length of 1 is compiled for itself: seconds

    @pytest.fixture(scope="class")
    @classmethod
    def session(cls, module: Callable[[], Any]) -> Session:
        opened = open_session("torch-compile", module(), ONE)
        try:
            opened.run(token_batch(3, 6))
        except ArtifactError as error:
            pytest.skip(str(error))
        return opened


@needs("torchscript")
class TestTorchScript(SessionContract, GraphFileContract):
    @pytest.fixture(scope="class")
    @classmethod
    def graph(cls, module: Callable[[], Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
        import torch

        from newsreel.models.runtime.conversion.torchscript import export_torchscript

        graph = tmp_path_factory.mktemp("torchscript") / "model.pt"
        export_torchscript(module(), [torch.from_numpy(array) for array in token_batch(2, 9).values()], graph)
        return graph

    @pytest.fixture
    def opening(self) -> Callable[[Path], Session]:
        return partial(open_session, "torchscript", how=ONE)

    @pytest.fixture(scope="class")
    @classmethod
    def session(cls, graph: Path) -> Session:
        return open_session("torchscript", graph, TWO)


class TestOnnxOnCuda(SessionContract):
    tolerance = 1e-3  # tensor cores multiply in TF32

    @pytest.fixture(scope="class")
    @classmethod
    def session(cls, onnx_graph: Path) -> Session:
        missing = cuda_of("onnxruntime")
        if missing:
            pytest.skip(missing)
        return open_session("onnxruntime", onnx_graph, Execution(device="cuda"))


class TestTorchOnCuda(SessionContract):
    tolerance = 0.02

    @pytest.fixture(scope="class", params=["float32", "float16", "bfloat16"])
    @classmethod
    def session(cls, request: pytest.FixtureRequest, module: Callable[[], Any]) -> Session:
        missing = cuda_of("torch")
        if missing:
            pytest.skip(missing)
        return open_session("torch", module(), Execution(device="cuda", dtype=request.param))
