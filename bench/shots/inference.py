"""Inference alone: the same frames to all, in stretches that are each a film of its own, one a round."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bench.encoders.ratios import Interval, median_interval, paired
from bench.encoders.rows import Claim
from bench.shots.agreement import Agreement, agreement
from bench.shots.contestants import OURS, PACKAGE, STEPS, Package, Scoring, Step, boundaries
from bench.shots.turns import Calls, Turns, in_turns, walls

from newsreel.models.shots.config import Frames

__all__ = ["Gain", "Inference", "Row", "Stretch", "claims", "infer"]

_AIM, _FLOOR, _IOU = 6, 4, 0.99
_SCENES = "predictions_to_scenes on both, single head at 0.5"
_FINDER = "BoundaryFinder on both, both heads"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some frames of a film."""

    film: str
    start_frame: int
    frames: Frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A contestant's speed."""

    name: str
    frames_per_s: Interval
    faster: Interval
    """Times the package's frames a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a step gained beside what was predicted."""

    step: Step
    found: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """All of it."""

    frames: int
    rows: Sequence[Row]
    gains: Sequence[Gain]
    agreements: Sequence[Agreement]
    difference_max: float
    """Of any probability of Newsreel to the package's."""


def infer(
    stretches: Sequence[Stretch], models: Mapping[str, Scoring], package: Package, watch: Callable[[int], None]
) -> Inference:
    """Race the models and the package through the stretches."""
    scoring = {PACKAGE: package.frames, **models}
    turns = in_turns(_rounds(stretches, scoring), watch)
    return Inference(
        frames=sum(len(stretch.frames) for stretch in stretches),
        rows=[_row(name, stretches, turns) for name in scoring],
        gains=[
            Gain(step=step, found=paired(walls(turns[step.before]), walls(turns[step.name])))
            for step in STEPS
            if step.before in turns and step.name in turns
        ],
        agreements=_agreements(stretches, turns, package),
        difference_max=max(
            float(abs(ours.gave - theirs.gave).max()) for ours, theirs in zip(turns[OURS], turns[PACKAGE], strict=True)
        ),
    )


def claims(found: Inference) -> list[Claim]:
    """The issue's aim and floor, and that the boundaries are the same."""
    faster = next(row.faster for row in found.rows if row.name == OURS)
    speed = Claim(what=f"inference, times {PACKAGE}", found=faster, aim=_AIM, floor=_FLOOR)
    same = [
        Claim(what=f"IoU of boundary sets, {one.how}", found=Interval(one.iou, one.iou, one.iou), floor=_IOU)
        for one in found.agreements
    ]
    return [speed, *same]


def _rounds(stretches: Sequence[Stretch], scoring: Mapping[str, Scoring]) -> Iterator[Calls]:
    for stretch in (stretches[-1], *stretches):
        yield {name: partial(call, stretch.frames) for name, call in scoring.items()}


def _row(name: str, stretches: Sequence[Stretch], turns: Turns) -> Row:
    speeds = [len(s.frames) / turn.wall_s for s, turn in zip(stretches, turns[name], strict=True)]
    return Row(
        name=name, frames_per_s=median_interval(speeds), faster=paired(walls(turns[PACKAGE]), walls(turns[name]))
    )


def _agreements(stretches: Sequence[Stretch], turns: Turns, package: Package) -> list[Agreement]:
    both = [(ours.gave, theirs.gave) for ours, theirs in zip(turns[OURS], turns[PACKAGE], strict=True)]
    found = []
    for how, cut in ((_FINDER, boundaries), (_SCENES, package.scenes)):
        cuts = [(cut(ours), cut(theirs)) for ours, theirs in both]
        found.append(agreement(how, [(s.film, s.start_frame, *c) for s, c in zip(stretches, cuts, strict=True)]))
    return found
