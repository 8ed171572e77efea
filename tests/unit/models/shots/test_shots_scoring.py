"""Windows as the reference cuts them, whatever the film's length and however its frames come."""

from __future__ import annotations

import numpy as np
import pytest

from newsreel.models.shots import Scorer
from newsreel.models.shots.config import CONTEXT, FRAME, MAX_WINDOW, REFERENCE, STRIDE, Frames, Probabilities, Windows


class Witness:
    """Gives back what it saw, so that a test knows which window a frame was scored in: its number and its mean."""

    fingerprint = "witness"

    def __init__(self) -> None:
        self.windows: list[Frames] = []

    def probabilities(self, windows: Frames) -> Probabilities:
        assert windows.shape[0] == 1
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
    scorer = Scorer(witness, windows=REFERENCE)
    scores = [scorer.push(film[n : n + piece]) for n in range(0, length, piece)]
    scores.append(scorer.finish())
    assert np.concatenate(scores).shape == (length, 2)
    np.testing.assert_allclose(np.concatenate(scores)[:, 0], film.mean(axis=(1, 2, 3)) / 255, rtol=1e-6)
    padded = np.concatenate([film[:1].repeat(25, 0), film, film[-1:].repeat(25 + -length % 50, 0)])
    expected = [padded[start : start + 100] for start in range(0, len(padded) - 99, 50)]
    assert len(witness.windows) == len(expected) == -(-length // 50)
    for found, wanted in zip(witness.windows, expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("windows", [Windows(250), Windows(6, 69, 25), Windows(40, 25, 5), Windows(1, 0, 0)], ids=str)
@pytest.mark.parametrize("length", [1, 24, 99, 250, 251, 301, 650])
def test_every_frame_is_scored_once_in_windows_of_any_length(length: int, windows: Windows) -> None:
    film, witness = film_of(length), Witness()
    scorer = Scorer(witness, windows=windows)
    scores = np.concatenate([scorer.push(film[:30]), scorer.push(film[30:]), scorer.finish()])
    np.testing.assert_allclose(scores[:, 0], film.mean(axis=(1, 2, 3)) / 255, rtol=1e-6)
    whole = witness.windows[: (length - windows.after) // windows.kept if length > windows.after else 0]
    padded = np.concatenate([film[:1].repeat(windows.before, 0), film])
    for n, seen in enumerate(whole):
        np.testing.assert_array_equal(seen, padded[n * windows.kept :][: windows.length])
    assert max(len(seen) for seen in witness.windows) <= windows.length + 50 + 25


def test_the_reference_keeps_half_of_what_it_computes() -> None:
    assert (REFERENCE.kept, REFERENCE.length) == (50, 100)


@pytest.mark.parametrize("windows", [(0, 25, 25), (50, -1, 25), (50, 25, -1), (MAX_WINDOW, 1, 0)])
def test_windows_that_cannot_be_are_refused(windows: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="empty or longer than 1024 frames"):
        Windows(*windows)


@pytest.mark.parametrize("length", [STRIDE + CONTEXT, STRIDE + 51, 2 * STRIDE + 137])
def test_taken_up_again_it_sees_the_same_windows(length: int) -> None:
    film, whole = film_of(length), Witness()
    once = Scorer(whole)
    scores = np.concatenate([once.push(film), once.finish()])
    for start in range(STRIDE, length, STRIDE):
        again = Witness()
        scorer = Scorer(again, start)
        rest = np.concatenate([scorer.push(film[start - CONTEXT :]), scorer.finish()])
        np.testing.assert_array_equal(rest[:, 0], scores[start:, 0])
        for found, wanted in zip(again.windows, whole.windows[start // STRIDE :], strict=True):
            np.testing.assert_array_equal(found, wanted)


def test_a_film_that_ends_where_it_is_taken_up_has_nothing_left() -> None:
    scorer = Scorer(Witness(), STRIDE)
    assert scorer.push(film_of(CONTEXT)).shape == scorer.finish().shape == (0, 2)


def test_a_film_without_a_frame_has_no_probability() -> None:
    assert Scorer(Witness()).finish().shape == (0, 2)


@pytest.mark.parametrize("start", [-STRIDE, 1, STRIDE - 1, STRIDE + 50])
def test_windows_begin_at_multiples_of_the_stride(start: int) -> None:
    with pytest.raises(ValueError, match=f"is not a multiple of {STRIDE}"):
        Scorer(Witness(), start)


@pytest.mark.parametrize("frames", [np.zeros((2, 27, 48, 1), np.uint8), np.zeros((2, *FRAME), np.float32)])
def test_frames_of_another_kind_are_refused(frames: Frames) -> None:
    with pytest.raises(ValueError, match=r"are not uint8 \[n, 27, 48, 3\]"):
        Scorer(Witness()).push(frames)
