"""Which transitions found are which of those there, and the figures made of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from newsreel.core.shots import Transition
from newsreel.evaluate.shots.films import CUT, Distractor, Edit
from newsreel.evaluate.shots.matching import Found, kind_of, pairs
from newsreel.evaluate.shots.scores import BOTH, Answer, figures
from newsreel.models.shots import Boundary


def cut(frame: int) -> Edit:
    return Edit(CUT, frame, frame)


def found_cut(frame: int) -> Found:
    return Found(frame, frame, "cut")


@pytest.mark.parametrize(("late", "right"), [(-3, 0), (-2, 1), (0, 1), (2, 1), (3, 0)])
def test_a_cut_may_be_two_frames_off(late: int, right: int) -> None:
    assert len(pairs([cut(50)], [found_cut(50 + late)])) == right


@pytest.mark.parametrize(("frame", "right"), [(37, 0), (38, 1), (45, 1), (52, 1), (53, 0)])
def test_a_cut_found_in_a_dissolve_is_the_dissolve_by_place(frame: int, right: int) -> None:
    """What `evaluate_scenes` of TransNetV2's authors gives for old shots up to frame 39 and new ones from 50 on."""
    assert len(pairs([Edit("dissolve", 40, 50)], [found_cut(frame)])) == right


def test_each_counts_once() -> None:
    assert pairs([cut(50)], [found_cut(49), found_cut(51)]) == [(0, 0)]
    assert pairs([cut(49), cut(51)], [found_cut(50)]) == [(0, 0)]


def test_there_are_as_many_pairs_as_can_be() -> None:
    chance = np.random.default_rng(3)
    for _ in range(50):
        there, found = (
            [(int(a), int(b)) for a, b in np.sort(chance.choice(60, 8, replace=False)).reshape(4, 2)] for _ in range(2)
        )
        edits = [Edit("wipe", *span) for span in there]
        claims = [Found(*span, "gradual") for span in found]
        near = [[len(pairs([edit], [claim])) for claim in claims] for edit in edits]
        most = int((maximum_bipartite_matching(csr_array(np.array(near))) >= 0).sum())
        assert len(pairs(edits, claims)) == most


def test_short_gradual_transitions_are_cuts() -> None:
    assert [kind_of(Edit("dissolve", 10, 10 + frames)) for frames in (5, 6)] == ["cut", "gradual"]
    spans = [Boundary(12, Transition.GRADUAL, (10, 10 + frames), 0.9) for frames in (5, 6)]
    assert [Found.of(span).kind for span in spans] == ["cut", "gradual"]
    assert Found.of(Boundary(12, Transition.CUT, None, 0.9)) == found_cut(12)


@pytest.mark.parametrize(("kind", "start", "end"), [(CUT, 3, 4), ("dissolve", 3, 3), ("dissolve", 4, 3)])
def test_an_edit_is_a_cut_if_it_takes_no_frame(kind: str, start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"{kind} from frame {start} to {end}"):
        Edit(kind, start, end)


ANSWER = Answer(
    "a film",
    edits=(cut(50), Edit("dissolve", 100, 110), cut(200), Edit("wipe", 300, 320)),
    distractors=(Distractor("flash", 230, 234), Distractor("pan", 260, 270)),
    found=(
        found_cut(49),
        Found(102, 112, "gradual"),
        Found(204, 206, "cut"),
        found_cut(232),
        found_cut(250),
        found_cut(310),
    ),
)


def test_figures_of_what_was_found() -> None:
    made = figures([ANSWER, ANSWER], "made up")
    scores = {kind: (score.right, score.found, score.there) for kind, score in made.scores.items()}
    assert scores == {BOTH: (6, 12, 8), "cut": (2, 10, 4), "gradual": (2, 2, 4)}
    assert made.scores[BOTH].f1.value == pytest.approx(0.6)
    assert made.recall == {CUT: (2, 4), "dissolve": (2, 2), "wipe": (2, 2)}
    assert made.false == {"flash": (2, 2), "pan": (0, 2), "a transition found twice": (2, 0), "nothing": (2, 0)}
    assert made.cut_errors == {-1: 2}
    assert made.gradual_frames == pytest.approx((0.8, 0.8))
    assert ANSWER.missed == [cut(200)]


def test_who_tells_no_kinds_is_scored_by_place_alone() -> None:
    bare = Answer("a film", (cut(50), cut(60)), (), (Found(50, 50, None),))
    made = figures([bare], "made up")
    assert list(made.scores) == [BOTH]
    assert (made.scores[BOTH].precision, made.scores[BOTH].recall, made.gradual_frames) == (1, 0.5, None)
