"""What the model finds in real films, beside what is there (`truth.toml`) and beside the reference implementation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from newsreel.core.shots import Transition
from newsreel.evaluate.shots.films import Film
from newsreel.evaluate.shots.real import truth
from newsreel.evaluate.shots.systems import reference
from newsreel.ingest.videos import Footage
from newsreel.models.shots import Boundary, BoundaryFinder, Scorer, TransNetModel
from newsreel.models.shots.boundaries import GRADUAL_FRAMES
from newsreel.models.shots.config import Frames, Probabilities

TRUTH = truth()

NEAR_FRAMES = 2
"""How far the ends of a gradual transition may be from where they are."""

FURTHER = {
    "big_buck_bunny_0_30.webm": 12,  # the fade in begins with twelve frames that are nearly black
    "fades.mp4": 8,  # each change of grey begins and ends by 1 to 3 of 255 levels a frame
}


@pytest.fixture(scope="session")
def film(shared: Callable[[str], Path]) -> Callable[[str], Frames]:
    """A shared film's frames as the model sees them, decoded once."""
    decoded: dict[str, Frames] = {}

    def decode(name: str) -> Frames:
        if name not in decoded:
            with Footage(shared(f"video/{name}")) as footage:
                decoded[name] = np.stack([frame.small for frame in footage.frames()])
        return decoded[name]

    return decode


def score(model: TransNetModel, frames: Frames) -> Probabilities:
    scorer = Scorer(model)
    return np.concatenate([scorer.push(frames), scorer.finish()])


def boundaries(probabilities: Probabilities) -> list[Boundary]:
    finder = BoundaryFinder()
    return finder.push(probabilities) + finder.finish()


@pytest.mark.parametrize("name", TRUTH)
def test_what_is_found_is_what_is_there(name: str, film: Callable[[str], Frames], shot_model: TransNetModel) -> None:
    known, frames = TRUTH[name], film(name)
    assert len(frames) == known["frames"]
    found = boundaries(score(shot_model, frames))
    assert [b.frame for b in found if b.transition is Transition.CUT] == known["cuts"]
    spans = [b.transition_frames for b in found if b.transition_frames]
    assert len(spans) == len(known["gradual"])
    for span, there in zip(spans, known["gradual"], strict=True):
        np.testing.assert_allclose(span, there["frames"], atol=FURTHER.get(name, NEAR_FRAMES), rtol=0)


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [("big_buck_bunny_0_30.webm", 260, 310), ("testvideo.mp4", 515, 565)],
    ids=["a cut", "a dissolve"],
)
def test_probabilities_and_scenes_are_the_references(
    name: str,
    start: int,
    end: int,
    film: Callable[[str], Frames],
    float_shot_model: TransNetModel,
    shot_reference: Any,
) -> None:
    torch = pytest.importorskip("torch", reason="needs the build extra")
    frames = film(name)[start:end]
    expected = torch.stack(shot_reference.predict_frames(torch.from_numpy(frames), quiet=True), 1).numpy()
    found = score(float_shot_model, frames)
    np.testing.assert_allclose(found, expected, atol=1e-4, rtol=0)
    scenes, theirs = (shot_reference.predictions_to_scenes(heads[:, 0]) for heads in (found, expected))
    np.testing.assert_array_equal(scenes, theirs)
    ends = [int(scene[1]) + 1 for scene in theirs[:-1]]
    as_peer = reference(shot_reference)(Film(name, frames, frames, ()))
    assert [one.start_frame for one in as_peer] == ends
    for boundary, first in zip(boundaries(found), ends, strict=True):
        near = boundary.transition_frames or (boundary.frame, boundary.frame)
        assert near[0] <= first <= near[1]


@pytest.mark.parametrize("mixed", [0, 2, 3, 8])
def test_a_dissolve_spans_the_frames_that_are_mixed(
    mixed: int, film: Callable[[str], Frames], shot_model: TransNetModel
) -> None:
    """Two real shots joined by so many frames of both: the model marks these and no others."""
    frames = film("big_buck_bunny_0_30.webm")
    meadow, bird = frames[200:250].astype(np.float32), frames[400:450].astype(np.float32)
    share = np.clip((np.arange(50) - 19) / (mixed + 1), 0, 1).astype(np.float32)[:, None, None, None]
    (boundary,) = boundaries(score(shot_model, (meadow * (1 - share) + bird * share).astype(np.uint8)))
    if mixed < GRADUAL_FRAMES:
        assert boundary.transition is Transition.CUT
        assert 20 <= boundary.frame <= 20 + mixed
    else:
        assert boundary.transition_frames == (20, 20 + mixed)
