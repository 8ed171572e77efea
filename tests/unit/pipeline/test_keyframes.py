"""The picture that stands for a shot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from newsreel.core.looks import alike, groups, look
from newsreel.pipeline.keyframes import MOST_CANDIDATES, PICTURE_EVERY, Candidate, Candidates, look_of

DRAW = np.random.default_rng(11)
DESK, CROWD = (DRAW.integers(40, 220, (27, 48, 3), dtype=np.uint8) for _ in range(2))


def candidate(frame: int, sharpness: float, small: np.ndarray = DESK, **said: bool) -> Candidate:
    return Candidate(frame, frame * 40_000_000, sharpness, small, b"%d" % frame, **({"blank": False} | said))


def chosen(*candidates: Candidate) -> int:
    kept = Candidates(candidates[0].frame)
    for one in candidates:
        kept.add(one)
        kept = Candidates(candidates[0].frame, [Candidate.from_row(c.to_row()) for c in kept.kept])  # taken up
    assert kept.chosen is not None
    return kept.chosen.frame


def test_a_picture_in_a_transition_or_black_stands_for_a_shot_only_where_there_is_no_other() -> None:
    dull, mixed, black = candidate(0, 1.0), candidate(5, 9.0, calm=False), candidate(10, 3.0, blank=True)
    assert chosen(dull, mixed, black) == 0
    assert chosen(mixed, black) == 5
    assert chosen(black) == 10


def test_the_sharpest_picture_does_not_stand_for_a_shot_that_mostly_shows_something_else() -> None:
    crowd = candidate(15, 30.0, CROWD)
    desk = [candidate(5 * n, 20.0 + n) for n in range(3)]
    assert chosen(*desk, crowd) == 10  # of pictures that are alike the sharpest
    blurred = [replace(one, sharpness=2.0) for one in desk]
    assert chosen(*blurred, crowd) == 15  # a picture of it that is not sharp enough does not either


def test_few_pictures_are_kept_and_they_are_of_all_of_a_long_shot() -> None:
    kept = Candidates(0)
    for frame in range(0, 5_000, PICTURE_EVERY):
        kept.add(candidate(frame, float(frame % 7)))
        assert len(kept.kept) <= MOST_CANDIDATES
    frames = [one.frame for one in kept.kept]
    assert len(frames) >= MOST_CANDIDATES // 2
    assert frames[0] < 1_280
    assert frames[-1] >= 3_840
    assert {one.sharpness for one in kept.kept[:-1]} == {6.0}


def test_pictures_look_alike_through_noise_another_size_and_a_jpeg() -> None:
    big = DESK.repeat(8, 0).repeat(8, 1)
    noisy = np.clip(big + DRAW.normal(0, 8, big.shape), 0, 255).astype(np.uint8)
    desk, again, smaller, crowd = (
        look_of(Candidate.of(0, 0, DESK, picture).jpeg)
        for picture in (big, noisy, big[::2, ::2], CROWD.repeat(8, 0).repeat(8, 1))
    )
    assert alike(desk, again)
    assert alike(desk, smaller)
    assert not alike(desk, crowd)
    assert groups([desk, None, crowd, again, None, crowd, smaller]) == [0, 1, 2, 0, 4, 2, 0]


def test_looks_are_compared_in_every_bit() -> None:
    """Also in the sign's, which is one of them."""
    low = look(np.zeros((32, 32), np.uint8))
    flipped = [low ^ (1 << bit) for bit in range(10)]
    top = low ^ -(1 << 63)
    assert groups([low, flipped[3], top]) == [0, 0, 0]
    assert groups([low, low ^ ((1 << 11) - 1), low ^ ~((1 << 52) - 1)]) == [0, 1, 2]
    assert groups([low, low ^ ~((1 << 54) - 1)]) == [0, 0]
