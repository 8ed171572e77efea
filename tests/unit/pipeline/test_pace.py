"""The rate of a film's frames: what its file says of it, and how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from tests.film_builders import write_film

from newsreel.core.times import NS_PER_S
from newsreel.pipeline.films import cut_alone
from newsreel.pipeline.pace import Pace
from newsreel.testing.fakes import FakeShotModel

NTSC = Fraction(30000, 1001)


def times(rate: Fraction | int, frames: int, unit_ns: int = 1) -> list[int]:
    return [round(Fraction(n * NS_PER_S, unit_ns) / rate) * unit_ns for n in range(frames)]


@pytest.mark.parametrize(
    ("times_ns", "said", "rate"),
    [
        (times(25, 60), Fraction(25), Fraction(25)),
        (times(25, 60), Fraction(50), Fraction(25)),
        (times(25, 60), Fraction(3000, 119), Fraction(25)),
        (times(NTSC, 60), Fraction(60), NTSC),
        (times(NTSC, 60, 1_000_000), NTSC, NTSC),
        (times(NTSC, 100_000), Fraction(30), NTSC),
        (times(25, 1), Fraction(50), Fraction(50)),
        ([0, 40_000_000, 90_000_000], Fraction(25), Fraction(25)),
        ([7, 40_000_007], Fraction(0), Fraction(0)),
    ],
    ids=[
        *("true", "fields", "a short last frame", "fields at 29.97", "to the millisecond", "an hour", "one frame"),
        *("varying", "nothing said"),
    ],
)
def test_constant_frames_have_the_rate_at_which_they_are_shown(
    times_ns: Sequence[int], said: Fraction, rate: Fraction
) -> None:
    pace = Pace()
    for time_ns in times_ns:
        pace.take(time_ns)
    assert pace.rate(said) == rate


def test_a_file_that_says_twice_the_rate_is_not_believed(tmp_path: Path) -> None:
    film = write_film(tmp_path / "fields.mkv", frames=30, rate=50, stamps=[n * 40 for n in range(30)])
    found = cut_alone(film, FakeShotModel(), 60, lambda _: None)
    assert (found.frame_rate, found.constant_rate) == (Fraction(25), True)
