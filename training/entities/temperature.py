"""The temperature that makes probabilities mean what they say (Guo et al., 2017), found on the tuning sets."""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from torch import nn

from newsreel.evaluate.entities.labelled import Labelled
from training.entities.encode import encode
from training.entities.fit import batches
from training.entities.network import marginal_loss

__all__ = ["best_temperature"]

_TRIED = [round(0.5 + step / 20, 2) for step in range(51)]


@torch.inference_mode()
def best_temperature(network: nn.Module, tokenizer: Tokenizer, texts: Sequence[Labelled]) -> float:
    """Of the tried ones, the one under which the texts' tags are likeliest."""
    network.eval()
    losses = dict.fromkeys(_TRIED, 0.0)
    for ids, types, mask, tags, weights in batches(encode(tokenizer, texts), 2048, random.Random(0)):
        logits = network(ids, mask, token_type_ids=types).logits
        for tried in _TRIED:
            losses[tried] += marginal_loss(logits / tried, tags, weights, 0.0).item() * int(mask.sum())
    return min(losses, key=lambda tried: losses[tried])
