"""ONNX Runtime, on the CPU and on CUDA."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime import cpu
from newsreel.models.runtime.sessions.seam import Arrays, Execution, Output
from newsreel.models.runtime.sessions.streams import Input, StreamSession, first_line

__all__ = ["OnnxSession", "open_graph", "options_for"]

_DTYPES = {
    "tensor(float)": np.float32,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(uint8)": np.uint8,
    "tensor(bool)": np.bool_,
}


class OnnxSession(StreamSession):
    """An `.onnx` graph; see `sessions.seam.Session`.

    Several streams are several sessions: on documents two of one thread each make 1.15 to 1.2 times what one of two
    threads does. Each holds the weights once more.
    """

    def __init__(self, graph: Path, how: Execution) -> None:
        """Open a graph. Raises ArtifactError when it cannot be loaded, UsageError for a device that is not there."""
        if how.dtype != "float32":
            raise UsageError(f"onnxruntime computes what the graph says, not in {how.dtype}: leave the type at float32")
        opened = [open_graph(graph, how, options_for(how)) for _ in range(how.streams)]
        super().__init__(graph.name, _inputs(opened[0]), [_Runner(session) for session in opened])


class _Runner:
    def __init__(self, session: ort.InferenceSession) -> None:
        self._session = session

    def __call__(self, inputs: Arrays) -> Output:
        output: Output = self._session.run(None, inputs)[0]
        return output


def open_graph(graph: Path, how: Execution, options: ort.SessionOptions) -> ort.InferenceSession:
    """ONNX Runtime's own session. Raises as `OnnxSession`."""
    providers = _providers(how)
    try:
        return ort.InferenceSession(str(graph), options, providers=providers)
    except Exception as error:
        raise ArtifactError(
            f"the graph {graph} cannot be loaded ({first_line(error)}): build the model anew"
        ) from error


def options_for(how: Execution) -> ort.SessionOptions:
    """What every session of ours is opened with."""
    options = ort.SessionOptions()
    # With one stream ONNX Runtime knows best which cores are whole ones; several must be told their share. So must a
    # process that is kept to some of the cores, which it does not look at.
    told = how.streams > 1 or cpu.describe().cores < (os.cpu_count() or 1)
    options.intra_op_num_threads = how.threads_a_stream if told else how.threads
    options.log_severity_level = 3  # errors only: warnings speak of graph internals
    return options


def _providers(how: Execution) -> Sequence[str]:
    """Where the operators run. Raises UsageError where this onnxruntime, or this machine, has no such place."""
    if how.device == "cpu":
        return ["CPUExecutionProvider"]
    if "CUDAExecutionProvider" not in ort.get_available_providers():
        raise UsageError("this onnxruntime has no CUDA: install onnxruntime-gpu in its place, or use the CPU")
    return ["CUDAExecutionProvider", "CPUExecutionProvider"]


def _inputs(session: ort.InferenceSession) -> dict[str, Input]:
    return {
        found.name: Input(
            np.dtype(_DTYPES[found.type]) if found.type in _DTYPES else None,
            tuple(n if isinstance(n, int) else None for n in found.shape),
        )
        for found in session.get_inputs()
    }
