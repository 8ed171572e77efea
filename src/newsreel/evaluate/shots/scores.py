"""Precision, recall and F1 of transitions, how far off they are, and what becomes of what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from newsreel.evaluate.entities.scores import Counts, Interval, f1, resampled
from newsreel.evaluate.shots.films import CUT, Distractor, Edit
from newsreel.evaluate.shots.matching import Found, Kind, kind_of, pairs

__all__ = ["BOTH", "Answer", "Figures", "Score", "figures"]

BOTH = "both"
"""Cuts and gradual transitions, found as either."""

_NEAR_FRAMES = 12
"""What is found so near a transition that is there, and is not it, is put down to it."""
_PLAIN, _BESIDE = "nothing", "a transition found twice"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system found in a film."""

    film: str
    edits: tuple[Edit, ...]
    distractors: tuple[Distractor, ...]
    found: tuple[Found, ...]

    @property
    def pairs(self) -> list[tuple[Edit, Found]]:
        """What is there with what was found of it, wherever they are near enough."""
        return [(self.edits[e], self.found[f]) for e, f in pairs(self.edits, self.found)]

    def counts(self, kind: Kind | None) -> tuple[int, int, int]:
        """How many are right, found and there: of the kind, found as the kind; or of both, as whatever (None)."""
        there = [edit for edit in self.edits if kind in (None, kind_of(edit))]
        claimed = [one for one in self.found if kind in (None, one.kind)]
        return len(pairs(there, claimed)), len(claimed), len(there)

    @property
    def missed(self) -> list[Edit]:
        """Those there that were not found."""
        seen = {e for e, _ in pairs(self.edits, self.found)}
        return [edit for number, edit in enumerate(self.edits) if number not in seen]

    @property
    def false(self) -> list[tuple[Found, str]]:
        """Those found that are not there, and what is there instead."""
        right = {f for _, f in pairs(self.edits, self.found)}
        return [(one, self._cause(one)) for number, one in enumerate(self.found) if number not in right]

    def _cause(self, found: Found) -> str:
        start, end = found.start_frame, found.end_frame
        for trick in self.distractors:
            if start <= trick.end_frame + 2 and end >= trick.start_frame - 2:
                return trick.kind
        for edit in self.edits:
            if start <= edit.end_frame + _NEAR_FRAMES and end >= edit.start_frame - _NEAR_FRAMES:
                return _BESIDE
        return _PLAIN


@dataclass(frozen=True, slots=True)
class Score:
    """How well transitions are found; the interval is over films."""

    precision: float
    recall: float
    f1: Interval
    right: int
    found: int
    there: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A system's figures on a set of films."""

    scores: Mapping[str, Score]
    """Of BOTH; where the system tells kinds, of `cut` and `gradual` too, each found as what it is."""
    recall: Mapping[str, tuple[int, int]]
    """By kind of edit: how many are found, as whatever, and there."""
    false: Mapping[str, tuple[int, int]]
    """By what is there instead: how many false ones, and how often it is there (0 where that cannot be counted)."""
    cut_errors: Mapping[int, int]
    """Of the cuts that are found: by how many frames late, how many."""
    gradual_frames: tuple[float, float] | None
    """Of the gradual ones found as such: mean precision and recall of their frames, TRECVID's accuracy."""


def figures(answers: Sequence[Answer], name: str) -> Figures:
    """Of a system's answers to a set; `name` is the set's. Raises ValueError without an answer."""
    kinds: dict[str, Kind | None] = {BOTH: None}
    if not any(found.kind is None for answer in answers for found in answer.found):
        kinds |= {"cut": "cut", "gradual": "gradual"}
    matched = [pair for answer in answers for pair in answer.pairs]
    there = Counter(edit.kind for answer in answers for edit in answer.edits)
    seen = Counter(edit.kind for edit, _ in matched)
    tricks = Counter(trick.kind for answer in answers for trick in answer.distractors)
    false = Counter(cause for answer in answers for _, cause in answer.false)
    late = Counter(found.start_frame - edit.start_frame for edit, found in matched if edit.kind == CUT)
    return Figures(
        scores={shown: _score([answer.counts(kind) for answer in answers], name) for shown, kind in kinds.items()},
        recall={kind: (seen[kind], count) for kind, count in there.items()},
        false={cause: (false[cause], tricks[cause]) for cause in [*sorted(tricks), _BESIDE, _PLAIN]},
        cut_errors=dict(sorted(late.items())),
        gradual_frames=_accuracy(matched),
    )


def _score(counted: Sequence[tuple[int, int, int]], name: str) -> Score:
    films: Counts = np.array(counted, np.int64)
    right, found, there = films.sum(axis=0).tolist()
    return Score(
        precision=right / max(found, 1),
        recall=right / max(there, 1),
        f1=Interval.of(float(f1(films.sum(axis=0))), f1(resampled(films, name))),
        right=right,
        found=found,
        there=there,
    )


def _accuracy(matched: Sequence[tuple[Edit, Found]]) -> tuple[float, float] | None:
    shares = []
    for edit, found in matched:
        if kind_of(edit) == found.kind == "gradual":
            shared = min(edit.end_frame, found.end_frame) - max(edit.start_frame, found.start_frame)
            lengths = (found.end_frame - found.start_frame, edit.end_frame - edit.start_frame)
            shares.append([max(shared, 0) / length for length in lengths])
    if not shares:
        return None
    precision, recall = zip(*shares, strict=True)
    return fmean(precision), fmean(recall)
