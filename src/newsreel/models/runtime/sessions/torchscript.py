"""A TorchScript file. Deprecated in torch: kept to be compared with. What serves does not import this."""

from __future__ import annotations

from pathlib import Path

import torch

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.sessions.seam import Execution
from newsreel.models.runtime.sessions.streams import Input, StreamSession, first_line, last_line
from newsreel.models.runtime.sessions.torch import TorchRunner, deprecation_known, device_of

__all__ = ["TorchScriptSession"]


class TorchScriptSession(StreamSession):
    """A traced and frozen module; see `sessions.seam.Session`."""

    def __init__(self, graph: Path, how: Execution) -> None:
        """Open a file. Raises ArtifactError when it cannot be loaded, UsageError for what it cannot be run as."""
        if how.dtype != "float32":
            raise UsageError(f"a frozen TorchScript file keeps the type it was made with, it cannot run in {how.dtype}")
        try:
            with deprecation_known():
                module = torch.jit.load(str(graph), map_location=device_of(how))  # type: ignore[no-untyped-call]
        except (RuntimeError, ValueError, OSError) as error:
            raise ArtifactError(
                f"the graph {graph} cannot be loaded ({first_line(error)}): build the model anew"
            ) from error
        names = tuple(argument.name for argument in module.forward.schema.arguments[1:])
        super().__init__(graph.name, dict.fromkeys(names, Input()), [TorchRunner(module, how)] * how.streams)

    @staticmethod
    def cause(error: Exception) -> str:
        """See `sessions.streams.StreamSession`."""
        return last_line(error)
