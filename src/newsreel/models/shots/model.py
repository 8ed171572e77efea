"""The shot model on ONNX Runtime. Never imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.sessions import Execution
from newsreel.models.runtime.sessions.onnx import OnnxSession
from newsreel.models.shots.config import Frames, Probabilities

__all__ = ["OnnxShotModel"]


class OnnxShotModel:
    """Windows of frames to probabilities. Thread-safe."""

    def __init__(self, artifact: Artifact, *, threads: int = 0) -> None:
        """Open an artifact with this many threads (0: one a core). Raises ArtifactError."""
        self.measured: Mapping[str, Any] = artifact.card.get("measured", {})
        self._fingerprint = str(artifact.card["fingerprint"])
        self._session = OnnxSession(artifact.graph(), Execution(threads=threads))

    @property
    def fingerprint(self) -> str:
        """Changes whenever a probability could."""
        return self._fingerprint

    def probabilities(self, windows: Frames) -> Probabilities:
        """`[windows, 100, 2]` for `[windows, 100, 27, 48, 3]`.

        A window's probabilities may differ in their last bits with the windows beside it: what is stored is made of
        windows that were run singly.
        """
        return self._session.run({"frames": windows})
