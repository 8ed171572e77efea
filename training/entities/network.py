"""The network: all-MiniLM-L6-v2's encoder with a tag for each token, reading capitals where BERT reads token types."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn
from transformers import AutoConfig, BertForTokenClassification

from newsreel.models.entities.case import CASE_TYPES
from training.entities.encode import IGNORED, TAGS, UNMARKED_MISC

__all__ = ["marginal_loss", "new_network", "saved_network"]

TEMPERATURE = 1.3
"""Of the names' scores the log loss is least with it, on the tuning sets: see docs/design/10. Words alone say 1.15."""


def new_network(start: Path, *, cased: bool = True) -> BertForTokenClassification:
    """The pretrained encoder with a new head; every kind of token begins as what BERT has for one text."""
    config = AutoConfig.from_pretrained(start)
    config.num_labels = len(TAGS)
    config.id2label = dict(enumerate(TAGS))
    config.label2id = {tag: place for place, tag in enumerate(TAGS)}
    network = BertForTokenClassification.from_pretrained(start, config=config, dtype=torch.float32)
    if cased:
        old = network.bert.embeddings.token_type_embeddings.weight.data
        table = nn.Embedding(CASE_TYPES, old.shape[1])
        table.weight.data[:] = old[0]
        network.bert.embeddings.token_type_embeddings = table
        network.config.type_vocab_size = CASE_TYPES
        network.config.case_as_token_type = True
    network.config.strict_bio = cased
    network.config.temperature = TEMPERATURE if cased else 1.0
    return network


def marginal_loss(logits: torch.Tensor, tags: torch.Tensor, smoothing: float) -> torch.Tensor:
    """Mean negative log probability of the tags, `[rows, width]`, that each token may have.

    Where MISC was not looked for, a word without a label is outside or MISC: the probabilities of all three tags are
    summed (marginal likelihood for partial labels; Tsuboi et al., 2008). `smoothing` is spread over all tags (Szegedy
    et al., 2016).
    """
    scores = logits.log_softmax(-1)
    known = tags.clamp(min=0).unsqueeze(-1)
    right = scores.gather(-1, known).squeeze(-1)
    maybe = [0, TAGS.index("B-MISC"), TAGS.index("I-MISC")]
    right = torch.where(tags == UNMARKED_MISC, scores[..., maybe].logsumexp(-1), right)
    each = -(1 - smoothing) * right - smoothing * torch.where(tags == UNMARKED_MISC, right, scores.mean(-1))
    counted = tags != IGNORED
    return (each * counted).sum() / counted.sum().clamp(min=1)


def saved_network(folder: Path) -> BertForTokenClassification:
    """A network as `save` wrote it."""
    return BertForTokenClassification.from_pretrained(folder, dtype=torch.float32)
