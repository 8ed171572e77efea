"""OpenVINO on the CPU. It opens the same `.onnx` graphs as ONNX Runtime, quantised ones too."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime import cpu
from newsreel.models.runtime.sessions.seam import Arrays, Execution, Output
from newsreel.models.runtime.sessions.streams import Input, StreamSession, last_line

__all__ = ["OpenVinoSession", "compiled"]

_TELEMETRY = "openvino_telemetry"
_DTYPES = {"float32": "f32", "bfloat16": "bf16", "float16": "f16"}


class OpenVinoSession(StreamSession):
    """An `.onnx` graph; see `sessions.seam.Session`. All streams share one copy of the weights."""

    def __init__(self, graph: Path, how: Execution) -> None:
        """Open a graph. Raises ArtifactError when it cannot be loaded, UsageError for a device that is not there."""
        model = compiled(graph, how)
        super().__init__(
            graph.name, _inputs(model), [_Runner(model.create_infer_request()) for _ in range(how.streams)]
        )


class _Runner:
    def __init__(self, request: Any) -> None:
        self._request = request

    def __call__(self, inputs: Arrays) -> Output:
        # The request's memory is used again by its next run: what is returned is a copy of it.
        output: Output = self._request.infer(inputs, share_inputs=True, share_outputs=True)[0].copy()
        return output


def compiled(graph: Path, how: Execution, **settings: object) -> Any:
    """An OpenVINO `CompiledModel`. `settings` are OpenVINO's own, by name. Raises as `OpenVinoSession`."""
    if how.device != "cpu":
        raise UsageError(f"OpenVINO is used on the CPU alone here, not on {how.device}: take onnxruntime or torch")
    chosen = {
        "NUM_STREAMS": str(how.streams),
        "PERFORMANCE_HINT": "LATENCY" if how.streams == 1 else "THROUGHPUT",
        # Left to itself it computes in bfloat16 wherever the processor can: other vectors on other machines.
        "INFERENCE_PRECISION_HINT": _DTYPES[how.dtype],
        **settings,
    }
    if how.threads:
        chosen["INFERENCE_NUM_THREADS"] = str(how.threads)
    if 0 < how.threads < cpu.describe().cores:
        chosen["ENABLE_CPU_PINNING"] = "NO"  # or processes beside each other are all pinned to the first cores
    core = _core()
    try:
        return core.compile_model(core.read_model(str(graph)), "CPU", chosen)
    except Exception as error:
        raise ArtifactError(f"the graph {graph} cannot be loaded ({last_line(error)}): build the model anew") from error


@cache
def _core() -> Any:
    with _without_telemetry():
        import openvino

    return openvino.Core()


@contextlib.contextmanager
def _without_telemetry() -> Iterator[None]:
    """Importing OpenVINO sends an event to its maker. Where its telemetry is not installed it does without."""
    loaded = sys.modules.get(_TELEMETRY)
    sys.modules[_TELEMETRY] = None  # type: ignore[assignment]  # the import system's own way to say: not installed
    try:
        yield
    finally:
        del sys.modules[_TELEMETRY]
        if loaded is not None:
            sys.modules[_TELEMETRY] = loaded


def _inputs(model: Any) -> dict[str, Input]:
    return {
        found.any_name: Input(
            np.dtype(found.element_type.to_dtype()),
            tuple(n.get_length() if n.is_static else None for n in found.partial_shape),
        )
        for found in model.inputs
    }
