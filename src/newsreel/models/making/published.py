"""A published network as the seam runs it: inputs by name, the logits alone."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

__all__ = ["Logits"]


class Logits(torch.nn.Module):
    """A transformers model with a head."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network.eval()

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """int64 `[batch, tokens]` to what the head gives, float32."""
        found: Tensor = self.network(input_ids=input_ids, attention_mask=attention_mask).logits
        return found
