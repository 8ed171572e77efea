"""Every parameter of an encoder: its name here, its published name, and the shape it must have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from newsreel.models.runtime.conversion.architectures import ARCHITECTURES, MPNET_BUCKETS, Architecture

if TYPE_CHECKING:
    from newsreel.models.runtime.conversion.pretrained import Pretrained

__all__ = ["Parameter", "parameters", "plain_name"]


class Parameter(NamedTuple):
    """One tensor. The published names are without the architecture's prefix."""

    name: str
    published: str
    shape: tuple[int, ...]


def parameters(model: Pretrained) -> Iterator[Parameter]:
    """What a model's weights must hold, encoder first, then the head of its task."""
    family = ARCHITECTURES[model.architecture]
    yield from _tables(model, family)
    yield from _norm("norm", "embeddings.LayerNorm", model.hidden)
    for number in range(model.layers):
        yield from _layer(model, family, number)
    if model.task == "entities":
        yield from _linear("head.scores", "classifier", model.hidden, len(model.labels))
    elif model.task != "embed":
        yield from _linear("head.dense", family.dense, model.hidden, model.hidden)
        yield from _linear("head.scores", family.scores, model.hidden, len(model.labels))


def plain_name(published: str, family: Architecture) -> str:
    """A tensor's name without the prefix, its norms called as they are today."""
    name = published.removeprefix(family.prefix)
    for old, new in ((".gamma", ".weight"), (".beta", ".bias")):
        if name.endswith(f"LayerNorm{old}"):
            return name.removesuffix(old) + new
    return name


def _tables(model: Pretrained, family: Architecture) -> Iterator[Parameter]:
    width = model.hidden
    rows = model.position_offset + model.positions
    yield Parameter("words", "embeddings.word_embeddings.weight", (model.vocabulary, width))
    yield Parameter("positions", "embeddings.position_embeddings.weight", (rows, width))
    if family.types:
        yield Parameter("types", "embeddings.token_type_embeddings.weight", (model.token_types, width))
    if family.buckets:
        yield Parameter("distances", f"{family.buckets}.weight", (MPNET_BUCKETS, model.heads))


def _layer(model: Pretrained, family: Architecture, number: int) -> Iterator[Parameter]:
    width, inner = model.hidden, model.intermediate
    ours, theirs = f"layers.{number}", f"{family.layer}.{number}"
    named = {name: f"{theirs}.{published}" for name, published in family.layer_tensors.items()}
    for name in ("query", "key", "value", "mixed"):
        yield from _linear(f"{ours}.{name}", named[name], width, width)
    yield from _norm(f"{ours}.mixed_norm", named["mixed_norm"], width)
    yield from _linear(f"{ours}.inner", named["inner"], width, inner)
    yield from _linear(f"{ours}.outer", named["outer"], inner, width)
    yield from _norm(f"{ours}.outer_norm", named["outer_norm"], width)


def _linear(name: str, published: str, inputs: int, outputs: int) -> Iterator[Parameter]:
    yield Parameter(f"{name}.weight", f"{published}.weight", (outputs, inputs))
    yield Parameter(f"{name}.bias", f"{published}.bias", (outputs,))


def _norm(name: str, published: str, width: int) -> Iterator[Parameter]:
    yield Parameter(f"{name}.weight", f"{published}.weight", (width,))
    yield Parameter(f"{name}.bias", f"{published}.bias", (width,))
