"""The network that all known encoders are, shaped for conversion, and their weights put into it. Imports torch.

Shaped for conversion: query, key and value are layers of their own (a part of one parameter is no constant to
OpenVINO), attention's scale is in the query's weights, positions are a slice, and what every text has at a position
is added up once. Padding may only follow a text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial

import torch
from safetensors import safe_open
from torch import Tensor, nn
from torch.nn import functional

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.conversion.architectures import ARCHITECTURES, MPNET_BUCKETS
from newsreel.models.runtime.conversion.heads import head_for
from newsreel.models.runtime.conversion.names import parameters, plain_name
from newsreel.models.runtime.conversion.pickles import load_pickle
from newsreel.models.runtime.conversion.pretrained import Pretrained
from newsreel.models.runtime.conversion.shape import Activation, Shape

__all__ = ["Encoder", "load_encoder"]

State = dict[str, Tensor]

FAR_BELOW = -10_000.0
"""What a padding token's logit is lowered by: no weight is left of it, and a row of nothing else stays finite."""

MPNET_FARTHEST = 128
"""Tokens apart from which on MPNet tells no distances apart."""

_ACTIVATIONS: Mapping[Activation, Callable[[Tensor], Tensor]] = {
    "gelu": functional.gelu,
    "gelu_tanh": partial(functional.gelu, approximate="tanh"),
    "relu": functional.relu,
}


def load_encoder(model: Pretrained) -> Encoder:
    """The network with the model's weights as float32, to be run, not trained. Raises ArtifactError."""
    with torch.device("meta"):
        encoder = Encoder(model)
    weights = _shaped(model, _read(model))
    encoder.load_state_dict(weights, assign=True)
    return encoder.eval().requires_grad_(False)


class Encoder(nn.Module):
    """int64 `[batch, tokens]` to what the head of the task makes of it: see `heads`."""

    def __init__(self, model: Pretrained) -> None:
        super().__init__()
        self.words = nn.Parameter(torch.empty(model.vocabulary, model.hidden))
        self.positions = nn.Parameter(torch.empty(model.positions, model.hidden))
        self.types = nn.Parameter(torch.empty(model.token_types, model.hidden)) if model.reads_types else None
        self.norm = nn.LayerNorm(model.hidden, model.layer_norm_epsilon)
        buckets = ARCHITECTURES[model.architecture].buckets
        self.distances = nn.Parameter(torch.empty(2 * model.positions - 1, model.heads)) if buckets else None
        self.layers = nn.ModuleList(_Layer(model) for _ in range(model.layers))
        self.head = head_for(model)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None) -> Tensor:
        """The mask has 1 at tokens and 0 at padding; types are for a model that reads them."""
        states = functional.embedding(input_ids, self.words) + self.positions[: input_ids.shape[1]]
        if self.types is not None:
            if token_type_ids is None:
                raise TypeError("this model is to be told which text of a pair a token is of")
            states = states + functional.embedding(token_type_ids, self.types)
        states = self.norm(states)
        present = attention_mask.to(states.dtype)
        bias = ((1 - present) * FAR_BELOW)[:, None, None, :]
        if self.distances is not None:
            bias = bias + _by_distance(self.distances, input_ids.shape[1])
        for layer in self.layers:
            states = layer(states, bias)
        made: Tensor = self.head(states, present)
        return made


class _Layer(nn.Module):
    """Attention, then two linear layers, each with what it read added and normalised."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.hidden
        self.heads = (shape.heads, width // shape.heads)
        self.query, self.key, self.value, self.mixed = (nn.Linear(width, width) for _ in range(4))
        self.mixed_norm = nn.LayerNorm(width, shape.layer_norm_epsilon)
        self.inner = nn.Linear(width, shape.intermediate)
        self.activation: Activation = shape.activation
        self.outer = nn.Linear(shape.intermediate, width)
        self.outer_norm = nn.LayerNorm(width, shape.layer_norm_epsilon)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        states = self.mixed_norm(states + self.mixed(self._attended(states, bias)))
        inner = _ACTIVATIONS[self.activation](self.inner(states))
        made: Tensor = self.outer_norm(states + self.outer(inner))
        return made

    def _attended(self, states: Tensor, bias: Tensor) -> Tensor:
        query, key, value = (
            layer(states).unflatten(2, self.heads).transpose(1, 2) for layer in (self.query, self.key, self.value)
        )
        weights = (query @ key.transpose(2, 3) + bias).softmax(3)
        attended: Tensor = (weights @ value).transpose(1, 2).flatten(2)
        return attended


def _by_distance(distances: Tensor, tokens: int) -> Tensor:
    """`[1, heads, tokens, tokens]`: the bias of each two tokens, of a table `[2 * positions - 1, heads]`."""
    places = torch.arange(tokens, device=distances.device)
    ahead = places[None, :] - places[:, None]
    return functional.embedding(ahead + distances.shape[0] // 2, distances).permute(2, 0, 1).unsqueeze(0)


def _each_distance(buckets: Tensor, positions: int) -> Tensor:
    """MPNet's bias for every distance, `[2 * positions - 1, heads]`, of its published one for buckets of distances.

    Half of the buckets are for what comes after, half for what came before; of each, half are for one distance and
    the others for ever more of them, logarithmically. Looked up here once, so that no runtime's logarithm decides.
    """
    ahead = torch.arange(1 - positions, positions)
    apart, half = ahead.abs(), MPNET_BUCKETS // 2
    exact = half // 2
    coarse = torch.log(apart.clamp(min=1).float() / exact) / math.log(MPNET_FARTHEST / exact) * (half - exact)
    bucket = torch.where(apart < exact, apart, (exact + coarse.long()).clamp(max=half - 1))
    return buckets[bucket + (ahead > 0) * half]


def _shaped(model: Pretrained, published: State) -> State:
    """The weights as the network here has them."""
    state = dict(published)
    state["positions"] = state["positions"][model.position_offset :]
    if not model.reads_types and "types" in state:
        state["positions"] = state["positions"] + state.pop("types")[0]
    if "distances" in state:
        state["distances"] = _each_distance(state["distances"], model.positions)
    scale = (model.hidden // model.heads) ** -0.5
    for name in [name for name in state if ".query." in name]:
        state[name] = state[name] * scale
    return {name: tensor.contiguous() for name, tensor in state.items()}


def _read(model: Pretrained) -> State:
    """The published tensors by their names here."""
    family = ARCHITECTURES[model.architecture]
    stored = {plain_name(name, family): name for name in model.weights.tensors}
    wanted = {parameter.name: stored[parameter.published] for parameter in parameters(model)}
    tensors = _tensors(model, set(wanted.values()))
    for name in wanted.values():
        if not bool(torch.isfinite(tensors[name]).all()):
            raise ArtifactError(f"'{name}' in {model.folder} holds numbers that are none (NaN): fetch the model anew")
    return {ours: tensors[name] for ours, name in wanted.items()}


def _tensors(model: Pretrained, names: set[str]) -> State:
    if model.weights.is_pickle:
        held: Mapping[str, Tensor] = load_pickle(model.weights.files[0], "cpu")
        return {name: held[name].float() for name in names}
    found: State = {}
    for file in model.weights.files:
        with safe_open(file, framework="pt") as opened:
            here = [name for name in names if model.weights.tensors[name].file == file]
            found |= {name: opened.get_tensor(name).float() for name in here}
    return found
