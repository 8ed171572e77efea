"""What stands on an encoder: from its tokens' states to vectors or logits. Imports torch."""

from __future__ import annotations

from torch import Tensor, nn

from newsreel.models.runtime.conversion.architectures import ARCHITECTURES
from newsreel.models.runtime.conversion.pooling import Pooling
from newsreel.models.runtime.conversion.pretrained import Pretrained

__all__ = ["head_for"]


class _Pooled(nn.Module):
    """`[batch, tokens, hidden]` to `[batch, hidden]`: one vector a text, padding left out of it."""

    def __init__(self, pooling: Pooling) -> None:
        super().__init__()
        self.pooling = pooling

    def forward(self, states: Tensor, present: Tensor) -> Tensor:
        pooled = states[:, 0]
        if self.pooling.way == "mean":
            weights = present.unsqueeze(-1)
            pooled = (states * weights).sum(1) / weights.sum(1).clamp(min=1)
        return nn.functional.normalize(pooled, dim=1) if self.pooling.normalised else pooled


class _OfTokens(nn.Module):
    """`[batch, tokens, hidden]` to `[batch, tokens, labels]`."""

    def __init__(self, hidden: int, labels: int) -> None:
        super().__init__()
        self.scores = nn.Linear(hidden, labels)

    def forward(self, states: Tensor, present: Tensor) -> Tensor:  # noqa: ARG002 - the caller leaves padding aside
        logits: Tensor = self.scores(states)
        return logits


class _OfText(nn.Module):
    """`[batch, tokens, hidden]` to `[batch, labels]`, by the state of the first token."""

    def __init__(self, hidden: int, labels: int, *, relu: bool) -> None:
        super().__init__()
        self.dense = nn.Linear(hidden, hidden)
        self.scores = nn.Linear(hidden, labels)
        self.relu = relu

    def forward(self, states: Tensor, present: Tensor) -> Tensor:  # noqa: ARG002 - the first token is always there
        inner = self.dense(states[:, 0])
        logits: Tensor = self.scores(inner.relu() if self.relu else inner.tanh())
        return logits


def head_for(model: Pretrained) -> nn.Module:
    """The head of the model's task: of states `[batch, tokens, hidden]` and a mask `[batch, tokens]` of 1.0 and 0.0."""
    if model.task == "embed":
        return _Pooled(model.pooling)
    if model.task == "entities":
        return _OfTokens(model.hidden, len(model.labels))
    relu = ARCHITECTURES[model.architecture].dense_activation == "relu"
    return _OfText(model.hidden, len(model.labels), relu=relu)
