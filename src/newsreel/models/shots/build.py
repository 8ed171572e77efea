"""Making the shot model's artifact: weights checked, converted, measured against the reference, then installed.

Imports torch and the reference implementation; nothing that serves imports this.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import tomli_w

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime import artifact, cpu
from newsreel.models.runtime.order import Made, Order
from newsreel.models.runtime.weights import REMEDY, checked_weights
from newsreel.models.shots.config import FRAME, MAX_WINDOW, REFERENCE, Frames, default_card
from newsreel.models.shots.measuring import measure

__all__ = ["build", "weights_file"]

RECIPE = "2"
"""Part of the fingerprint: raise it whenever the graph a build makes could give other probabilities."""

_CALIBRATED, _MEASURED = slice(1500, None, 12 * REFERENCE.kept), 1200
"""Of the film: where windows begin that int8's scales come of, and how many frames, before these, are measured on."""


def build(root: Path, order: Order, report: Callable[[str], None]) -> Made:
    """Build TransNetV2 into `root`, unless it is there. `report` is told each step.

    Raises ArtifactError, also above the gate, and UsageError for an order of anything else.
    """
    if (order.source, order.name) != (None, None) or order.precision not in (None, "fp32", "int8"):
        raise UsageError("TransNetV2 is the one shot model, in fp32 or int8: build it without source or name")
    precision = order.precision or ("int8" if cpu.describe().int8_native else "fp32")
    card, fresh = default_card(), []

    def fill(folder: Path) -> None:
        fresh.append(True)
        _fill(folder, weights_file(), card, precision, report)

    def suits(standing: artifact.Artifact) -> bool:
        return order.precision in (None, standing.precision)

    made = artifact.install(root, card["name"], fill, again=order.again, suits=suits, report=report)
    return Made(made, fresh=bool(fresh))


def weights_file() -> Path:
    """The published weights, their checksum checked. Their package's code is not run. Raises ArtifactError."""
    return checked_weights(default_card()["weights"])


def _fill(folder: Path, weights: Path, card: dict[str, Any], precision: str, report: Callable[[str], None]) -> None:
    try:
        import torch

        from newsreel.models.runtime.conversion.calibration import calibrate
        from newsreel.models.runtime.conversion.export import export
        from newsreel.models.runtime.conversion.layers import products
        from newsreel.models.runtime.conversion.quantisation import quantise_static
        from newsreel.models.shots.network import TransNetV2
    except ImportError as error:
        raise ArtifactError(f"{error.name} is not installed: {REMEDY}") from error
    report("weights checked; converting to ONNX")
    graph, graphs = folder / "model.onnx", {"fp32": "model.onnx"}
    example = torch.zeros((2, REFERENCE.length, *FRAME), dtype=torch.uint8)
    axes = {0: torch.export.Dim("windows"), 1: torch.export.Dim("frames", max=MAX_WINDOW)}
    export(TransNetV2.load(weights), {"frames": (example, axes)}, "probabilities", graph)
    film = _film(card["weights"]["package"])
    if precision == "int8":
        report("calibrating, and rounding to int8")
        starts = range(len(film) - REFERENCE.length)[_CALIBRATED]
        ranges = calibrate(graph, ({"frames": film[np.newaxis, n : n + REFERENCE.length]} for n in starts))
        graphs["int8"] = "model.int8.onnx"
        quantise_static(graph, folder / graphs["int8"], ranges, keep_float=products(graph))
    identity = f"{card['weights']['sha256']} {RECIPE}"
    built = {
        "format": artifact.FORMAT,
        "fingerprint": hashlib.sha256(identity.encode()).hexdigest()[:16],
        "precision": precision,
        **card,
        "graphs": graphs,
        "files": artifact.listing(folder),
    }
    report("measuring against the reference implementation")
    built["measured"] = measure(artifact.Artifact(folder, built), film[:_MEASURED])
    (folder / "card.toml").write_text(tomli_w.dumps(built), encoding="utf-8")


def _film(package: str) -> Frames:
    """Real film, `[n, 27, 48, 3]`: the one that the reference is itself tested with."""
    film = Path(str(importlib.metadata.distribution(package).locate_file("tests/test.mp4")))
    rows, columns, _ = FRAME
    try:
        with av.open(str(film)) as container:
            pictures = container.decode(video=0)
            return np.stack([p.to_ndarray(width=columns, height=rows, format="rgb24") for p in pictures])
    except (OSError, av.FFmpegError) as error:
        raise ArtifactError(f"the film to measure with, {film}, cannot be read: {REMEDY}") from error
