"""LiteRT (TensorFlow Lite) on the CPU, by XNNPACK. For comparison; it needs no TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.sessions.seam import Arrays, Execution, Output
from newsreel.models.runtime.sessions.streams import Input, StreamSession, first_line

__all__ = ["LiteRtSession"]


class LiteRtSession(StreamSession):
    """A `.tflite` file; see `sessions.seam.Session`. Each stream is an interpreter with memory of its own."""

    def __init__(self, graph: Path, how: Execution) -> None:
        """Open a file. Raises ArtifactError when it cannot be loaded, UsageError for what it cannot be run as."""
        if how.device != "cpu" or how.dtype != "float32":
            raise UsageError(f"LiteRT runs a file as it is, on the CPU, not on {how.device} in {how.dtype}")
        try:
            opened = [Interpreter(str(graph), num_threads=how.threads_a_stream) for _ in range(how.streams)]
        except (ValueError, RuntimeError) as error:
            raise ArtifactError(
                f"the graph {graph} cannot be loaded ({first_line(error)}): build the model anew"
            ) from error
        runners = [_Runner(interpreter) for interpreter in opened]
        super().__init__(graph.name, runners[0].inputs, runners)


class _Runner:
    def __init__(self, interpreter: Any) -> None:
        self._interpreter = interpreter
        (signature,) = interpreter.get_signature_list()
        self._run = interpreter.get_signature_runner(signature)

    @property
    def inputs(self) -> dict[str, Input]:
        return {
            name: Input(np.dtype(found["dtype"]), tuple(None if n < 0 else int(n) for n in found["shape_signature"]))
            for name, found in self._run.get_input_details().items()
        }

    def __call__(self, inputs: Arrays) -> Output:
        (output,) = self._run(**inputs).values()
        made: Output = np.array(output, np.float32)
        return made
