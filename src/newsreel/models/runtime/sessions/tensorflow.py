"""A TensorFlow SavedModel, compiled by XLA. For comparison: what serves does not import this.

A SavedModel can hold operators that read and write files: open none that was not made here.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime import cpu
from newsreel.models.runtime.sessions.seam import Arrays, Execution, Output
from newsreel.models.runtime.sessions.streams import Input, StreamSession, first_line

__all__ = ["SIGNATURE", "SavedModelSession", "load_tensorflow"]

SIGNATURE = "serving_default"
"""The function of a SavedModel that is run."""


class SavedModelSession(StreamSession):
    """See `sessions.seam.Session`. Each shape is compiled when it first comes: seconds, and memory that stays."""

    def __init__(self, folder: Path, how: Execution) -> None:
        """Open a SavedModel. Raises ArtifactError when it cannot be loaded, UsageError for what it cannot be run as."""
        if how.device != "cpu" or how.dtype != "float32":
            raise UsageError(f"a SavedModel is run on the CPU in float32 here, not on {how.device} in {how.dtype}")
        tf = load_tensorflow()
        _share(tf, how)
        try:
            self._model = tf.saved_model.load(str(folder))  # its functions do not keep it alive themselves
            function = self._model.signatures[SIGNATURE]
        except Exception as error:
            raise ArtifactError(
                f"the graph {folder} cannot be loaded ({first_line(error)}): build the model anew"
            ) from error
        specs = function.structured_input_signature[1]
        inputs = {name: Input(np.dtype(spec.dtype.as_numpy_dtype), tuple(spec.shape)) for name, spec in specs.items()}
        super().__init__(folder.name, inputs, [partial(_run, tf, function)] * how.streams)


def load_tensorflow() -> Any:
    """The module, which is told to leave its notes about processors off stderr."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow

    return tensorflow


def _share(tf: Any, how: Execution) -> None:
    """TensorFlow takes its number of threads once a process, before it computes anything, and for all streams."""
    threads = how.threads_a_stream * how.streams
    setting = tf.config.threading
    now = setting.get_intra_op_parallelism_threads() or cpu.describe().cores
    if now == threads:
        return
    try:
        setting.set_intra_op_parallelism_threads(threads)
    except RuntimeError:
        raise UsageError(
            f"TensorFlow computes with {now} threads in this process and cannot change to {threads}: "
            "open it in another process"
        ) from None


def _run(tf: Any, function: Any, inputs: Arrays) -> Output:
    (output,) = function(**{name: tf.constant(array) for name, array in inputs.items()}).values()
    # What `numpy` gives may be TensorFlow's own memory, and is not to be written to.
    made: Output = np.array(output.numpy(), np.float32)
    return made
