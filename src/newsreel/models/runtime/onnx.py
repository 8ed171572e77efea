"""ONNX Runtime on the CPU."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy.typing as npt
import onnxruntime as ort

from newsreel.core.errors import ArtifactError

__all__ = ["OnnxSession"]


class OnnxSession:
    """One graph, opened once; `run` may be called from several threads."""

    def __init__(self, graph: Path, *, threads: int) -> None:
        """Open a graph with this many threads (0: one a core). Raises ArtifactError when it cannot be loaded."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3  # errors only: warnings speak of graph internals
        try:
            self._session = ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ArtifactError(
                f"the graph {graph} cannot be loaded ({str(error).splitlines()[0]}): build the model anew"
            ) from error

    def run(self, inputs: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """The graph's first output."""
        output: npt.NDArray[Any] = self._session.run(None, dict(inputs))[0]
        return output
