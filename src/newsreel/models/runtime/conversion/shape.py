"""The shape of an encoder, as its `config.json` says it: bounded before anything is allocated for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.conversion.architectures import ARCHITECTURES, Architecture
from newsreel.models.runtime.conversion.documents import whole_number

__all__ = ["Activation", "Shape", "read_shape"]

MAX_LAYERS, MAX_WIDTH, MAX_VOCABULARY, MAX_POSITIONS = 256, 65_536, 8_000_000, 1_000_000

Activation = Literal["gelu", "gelu_tanh", "relu"]

_ACTIVATIONS: Mapping[str, Activation] = {
    "gelu": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "relu": "relu",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes, and the little that differs between encoders of one architecture."""

    architecture: str
    """A key of `ARCHITECTURES`."""
    layers: int
    heads: int
    hidden: int
    """Width of a token's state, and of an embedder's vector."""
    intermediate: int
    vocabulary: int
    positions: int
    """Tokens that the table of positions reaches for."""
    position_offset: int
    """Rows of that table before that of a text's first token."""
    token_types: int
    layer_norm_epsilon: float
    activation: Activation
    """Within layers: GELU exact or approximated by tanh, or ReLU."""
    pad_id: int


def read_shape(path: Path, config: Mapping[str, Any]) -> Shape:
    """The shape that the configuration `config`, read from `path`, describes. Raises ArtifactError."""
    architecture = config.get("model_type")
    if not isinstance(architecture, str) or architecture not in ARCHITECTURES:
        raise ArtifactError(
            f"{path} says the architecture is {str(architecture)[:40]!r}: "
            f"{', '.join(ARCHITECTURES)} are the ones that can be built"
        )
    family = ARCHITECTURES[architecture]
    _plain(path, config)
    bounds = {"layers": MAX_LAYERS, "heads": MAX_WIDTH, "hidden": MAX_WIDTH, "intermediate": MAX_WIDTH}
    sizes = {ours: whole_number(path, config, key, (1, bounds[ours]), None) for ours, key in family.sizes.items()}
    if sizes["hidden"] % sizes["heads"]:
        raise ArtifactError(
            f"{path} says {sizes['hidden']} wide with {sizes['heads']} attention heads, which does not divide: "
            "it is damaged, fetch the model anew"
        )
    vocabulary = whole_number(path, config, "vocab_size", (1, MAX_VOCABULARY), None)
    pad_id = whole_number(path, config, "pad_token_id", (0, vocabulary - 1), family.padding)
    offset = {"none": 0, "after padding": pad_id + 1, "two": 2}[family.offset]
    rows = whole_number(path, config, "max_position_embeddings", (offset + 1, MAX_POSITIONS), None)
    return Shape(
        architecture=architecture,
        **sizes,
        vocabulary=vocabulary,
        positions=rows - offset,
        position_offset=offset,
        token_types=whole_number(path, config, "type_vocab_size", (1, 1024), 2) if family.types else 0,
        layer_norm_epsilon=_epsilon(path, config, family),
        activation=_activation(path, config, family),
        pad_id=pad_id,
    )


def _plain(path: Path, config: Mapping[str, Any]) -> None:
    """Refuse what is configured to be another network than its architecture's usual one."""
    for key, usual in (("position_embedding_type", "absolute"), ("is_decoder", False), ("add_cross_attention", False)):
        if config.get(key, usual) not in (usual, None):
            raise ArtifactError(f"{path} says '{key}' is {config[key]!r}, which is not run here: only {usual!r} is")


def _epsilon(path: Path, config: Mapping[str, Any], family: Architecture) -> float:
    found = family.epsilon or config.get("layer_norm_eps", 1e-12)
    if not isinstance(found, float) or not 0 < found < 1:
        raise ArtifactError(f"{path} says 'layer_norm_eps' is {str(found)[:40]}: a number between 0 and 1 is expected")
    return found


def _activation(path: Path, config: Mapping[str, Any], family: Architecture) -> Activation:
    named = config.get(family.activation, "gelu")
    if not isinstance(named, str) or named not in _ACTIVATIONS:
        raise ArtifactError(
            f"{path} says '{family.activation}' is {str(named)[:40]!r}: {', '.join(_ACTIVATIONS)} are the ones known"
        )
    return _ACTIVATIONS[named]
