"""The shot model, whatever runs its graph. Never imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.sessions import Execution, available, open_session
from newsreel.models.shots.config import Frames, Probabilities

__all__ = ["TransNetModel"]


class TransNetModel:
    """Windows of frames to probabilities; see `core.protocols.ShotModel`. Thread-safe."""

    def __init__(self, artifact: Artifact, runtime: str = "auto", *, threads: int = 0) -> None:
        """Open an artifact with this many threads (0: one a core). Raises ArtifactError.

        `auto` is OpenVINO where it is installed, else ONNX Runtime. Integers are run where their boundaries were
        measured, which is in OpenVINO; elsewhere the graph of floats is, whatever the card chooses.
        """
        if runtime == "auto":
            runtime = "onnxruntime" if available("openvino") else "openvino"
        precision = artifact.precision if runtime == "openvino" else "fp32"
        self.measured: Mapping[str, Any] = artifact.card.get("measured", {})
        self._fingerprint = f"{artifact.card['fingerprint']}-{precision}"
        self._session = open_session(runtime, artifact.graph(precision), Execution(threads=threads))

    @property
    def fingerprint(self) -> str:
        """Changes whenever a boundary could."""
        return self._fingerprint

    def probabilities(self, windows: Frames) -> Probabilities:
        """`[windows, frames, 2]` for `[windows, frames, 27, 48, 3]`.

        A window's probabilities may differ in their last bits with the windows beside it: what is stored is made of
        windows that were run singly.
        """
        return self._session.run({"frames": windows})
