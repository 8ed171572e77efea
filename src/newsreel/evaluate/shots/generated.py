"""Edits made of real footage by a seeded recipe, so that every boundary is known; the same films every time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from newsreel.evaluate.shots import distractors as moves
from newsreel.evaluate.shots.distractors import SLOW_MOTION
from newsreel.evaluate.shots.edits import Join, drawn
from newsreel.evaluate.shots.films import CUT, Distractor, Edit, Film, Pixels, squeezed
from newsreel.evaluate.shots.takes import HALVES, Half, Take

__all__ = ["FILMS", "PIECES", "generated"]

FILMS, PIECES = 22, 8
"""Films in each half, and shots in each of them."""

_EDITS = (*[CUT] * 6, *["dissolve"] * 3, *["fade through black"] * 2, "fade through white", *["wipe"] * 2, "push")
"""In this proportion."""
_DISTRACTORS = (*moves.KINDS, "", "", "")
_FEWEST_PLAIN, _MOST_PLAIN = 26, 40
"""How many frames of a shot are in no transition."""
_CLEAR = 6
"""A distractor is so many frames away from the transitions, so that what is found can be put down to one of the two."""
_LEAST_APART = 10
"""Two shots that follow each other differ by so many of 255 levels at least, on average over their small pictures."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A shot of a generated film."""

    take: Take
    first: int
    """Of the take's frames."""
    frames: int
    """Those in transitions included."""
    kind: str
    """Of its distractor, or empty."""
    span: tuple[int, int]
    """Of the distractor, in the piece."""
    seed: tuple[int, ...]
    stranger: Take

    def pictures(self) -> Pixels:
        """`[frames, HEIGHT, WIDTH, 3]`."""
        chance = np.random.default_rng(self.seed)
        steps = np.arange(self.frames) if self.kind != SLOW_MOTION else moves.slowed(self.frames, self.span)
        pictures = moves.framed(self.take.pictures[self.first + steps], self.kind, self.span, chance)
        still = moves.framed(self.stranger.pictures[:1], "", (0, 0), chance)[0]
        return moves.apply(pictures, self.kind, self.span, still, chance)


def generated(half: Half, takes: Sequence[Take], films: int = FILMS) -> Iterator[Film]:
    """The half's films, one at a time, `films` of them at most; with fewer they are the first of the same."""
    seed = HALVES.index(half)
    joins = _dealt(_EDITS, FILMS * (PIECES - 1), seed)
    kinds = _dealt(_DISTRACTORS, FILMS * PIECES, seed)
    for number in range(films):
        edits = joins[number * (PIECES - 1) : (number + 1) * (PIECES - 1)]
        tricks = kinds[number * PIECES : (number + 1) * PIECES]
        yield _film(f"{half} {number + 1}", takes, edits, tricks, (seed, number))


def _dealt(kinds: Sequence[str], count: int, seed: int) -> list[str]:
    """So many of the kinds, in their proportion, in a random order."""
    chance = np.random.default_rng((seed, len(kinds)))
    return [str(kind) for _ in range(0, count, len(kinds)) for kind in chance.permutation(kinds)][:count]


def _film(name: str, takes: Sequence[Take], edits: Sequence[str], tricks: Sequence[str], seed: tuple[int, int]) -> Film:
    chance = np.random.default_rng(seed)
    joins = [drawn(kind, chance) for kind in edits]
    pieces: list[_Piece] = []
    for place, kind in enumerate(tricks):
        head = joins[place - 1].new_frames if place else 0
        tail = joins[place].old_frames if place < len(joins) else 0
        take = _next_take(takes, pieces, head + tail + _FEWEST_PLAIN, chance)
        pieces.append(_piece(take, takes, head, tail, kind, (*seed, place), chance))
    return _joined(name, pieces, joins)


def _next_take(takes: Sequence[Take], before: Sequence[_Piece], frames: int, chance: np.random.Generator) -> Take:
    """One that is long enough, not in the film yet, and looks otherwise than the one before."""
    used = {id(piece.take) for piece in before}
    fit = [take for take in takes if len(take.pictures) >= frames and id(take) not in used]
    for number in chance.permutation(len(fit)):
        take = fit[int(number)]
        if not before or _apart(before[-1].take, take) >= _LEAST_APART:
            return take
    raise ValueError(f"of {len(takes)} takes none has {frames} frames and can follow")


def _apart(old: Take, new: Take) -> float:
    one, other = (squeezed(pictures).astype(np.int16) for pictures in (old.pictures[-1:], new.pictures[:1]))
    return float(np.abs(one - other).mean())


def _piece(
    take: Take,
    takes: Sequence[Take],
    head: int,
    tail: int,
    kind: str,
    seed: tuple[int, ...],
    chance: np.random.Generator,
) -> _Piece:
    """As much of the take as there is, up to a length drawn; the distractor somewhere between its transitions."""
    plain = min(int(chance.integers(_FEWEST_PLAIN, _MOST_PLAIN + 1)), len(take.pictures) - head - tail)
    frames = head + plain + tail
    first = int(chance.integers(0, len(take.pictures) - frames + 1))
    span = (0, 0)
    if kind:
        fewest, most = moves.KINDS[kind]
        length = min(int(chance.integers(fewest, most + 1)), plain - 2 * _CLEAR)
        start = head + int(chance.integers(_CLEAR, plain - _CLEAR - length + 1))
        span = (start, start + length)
    stranger = takes[int(chance.integers(len(takes)))]
    return _Piece(take, first, frames, kind, span, seed, stranger)


def _joined(name: str, pieces: Sequence[_Piece], joins: Sequence[Join]) -> Film:
    parts, edits, tricks = list[Pixels](), list[Edit](), list[Distractor]()
    at, old, used = 0, pieces[0].pictures(), 0
    for place, piece in enumerate(pieces):
        if piece.kind:
            shift = at - used
            tricks.append(Distractor(piece.kind, piece.span[0] + shift, piece.span[1] + shift))
        if place == len(joins):
            parts.append(old[used:])
            break
        join, new = joins[place], pieces[place + 1].pictures()
        kept = len(old) - join.old_frames
        parts += [old[used:kept], join.mixed(old[kept:], new[: join.new_frames])]
        at += kept - used
        edits.append(Edit(join.kind, at, at + join.frames))
        at, old, used = at + join.frames, new, join.new_frames
    pictures = np.concatenate(parts)
    return Film(name, squeezed(pictures), pictures, tuple(edits), tuple(tricks))
