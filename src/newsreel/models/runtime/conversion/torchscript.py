"""From torch to a TorchScript file. Imports torch, so only building artifacts imports this."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from newsreel.models.runtime.sessions.torch import deprecation_known

__all__ = ["export_torchscript"]


def export_torchscript(module: torch.nn.Module, examples: Sequence[torch.Tensor], graph: Path) -> None:
    """Trace a module on these inputs and write it, weights and all, to be run by `TorchScriptSession`.

    Lengths that the module asks of its inputs stay open; whatever it decides by their values is decided for good. The
    module is put into evaluation mode.
    """
    with deprecation_known(), torch.no_grad():
        traced = torch.jit.trace(module.eval(), tuple(examples))  # type: ignore[no-untyped-call]
        torch.jit.freeze(traced).save(str(graph))
