"""A published network as the seam runs it: inputs by name, the logits alone."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

__all__ = ["Logits", "TypedLogits"]


class Logits(torch.nn.Module):
    """A transformers model with a head."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network.eval()

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """int64 `[batch, tokens]` to what the head gives, float32."""
        found: Tensor = self.network(input_ids=input_ids, attention_mask=attention_mask).logits
        return found


class TypedLogits(Logits):
    """One that is told the tokens' types."""

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:  # type: ignore[override]
        """As `Logits`; types are int64 `[batch, tokens]`."""
        found: Tensor = self.network(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).logits
        return found
