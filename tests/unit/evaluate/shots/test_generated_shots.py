"""Edits made of footage: what is true of them is what is in their frames."""

from __future__ import annotations

import tomllib
from importlib import resources
from itertools import pairwise

import numpy as np
import pytest

from newsreel.evaluate.shots import distractors, generated
from newsreel.evaluate.shots.edits import KINDS, drawn
from newsreel.evaluate.shots.films import CUT, Film
from newsreel.evaluate.shots.real import encoded
from newsreel.evaluate.shots.takes import HALVES, Take


@pytest.fixture(scope="module")
def takes() -> list[Take]:
    """Of one colour each."""
    colours = np.random.default_rng(1).permutation(np.mgrid[40:220:5j, 40:220:5j].reshape(2, -1).T)
    return [
        Take("plain", number, np.full((90, 36, 64, 3), (red, green, 128), np.uint8))
        for number, (red, green) in enumerate(colours.tolist())
    ]


@pytest.fixture(scope="module")
def films(takes: list[Take]) -> list[Film]:
    return list(generated.generated("dev", takes, 2))


def test_frames_outside_of_transitions_are_of_one_shot(films: list[Film]) -> None:
    for film in films:
        assert len(film.edits) == generated.PIECES - 1
        assert len(film.small) == len(film.pictures)
        ends = [edit.start_frame for edit in film.edits] + [len(film.pictures)]
        starts = [0] + [edit.end_frame for edit in film.edits]
        tricked = {n for trick in film.distractors for n in range(trick.start_frame, trick.end_frame)}
        colours = []
        for start, end in zip(starts, ends, strict=True):
            assert end - start >= 26
            shown = film.pictures[[n for n in range(start, end) if n not in tricked]]
            assert np.ptp(shown, axis=(0, 1, 2)).max() <= 1
            colours.append(shown[0, 0, 0].tolist())
        assert all(old != new for old, new in pairwise(colours))


def test_frames_in_transitions_and_distractors_are_none_of_a_shot_alone(films: list[Film]) -> None:
    for film in films:
        for edit in film.edits:
            old, new = film.pictures[edit.start_frame - 1], film.pictures[edit.end_frame]
            for mixed in film.pictures[edit.start_frame : edit.end_frame]:
                assert (mixed != old).any()
                assert (mixed != new).any()
        for trick in film.distractors:
            before, seen = film.pictures[trick.start_frame - 1], film.pictures[trick.start_frame : trick.end_frame]
            if trick.kind in ("flash", "light", "object", "lower third", "logo"):
                assert (seen != before).any()
                assert (film.pictures[trick.end_frame] == before).all()


def test_films_are_the_same_every_time(films: list[Film], takes: list[Take]) -> None:
    first = next(generated.generated("dev", takes, 1))
    assert first.edits == films[0].edits
    np.testing.assert_array_equal(first.pictures, films[0].pictures)
    other = next(generated.generated("test", takes, 1))
    assert other.edits != first.edits


def test_every_kind_is_among_them_often_enough() -> None:
    for half in (0, 1):
        edits = generated._dealt(generated._EDITS, generated.FILMS * 7, half)
        tricks = generated._dealt(generated._DISTRACTORS, generated.FILMS * 8, half)
        assert min(edits.count(kind) for kind in KINDS) >= 10
        assert min(tricks.count(kind) for kind in distractors.KINDS) >= 14


@pytest.mark.parametrize("kind", KINDS)
def test_a_join_begins_and_ends_near_its_shots(kind: str) -> None:
    join = drawn(kind, np.random.default_rng(5))
    old = np.full((join.old_frames, 18, 32, 3), 60, np.uint8)
    new = np.full((join.new_frames, 18, 32, 3), 180, np.uint8)
    mixed = join.mixed(old, new).astype(int)
    assert len(mixed) == join.frames
    if kind != CUT:
        assert abs(mixed[0].mean() - 60) < 25
        assert abs(mixed[-1].mean() - 180) < 25


def test_a_camera_moves_over_the_picture_and_within_it() -> None:
    gradient = np.broadcast_to(np.linspace(0, 255, 64)[None, None, :, None], (30, 36, 64, 3)).astype(np.uint8)
    for kind in ("pan", "zoom", "shake"):
        seen = distractors.framed(gradient, kind, (10, 20), np.random.default_rng(2)).astype(int)
        assert seen.shape == (30, distractors.HEIGHT, distractors.WIDTH, 3)
        assert np.abs(np.diff(seen[10:21], axis=0)).max() > 5
        assert np.ptp(seen[:10], axis=0).max() <= np.ptp(seen[20:], axis=0).max() == 0


def test_slow_motion_shows_frames_three_times() -> None:
    assert distractors.slowed(12, (3, 9)).tolist() == [0, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6, 7]


def test_a_film_comes_back_from_an_encoder(films: list[Film]) -> None:
    part = slice(films[0].edits[0].start_frame - 4, films[0].edits[0].start_frame + 4)
    pictures = films[0].pictures[part] + np.random.default_rng(6).integers(0, 30, (90, 160, 3), np.uint8)
    short = Film("short", films[0].small[part], pictures, (), ())
    coded = encoded(short)
    assert coded.name == "short coded"
    assert coded.small.shape == short.small.shape
    error = np.abs(coded.pictures.astype(int) - short.pictures).mean()
    assert 0 < error < 12


def test_no_shot_is_in_both_halves() -> None:
    ranges = tomllib.loads(resources.files("newsreel.evaluate.shots").joinpath("sources.toml").read_text("utf-8"))
    assert tuple(ranges) == HALVES
    for name in ranges["dev"]:
        shots = sorted(ranges["dev"][name] + ranges["test"][name])
        assert all(start < end for start, end in shots)
        assert all(one[1] <= other[0] for one, other in pairwise(shots))
