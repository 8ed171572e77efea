"""What is taken for what: to read, not to be counted by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsreel.core.entities import Entity
from newsreel.evaluate.entities.answers import Answer

__all__ = ["BOUNDARY", "INVENTED", "MISSED", "Outcome", "confusion", "outcomes", "worst"]

BOUNDARY, MISSED, INVENTED = "boundary", "missed", "invented"
"""Found with another beginning or end, found nowhere; and found where there is none."""

_CONTEXT = 40


@dataclass(frozen=True, slots=True)
class Outcome:
    """A name and what was made of it."""

    gold: str
    """Its label, or INVENTED."""
    found: str
    """The label it was given, BOUNDARY or MISSED."""
    text: str
    start: int
    end: int
    instead: tuple[Entity, ...] = ()
    """What was found across its boundaries."""

    def __str__(self) -> str:
        """The name in its context; behind it what was found instead, if anything was."""
        before = self.text[max(0, self.start - _CONTEXT) : self.start]
        after = self.text[self.end : self.end + _CONTEXT]
        told = ", ".join(f"{self.text[e.start : e.end]} {e.label}" for e in self.instead)
        shown = f"{before}»{self.text[self.start : self.end]}«{after}{f'  (found: {told})' if told else ''}"
        return " ".join(shown.split())


def outcomes(answers: Iterable[Answer]) -> Iterator[Outcome]:
    """Every name that is in the texts or was found in them, by text, invented ones last."""
    for answer in answers:
        for start, end, label in answer.gold:
            met = tuple(entity for entity in answer.found if entity.start < end and start < entity.end)
            exact = next((entity for entity in met if (entity.start, entity.end) == (start, end)), None)
            if exact is not None:
                yield Outcome(label, exact.label, answer.text, start, end)
            else:
                yield Outcome(label, BOUNDARY if met else MISSED, answer.text, start, end, met)
        for entity in answer.found:
            if not any(entity.start < end and start < entity.end for start, end, _ in answer.gold):
                yield Outcome(INVENTED, entity.label, answer.text, entity.start, entity.end)


def confusion(found: Iterable[Outcome]) -> dict[str, dict[str, int]]:
    """For each label, and INVENTED, how often it became each label, BOUNDARY or MISSED."""
    counted: dict[str, dict[str, int]] = {}
    for (gold, became), times in Counter((outcome.gold, outcome.found) for outcome in found).items():
        counted.setdefault(gold, {})[became] = times
    return counted


def worst(sets: Mapping[str, Sequence[Answer]], limit: int) -> dict[str, list[str]]:
    """At most `limit` errors of each kind (`PER as ORG`) in their context and with their set, evenly from all texts."""
    kinds: dict[str, list[str]] = {}
    for name, answers in sets.items():
        for outcome in outcomes(answers):
            if outcome.gold != outcome.found:
                kinds.setdefault(f"{outcome.gold} as {outcome.found}", []).append(f"{name}: {outcome}")
    return {kind: same[:: -(-len(same) // limit)] for kind, same in sorted(kinds.items())} if limit else {}
