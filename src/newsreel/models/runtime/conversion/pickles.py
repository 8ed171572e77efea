"""Weights in a pickle, as tensors only. Imports torch; nothing reads one unless its checksum is trusted."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Literal

import torch

from newsreel.core.errors import ArtifactError

__all__ = ["load_pickle"]


def load_pickle(file: Path, device: Literal["cpu", "meta"]) -> dict[str, torch.Tensor]:
    """The tensors by name; on the device `meta` their shapes alone. Raises ArtifactError."""
    try:
        held = torch.load(file, map_location=device, weights_only=True)
    except (OSError, EOFError, RuntimeError, ValueError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0][:120]
        raise ArtifactError(
            f"the weights {file} cannot be read as tensors alone ({reason}): convert to safetensors"
        ) from error
    if not isinstance(held, dict) or not all(isinstance(tensor, torch.Tensor) for tensor in held.values()):
        raise ArtifactError(f"the weights {file} are not tensors by name: convert to safetensors")
    return {str(name): tensor for name, tensor in held.items()}
