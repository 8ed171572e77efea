"""Windows as the reference cuts them, whatever the film's length and however its frames come."""

from __future__ import annotations

import numpy as np
import pytest

from newsreel.models.shots import Scorer
from newsreel.models.shots.config import CONTEXT, FRAME, STRIDE, Frames, Probabilities


class Witness:
    """Gives back what it saw, so that a test knows which window a frame was scored in: its number and its mean."""

    fingerprint = "witness"

    def __init__(self) -> None:
        self.windows: list[Frames] = []

    def probabilities(self, windows: Frames) -> Probabilities:
        assert windows.shape == (1, 100, *FRAME)
        self.windows.append(windows[0].copy())
        values = windows.mean(axis=(2, 3, 4), dtype=np.float64) / 255
        return np.stack([values, np.full_like(values, len(self.windows))], axis=2).astype(np.float32)


def film_of(length: int) -> Frames:
    return np.random.default_rng(length).integers(0, 256, (length, *FRAME), np.uint8)


LENGTHS = [1, 2, 24, 25, 26, 49, 50, 51, 74, 75, 76, 99, 100, 101, 150, 237]


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("piece", [1, 7, 1_000])
def test_every_frame_is_scored_once_in_the_references_windows(length: int, piece: int) -> None:
    film, witness = film_of(length), Witness()
    scorer = Scorer(witness)
    scores = [scorer.push(film[n : n + piece]) for n in range(0, length, piece)]
    scores.append(scorer.finish())
    assert np.concatenate(scores).shape == (length, 2)
    np.testing.assert_allclose(np.concatenate(scores)[:, 0], film.mean(axis=(1, 2, 3)) / 255, rtol=1e-6)
    padded = np.concatenate([film[:1].repeat(25, 0), film, film[-1:].repeat(25 + -length % 50, 0)])
    expected = [padded[start : start + 100] for start in range(0, len(padded) - 99, 50)]
    assert len(witness.windows) == len(expected) == -(-length // 50)
    for found, wanted in zip(witness.windows, expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("length", [100, 101, 126, 237])
def test_taken_up_again_it_sees_the_same_windows(length: int) -> None:
    film, whole = film_of(length), Witness()
    once = Scorer(whole)
    scores = np.concatenate([once.push(film), once.finish()])
    for start in range(STRIDE, length, STRIDE):
        again = Witness()
        scorer = Scorer(again, start)
        rest = np.concatenate([scorer.push(film[start - CONTEXT :]), scorer.finish()])
        np.testing.assert_array_equal(rest[:, 0], scores[start:, 0])
        np.testing.assert_array_equal(np.stack(again.windows), np.stack(whole.windows[start // STRIDE :]))


def test_a_film_that_ends_where_it_is_taken_up_has_nothing_left() -> None:
    scorer = Scorer(Witness(), STRIDE)
    assert scorer.push(film_of(CONTEXT)).shape == scorer.finish().shape == (0, 2)


def test_a_film_without_a_frame_has_no_probability() -> None:
    assert Scorer(Witness()).finish().shape == (0, 2)


@pytest.mark.parametrize("start", [-50, 1, 49, 75])
def test_windows_begin_at_multiples_of_the_stride(start: int) -> None:
    with pytest.raises(ValueError, match="is not a multiple of 50"):
        Scorer(Witness(), start)


@pytest.mark.parametrize("frames", [np.zeros((2, 27, 48, 1), np.uint8), np.zeros((2, *FRAME), np.float32)])
def test_frames_of_another_kind_are_refused(frames: Frames) -> None:
    with pytest.raises(ValueError, match=r"are not uint8 \[n, 27, 48, 3\]"):
        Scorer(Witness()).push(frames)
