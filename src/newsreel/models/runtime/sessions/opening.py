"""Opening a graph by the name of its runtime. A runtime is imported when it is asked for, not before."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.sessions.seam import Execution, Session

if TYPE_CHECKING:
    import torch

__all__ = ["RUNTIMES", "available", "open_session"]


@dataclass(frozen=True, slots=True)
class _Runtime:
    """Where a runtime's session is, and what has to be installed for it."""

    module: str
    session: str
    needs: str
    """The module that its package installs."""
    extra: str
    """Of ours, which brings the package; empty where it is always there."""
    settings: Mapping[str, Any]
    runs_modules: bool = False
    """Whether it is given a torch module; all others are given a file."""


_HERE = "newsreel.models.runtime.sessions"
_RUNTIMES = {
    "onnxruntime": _Runtime(f"{_HERE}.onnx", "OnnxSession", "onnxruntime", "", {}),
    "openvino": _Runtime(f"{_HERE}.openvino", "OpenVinoSession", "openvino", "openvino", {}),
    "torch": _Runtime(f"{_HERE}.torch", "TorchSession", "torch", "build", {}, runs_modules=True),
    "torch-compile": _Runtime(
        f"{_HERE}.torch", "TorchSession", "torch", "build", {"compiled": True}, runs_modules=True
    ),
    "torchscript": _Runtime(f"{_HERE}.torchscript", "TorchScriptSession", "torch", "build", {}),
    "tensorflow": _Runtime(f"{_HERE}.tensorflow", "SavedModelSession", "tensorflow", "tensorflow", {}),
    "litert": _Runtime(f"{_HERE}.litert", "LiteRtSession", "ai_edge_litert", "tensorflow", {}),
}

RUNTIMES = tuple(_RUNTIMES)


def available(runtime: str) -> str | None:
    """None where a runtime is installed, else what to install. Imports nothing. Raises UsageError for unknown ones."""
    wanted = _named(runtime)
    if importlib.util.find_spec(wanted.needs) is not None:
        return None
    return f"{runtime} is not installed: `pip install 'newsreel[{wanted.extra}]'`"


def open_session(runtime: str, graph: Path | torch.nn.Module, how: Execution) -> Session:
    """A session on what the runtime runs: a module for `torch` and `torch-compile`, for all others a file of theirs.

    Raises ArtifactError where the runtime is not installed or the graph cannot be loaded, UsageError where it cannot
    run as `how` says, and where the runtime is unknown.
    """
    wanted = _named(runtime)
    missing = available(runtime)
    if missing is not None:
        raise ArtifactError(missing)
    if isinstance(graph, Path) == wanted.runs_modules:
        raise UsageError(f"{runtime} runs {'a torch module' if wanted.runs_modules else 'a file'}, not {graph}")
    opened: Session = getattr(importlib.import_module(wanted.module), wanted.session)(graph, how, **wanted.settings)
    return opened


def _named(runtime: str) -> _Runtime:
    try:
        return _RUNTIMES[runtime]
    except KeyError:
        raise UsageError(f"there is no runtime '{runtime}': they are {', '.join(_RUNTIMES)}") from None
