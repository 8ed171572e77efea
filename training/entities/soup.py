"""The average of several networks' weights (model soups; Wortsman et al., 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file

__all__ = ["soup"]


def soup(folders: Sequence[Path]) -> dict[str, torch.Tensor]:
    """Of the networks saved in these folders, all trained from one start."""
    all_weights = [load_file(folder / "model.safetensors") for folder in folders]
    return {name: torch.stack([weights[name] for weights in all_weights]).mean(0) for name in all_weights[0]}
