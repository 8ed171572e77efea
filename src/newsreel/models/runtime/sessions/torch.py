"""A torch module, as it is or compiled. For comparison and parity: what serves does not import this."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import shutil
import sysconfig
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.sessions.seam import Arrays, Execution, Output
from newsreel.models.runtime.sessions.streams import Input, StreamSession

__all__ = ["TorchRunner", "TorchSession", "deprecation_known", "device_of"]

_COMPILERS = ("g++", "clang++", "c++")


class TorchSession(StreamSession):
    """A module; see `sessions.seam.Session`. Its inputs are the arguments of its `forward`, by their names.

    The module is moved and cast as `how` says, and stays so: it is the session's from now on.
    """

    def __init__(self, module: torch.nn.Module, how: Execution, *, compiled: bool = False) -> None:
        """Take over a module. Raises UsageError for a device that is not there, ArtifactError without a compiler.

        A compiled one is compiled by its first run, once for any batch and length and anew for a batch or a length
        of 1: seconds each. Where torch can compile it only in part the run fails, it is not computed uncompiled.
        """
        device = device_of(how)
        inputs = _arguments(module)
        moved = module.eval().requires_grad_(False).to(device, getattr(torch, how.dtype))
        runner = TorchRunner(_compiled(moved) if compiled else moved, how)
        super().__init__(type(module).__name__, inputs, [runner] * how.streams)


class TorchRunner:
    """Runs a module on arrays. Any number of threads may use one."""

    def __init__(self, module: Callable[..., torch.Tensor], how: Execution) -> None:
        self._module = module
        self._how = how

    def __call__(self, inputs: Arrays) -> Output:
        """See `sessions.streams.Runner`."""
        # torch keeps the number for each thread that calls it, and gives a new one every core.
        if torch.get_num_threads() != self._how.threads_a_stream:
            torch.set_num_threads(self._how.threads_a_stream)
        with torch.inference_mode():
            given = {name: torch.from_numpy(array).to(self._how.device) for name, array in inputs.items()}
            output: Output = self._module(**given).float().cpu().numpy()
        return output


def device_of(how: Execution) -> torch.device:
    """Where tensors go. Raises UsageError where this torch, or this machine, has no such device."""
    if how.device == "cuda" and not torch.cuda.is_available():
        raise UsageError("this torch sees no CUDA device: install a CUDA build of it, or use the CPU")
    return torch.device(how.device)


def _arguments(module: torch.nn.Module) -> dict[str, Input]:
    """Those with a default may be left out."""
    found = inspect.signature(module.forward).parameters.values()
    return {one.name: Input(required=one.default is inspect.Parameter.empty) for one in found}


@contextlib.contextmanager
def deprecation_known() -> Iterator[None]:
    """torch warns at each use that TorchScript is deprecated, its own included: here it is used knowing that."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"`torch\.jit\.\w+` is deprecated", DeprecationWarning)
        yield


def _compiled(module: torch.nn.Module) -> Callable[..., torch.Tensor]:
    _check_compiler()
    with deprecation_known():
        importlib.import_module("torch._inductor.compile_fx")
    return torch.compile(module, dynamic=True, fullgraph=True)


def _check_compiler() -> None:
    named = os.environ.get("CXX")
    if not any(shutil.which(name) for name in ([named] if named else _COMPILERS)):
        wanted = f"{named}, which CXX names" if named else f"one of {', '.join(_COMPILERS)}"
        raise ArtifactError(f"torch.compile needs a C++ compiler, {wanted}: install it, or run the module uncompiled")
    header = Path(sysconfig.get_paths()["include"]) / "Python.h"
    if not header.is_file():
        raise ArtifactError(f"torch.compile needs {header}: install Python's headers, or run the module uncompiled")
