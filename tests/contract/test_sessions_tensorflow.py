"""TensorFlow and LiteRT on graphs that were converted here, held to the contract of all runtimes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

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
