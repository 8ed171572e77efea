"""A tiny encoder in every form that a runtime opens, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.encoder_builders import tiny_folder

from newsreel.models.runtime.sessions import Arrays, Output


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A sentence embedder with random weights, as read from its published folder; of one layer, as each is compiled."""
    reading = pytest.importorskip("newsreel.models.runtime.conversion.pretrained", reason="needs the build extra")
    folder = tiny_folder(tmp_path_factory.mktemp("tiny") / "bert", "bert", "embed", layers=1)
    return reading.read_pretrained(folder, "embed")


@pytest.fixture(scope="session")
def reference(tiny: Any) -> Callable[[Arrays], Output]:
    """The network itself, without a session."""
    torch = pytest.importorskip("torch", reason="needs the build extra")
    from newsreel.models.runtime.conversion.encoder import load_encoder

    module = load_encoder(tiny)

    def run(batch: Arrays) -> Output:
        with torch.no_grad():
            output: Output = module(*(torch.from_numpy(np.asarray(array)) for array in batch.values())).numpy()
        return output

    return run


@pytest.fixture(scope="session")
def onnx_graph(tiny: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The encoder as an ONNX graph."""
    from newsreel.models.runtime.conversion.export import export_encoder

    graph = tmp_path_factory.mktemp("onnx") / "model.onnx"
    export_encoder(tiny, graph)
    return graph
