"""Forms of a model that an artifact does not hold: other precisions, other runtimes' formats, the network itself.

Imports torch, tensorflow and the converters as they are needed; only the process that does one job imports this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.weights import checked_weights

__all__ = ["make", "module"]


def make(form: str, made: Artifact, target: Path) -> None:
    """Write a form of the artifact's fp32 graph. Raises ArtifactError where it cannot be converted."""
    _MAKERS[form](made, target)


def module(made: Artifact) -> torch.nn.Module:
    """The network with its weights, from where the artifact was made of. Raises ArtifactError where that is gone."""
    if made.card["task"] == "shots":
        from newsreel.models.shots.build import weights_file
        from newsreel.models.shots.network import TransNetV2

        return TransNetV2.load(weights_file()).eval()
    from newsreel.models.runtime.conversion.encoder import load_encoder
    from newsreel.models.runtime.conversion.pretrained import read_pretrained

    return load_encoder(read_pretrained(_source(made), made.card["task"]))


def _source(made: Artifact) -> Path:
    weights = made.card.get("weights", {})
    if "package" in weights:
        return checked_weights(weights).parent
    folder = Path(str(made.card.get("source", "")))
    if not folder.is_dir():
        raise ArtifactError(f"{folder}, which the model was made of, is no longer there; torch needs it")
    return folder


def _int8_dynamic(made: Artifact, target: Path) -> None:
    from newsreel.models.runtime.conversion.quantisation import quantise_dynamic

    quantise_dynamic(made.graph("fp32"), target)


def _int8_weights(made: Artifact, target: Path) -> None:
    from newsreel.models.runtime.conversion.quantisation import quantise_weights

    quantise_weights(made.graph("fp32"), target)


_MAKERS: Mapping[str, Callable[[Artifact, Path], None]] = {
    "int8-dynamic": _int8_dynamic,
    "int8-weights": _int8_weights,
}
