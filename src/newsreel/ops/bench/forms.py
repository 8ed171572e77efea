"""Forms of a model that an artifact does not hold: other precisions, other runtimes' formats, the network itself.

Imports torch, tensorflow and the converters as they are needed; only the process that does one job calls this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.artifact import Artifact
from newsreel.ops.bench.models import pinned

if TYPE_CHECKING:
    import torch

__all__ = ["make", "module"]


def make(form: str, made: Artifact, target: Path) -> None:
    """Write a form of an artifact's fp32 graph. Raises ArtifactError where it cannot be converted."""
    _MAKERS[form](made, target)


def module(made: Artifact) -> torch.nn.Module:
    """The network with its weights, from what the artifact was made of. Raises ArtifactError where that is gone."""
    if made.card["task"] == "shots":
        from newsreel.models.shots.build import weights_file
        from newsreel.models.shots.network import TransNetV2

        return TransNetV2.load(weights_file()).eval()
    from newsreel.models.runtime.conversion.encoder import load_encoder
    from newsreel.models.runtime.conversion.pretrained import read_pretrained

    known = made.card["weights"]["sha256"]
    model = read_pretrained(_source(made), made.card["task"], pickle_sha256=known)
    if model.weights_sha256 != known:
        raise ArtifactError(f"the weights in {model.folder} are no longer those that the model was made of")
    return load_encoder(model)


def _source(made: Artifact) -> Path:
    from newsreel.models.runtime.sources import fetch
    from newsreel.models.runtime.weights import checked_weights

    card = made.card
    if "package" in card["weights"]:
        return checked_weights(card["weights"]).parent
    return fetch(pinned(card), made.folder.parent / ".sources", lambda _: None).folder


def _int8_dynamic(made: Artifact, target: Path) -> None:
    from newsreel.models.runtime.conversion.quantisation import quantise_dynamic

    quantise_dynamic(made.graph("fp32"), target)


def _int8_weights(made: Artifact, target: Path) -> None:
    from newsreel.models.runtime.conversion.quantisation import quantise_weights

    quantise_weights(made.graph("fp32"), target)


def _torchscript(made: Artifact, target: Path) -> None:
    import torch

    from newsreel.models.runtime.conversion.torchscript import export_torchscript
    from newsreel.models.shots.config import FRAME, REFERENCE

    network = module(made)
    ids = torch.ones((2, 8), dtype=torch.int64)
    examples = [ids, ids]
    if made.card["task"] == "shots":
        examples = [torch.zeros((2, REFERENCE.length, *FRAME), dtype=torch.uint8)]
    elif getattr(network, "types", None) is not None:
        examples.append(torch.zeros_like(ids))
    export_torchscript(network, examples, target)


def _saved_model(made: Artifact, target: Path) -> None:
    from newsreel.models.runtime.conversion.tensorflow import export_saved_model

    export_saved_model(made.graph("fp32"), target)


def _litert(made: Artifact, target: Path) -> None:
    from newsreel.models.runtime.conversion.tensorflow import export_litert

    export_litert(made.graph("fp32"), target)


_MAKERS: Mapping[str, Callable[[Artifact, Path], None]] = {
    "int8-dynamic": _int8_dynamic,
    "int8-weights": _int8_weights,
    "torchscript": _torchscript,
    "tensorflow": _saved_model,
    "litert": _litert,
}
