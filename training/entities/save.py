"""A trained network as a folder that `newsreel models build entities` takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import BertForTokenClassification

__all__ = ["save"]


def save(
    folder: Path, network: BertForTokenClassification, weights: Mapping[str, torch.Tensor], tokenizer: Tokenizer
) -> None:
    """Write config.json, model.safetensors and tokenizer.json."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {**network.config.to_dict(), "architectures": ["BertForTokenClassification"]}
    (folder / "config.json").write_text(json.dumps(config, indent=1, default=str) + "\n", encoding="utf-8")
    save_file({name: tensor.contiguous() for name, tensor in weights.items()}, str(folder / "model.safetensors"))
    tokenizer.save(str(folder / "tokenizer.json"))
