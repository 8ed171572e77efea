"""What an editor skips: black, colour bars, and the same picture again and again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from newsreel.core.shots import Mark, MarkKind
from newsreel.core.times import TimeRange
from newsreel.pipeline.keyframes import detail_of
from newsreel.pipeline.marks import Looks, Marker, grey, has_bars, is_black

STEP_NS = 40_000_000
DRAW = np.random.default_rng(3)
COLOURS = ((1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1))


def squeezed(picture: np.ndarray) -> np.ndarray:
    """To 27 x 48, from a multiple of it."""
    rows, columns = picture.shape[0] // 27, picture.shape[1] // 48
    return picture.reshape(27, rows, 48, columns, 3).mean(axis=(1, 3)).astype(np.uint8)


def bars(level: int = 191, *, black: bool = False, share: float = 1.0, margin: int = 0) -> np.ndarray:
    """A test card, 540 x 960: a share of its height is bars; `margin` at either side is grey."""
    colours = np.array([*COLOURS, (0, 0, 0)] if black else COLOURS) * level
    columns = np.arange(960 - 2 * margin) * len(colours) // (960 - 2 * margin)
    row = np.pad(colours[columns], ((margin, margin), (0, 0)), constant_values=104)
    card = np.tile(row, (540, 1, 1))
    card[int(540 * share) :] = (0, 33, 76)
    return card


def noisy(picture: np.ndarray, sigma: float = 12) -> np.ndarray:
    return np.clip(picture + DRAW.normal(0, sigma, picture.shape), 0, 255).astype(np.uint8)


def over(picture: np.ndarray, top: int, bottom: int) -> np.ndarray:
    """A clock, white figures in a black box, over the middle."""
    drawn = picture.copy()
    drawn[top:bottom, 200:760] = 0
    drawn[top + 20 : bottom - 20 : 9, 240:700:7] = 255
    return drawn


@pytest.mark.parametrize(
    "card",
    [bars(), bars(255, black=True), bars(share=0.66), bars(share=0.58, margin=120), over(bars(), 180, 360),
     over(bars(share=0.66), 60, 200), np.roll(bars(share=0.6), 40, axis=0)],
    ids=["75 %", "EBU 100 %", "SMPTE", "SMPTE of HD", "with a clock", "with an ident", "letterboxed"],
)  # fmt: skip
def test_colour_bars_are_seen_through_noise_and_below_a_clock(card: np.ndarray) -> None:
    assert has_bars(squeezed(noisy(card)))


def striped(*colours: tuple[int, int, int]) -> np.ndarray:
    return np.tile(np.array(colours, np.uint8)[np.arange(960) * len(colours) // 960], (540, 1, 1))


@pytest.mark.parametrize(
    "picture",
    [striped((0, 85, 164), (255, 255, 255), (239, 65, 53)),
     striped(*((230, 230, 230), (40, 90, 200)) * 7),
     striped((228, 3, 3), (255, 140, 0), (255, 237, 0), (0, 128, 38), (0, 77, 255), (117, 7, 135)),
     bars()[:, ::-1], np.rot90(bars()[:, :540], 1).repeat(2, axis=1)[:, :960],
     DRAW.integers(0, 255, (540, 960, 3), dtype=np.uint8)],
    ids=["a flag", "a striped wall", "a rainbow", "mirrored", "lying", "noise"],
)  # fmt: skip
def test_a_flag_or_a_wall_is_no_test_card(picture: np.ndarray) -> None:
    assert not has_bars(squeezed(np.ascontiguousarray(picture)))


def test_a_night_scene_is_not_black() -> None:
    black = np.full((540, 960, 3), 12, np.uint8)
    black[:60] = black[-60:] = 0
    assert is_black(grey(squeezed(noisy(black, 4))))
    street = black.copy()
    street[200:230, 400:430] = 210  # a lamp
    assert not is_black(grey(squeezed(noisy(street, 4))))


def marked(*pictures: np.ndarray, every: int = 5) -> list[Mark]:
    """The marks of a shot of these pictures at 25 a second; the marker is written down and read after each."""
    marker = Marker()
    for number, picture in enumerate(pictures):
        detail = None if number % every else detail_of(picture)
        marker.take(Looks(number * STEP_NS, squeezed(picture), detail))
        marker = Marker.from_json(json.loads(json.dumps(marker.to_json())), marker.marks)
    return marker.finish(len(pictures) * STEP_NS)


def test_stars_are_seen_though_every_tile_is_dark() -> None:
    night = np.full((54, 96, 3), 4, np.uint8)
    night[10, 20] = night[40, 70] = 90
    assert marked(*[night] * 12) == []
    (mark,) = marked(*[np.zeros_like(night)] * 12)
    assert mark == Mark(MarkKind.BLACK, TimeRange(0, 12 * STEP_NS))


def test_each_stretch_is_marked_for_what_it_is() -> None:
    still = DRAW.integers(30, 220, (27, 48, 3), dtype=np.uint8).repeat(4, 0).repeat(4, 1)
    black, card = np.zeros_like(still), bars()[::5, ::5].astype(np.uint8)
    moving = [np.roll(still, 8 * n, axis=1) for n in range(20)]
    pulsing = [noisy(still, 2) if n % 12 == 0 else still for n in range(60)]
    found = marked(*moving, *[black] * 10, *[card] * 20, *moving, *pulsing, *moving[1:])
    ends = [(mark.kind.value, mark.time.start_ns // STEP_NS, mark.time.end_ns // STEP_NS) for mark in found]
    assert ends == [("black", 20, 30), ("bars", 30, 50), ("freeze", 70, 130)]


def zoomed(picture: np.ndarray, share: float) -> np.ndarray:
    rows, columns = (np.clip((np.arange(side) * share).astype(int), 0, side - 1) for side in picture.shape[:2])
    return picture[rows][:, columns]


def test_a_slow_zoom_and_something_small_that_moves_are_no_freeze() -> None:
    still = np.random.default_rng(5).integers(0, 255, (27, 48, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    assert marked(*(zoomed(still, 1 - n / 1500) for n in range(60))) == []
    walking = []
    for n in range(60):
        walking.append(still.copy())
        walking[-1][100:108, 20 + 4 * (n // 5) : 26 + 4 * (n // 5)] = 255
    assert marked(*walking) == []
    assert [mark.kind for mark in marked(*[still] * 60)] == [MarkKind.FREEZE]
    assert marked(*[still] * 49) == []  # not two seconds
