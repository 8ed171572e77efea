"""How an embedder makes one vector of its tokens' states, as SentenceTransformers write it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.conversion.documents import read_list, read_object
from newsreel.models.runtime.files import inside

__all__ = ["Modules", "Pooling", "Way", "read_modules"]

MODULES = "modules.json"
Way = Literal["mean", "cls"]

_FLAGS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
"""What was said in flags before it was said by name."""


@dataclass(frozen=True, slots=True)
class Pooling:
    """One vector a text."""

    way: Way
    """The mean of all tokens' states, or the state of the first token."""
    normalised: bool
    """Whether the vector is brought to length 1."""
    dimension: int | None = None
    """What the configuration says of its length."""


@dataclass(frozen=True, slots=True)
class Modules:
    """What is run one after the other."""

    encoder: Path
    """The folder of the encoder, its configuration, weights and tokenizer."""
    pooling: Pooling | None
    """None where nothing is pooled, as in a cross-encoder."""


def read_modules(folder: Path) -> Modules | None:
    """The modules of a folder, or None where it does not list any.

    Raises ArtifactError, also for modules that are not run here: the vectors would be others.
    """
    if not (folder / MODULES).is_file():
        return None
    modules = read_list(folder / MODULES)
    kinds = [_kind(folder, module) for module in modules]
    places = [_place(folder, module) for module in modules]
    if kinds == ["Transformer"]:
        return Modules(places[0], None)
    if kinds in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return Modules(places[0], _pooling(places[1] / "config.json", normalised=len(kinds) == 3))
    unknown = next((kind for kind in kinds if kind not in ("Transformer", "Pooling", "Normalize")), None)
    what = f"the module '{unknown}' is not run here" if unknown else f"{' > '.join(kinds) or 'nothing'} is not run here"
    raise ArtifactError(
        f"{folder / MODULES}: {what}. An encoder, pooling by mean or first token, and normalising are: "
        "use a model made of these"
    )


def _kind(folder: Path, module: Mapping[str, Any]) -> str:
    named = module.get("type")
    if not isinstance(named, str):
        raise ArtifactError(f"{folder / MODULES} lists a module without its 'type': fetch the model anew")
    return named.rpartition(".")[2] if named.startswith("sentence_transformers.") else named


def _place(folder: Path, module: Mapping[str, Any]) -> Path:
    path = module.get("path")
    return inside(folder, str(path).rstrip("/")) if path else folder


def _pooling(path: Path, *, normalised: bool) -> Pooling:
    said = read_object(path)
    ways = _ways(said)
    if ways not in (["mean"], ["cls"]):
        raise ArtifactError(
            f"{path}: pooling by {' and '.join(ways)} is not done here, by mean and by first token (cls) is: "
            "use a model that pools so"
        )
    dimension = said.get("embedding_dimension", said.get("word_embedding_dimension"))
    return Pooling("mean" if ways == ["mean"] else "cls", normalised, dimension if isinstance(dimension, int) else None)


def _ways(said: Mapping[str, Any]) -> Sequence[str]:
    named = said.get("pooling_mode")
    if named is None:
        return [way for flag, way in _FLAGS.items() if said.get(flag) is True] or ["mean"]
    return [str(way) for way in (named if isinstance(named, list) else [named])]
