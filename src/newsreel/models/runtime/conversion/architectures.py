"""The families of encoders that are known: what each calls its settings and its tensors, and where it differs.

All are one network, a transformer with the norms after each sum: BERT (Devlin et al., 2019), and with it MiniLM;
DistilBERT (Sanh et al., 2019); RoBERTa (Liu et al., 2019) and XLM-R (Conneau et al., 2020); MPNet (Song et al., 2020).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["ARCHITECTURES", "MPNET_BUCKETS", "Architecture"]

MPNET_BUCKETS = 32
"""Distances that MPNet tells apart: fixed in its reference implementation, whatever is configured."""

_SIZES = {
    "layers": "num_hidden_layers",
    "heads": "num_attention_heads",
    "hidden": "hidden_size",
    "intermediate": "intermediate_size",
}
_BERT_LAYER = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "mixed": "attention.output.dense",
    "mixed_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "outer_norm": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A family: names as they are published, without their prefix."""

    prefix: str
    """In front of every encoder tensor of a model with a head, and of none without."""
    sizes: Mapping[str, str]
    """Keys in `config.json`."""
    activation: str = "hidden_act"
    layer: str = "encoder.layer"
    layer_tensors: Mapping[str, str]
    types: bool
    """Whether a table of token types is added to the words'."""
    pairs_typed: bool = False
    """Whether the second text of a pair has a type of its own."""
    epsilon: float | None = None
    """Of the norms, where the configuration has no say."""
    padding: int
    """Id of the padding token, where the configuration says none."""
    offset: Literal["none", "after padding", "two"] = "none"
    """Rows of the table of positions before that of a text's first token."""
    buckets: str | None = None
    """The table of MPNet's bias by distance."""
    dense: str
    """The hidden layer of the head that classifies a whole text, which reads the first token's state."""
    dense_activation: Literal["tanh", "relu"] = "tanh"
    scores: str = "classifier"
    """The last layer of that head."""


_BERT = Architecture(
    prefix="bert.",
    sizes=_SIZES,
    layer_tensors=_BERT_LAYER,
    types=True,
    pairs_typed=True,
    padding=0,
    dense="pooler.dense",
)
_DISTILBERT = Architecture(
    prefix="distilbert.",
    sizes={"layers": "n_layers", "heads": "n_heads", "hidden": "dim", "intermediate": "hidden_dim"},
    activation="activation",
    layer="transformer.layer",
    layer_tensors={
        "query": "attention.q_lin",
        "key": "attention.k_lin",
        "value": "attention.v_lin",
        "mixed": "attention.out_lin",
        "mixed_norm": "sa_layer_norm",
        "inner": "ffn.lin1",
        "outer": "ffn.lin2",
        "outer_norm": "output_layer_norm",
    },
    types=False,
    epsilon=1e-12,
    padding=0,
    dense="pre_classifier",
    dense_activation="relu",
)
_ROBERTA = Architecture(
    prefix="roberta.",
    sizes=_SIZES,
    layer_tensors=_BERT_LAYER,
    types=True,
    padding=1,
    offset="after padding",
    dense="classifier.dense",
    scores="classifier.out_proj",
)
_MPNET = dataclasses.replace(
    _ROBERTA,
    prefix="mpnet.",
    layer_tensors=_BERT_LAYER
    | {
        "query": "attention.attn.q",
        "key": "attention.attn.k",
        "value": "attention.attn.v",
        "mixed": "attention.attn.o",
        "mixed_norm": "attention.LayerNorm",
    },
    types=False,
    offset="two",
    buckets="encoder.relative_attention_bias",
)

ARCHITECTURES: Mapping[str, Architecture] = {
    "bert": _BERT,
    "distilbert": _DISTILBERT,
    "roberta": _ROBERTA,
    "xlm-roberta": _ROBERTA,
    "mpnet": _MPNET,
}
"""By `model_type` in `config.json`."""
