"""ONNX Runtime on the CPU."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.sessions.seam import Arrays, Execution

__all__ = ["OnnxSession"]


class OnnxSession:
    """See `sessions.seam.Session`."""

    def __init__(self, graph: Path, how: Execution) -> None:
        """Open an `.onnx` graph. Raises ArtifactError when it cannot be loaded."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = how.threads
        options.log_severity_level = 3  # errors only: warnings speak of graph internals
        try:
            self._session = ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ArtifactError(
                f"the graph {graph} cannot be loaded ({str(error).splitlines()[0]}): build the model anew"
            ) from error
        self._inputs = tuple(found.name for found in self._session.get_inputs())

    @property
    def inputs(self) -> tuple[str, ...]:
        """See `sessions.seam.Session`."""
        return self._inputs

    def run(self, inputs: Arrays) -> npt.NDArray[np.float32]:
        """See `sessions.seam.Session`."""
        output: npt.NDArray[np.float32] = self._session.run(None, {name: inputs[name] for name in self._inputs})[0]
        return output

    def run_all(self, batches: Sequence[Arrays]) -> list[npt.NDArray[np.float32]]:
        """See `sessions.seam.Session`."""
        return [self.run(batch) for batch in batches]
