"""What a model finds in labelled texts, as they are written and in lower case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from newsreel.core.entities import Entity
from newsreel.core.protocols import EntityModel
from newsreel.evaluate.entities.labelled import LABELS, Labelled, lowered

__all__ = ["CASES", "Answer", "Answers", "Case", "ask"]

Case = Literal["cased", "lower"]
CASES: tuple[Case, ...] = ("cased", "lower")

_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class Answer:
    """A text's names and those found in it, by place, but for labels that its annotators did not look for."""

    text: str
    gold: tuple[tuple[int, int, str], ...]
    found: tuple[Entity, ...]

    @classmethod
    def of(cls, labelled: Labelled, found: Sequence[Entity]) -> Answer:
        """Without what is not counted: unmarked labels, and such as are none of LABELS."""
        counted = frozenset(LABELS) - labelled.unmarked
        gold = tuple(span for span in labelled.spans if span[2] in counted)
        return cls(labelled.text, gold, tuple(entity for entity in found if entity.label in counted))


Answers = Mapping[Case, Mapping[str, Sequence[Answer]]]
"""By case, by set, in the set's order."""


def ask(
    model: EntityModel, sets: Mapping[str, Sequence[Labelled]], watch: Callable[[str, int, int], None]
) -> dict[Case, dict[str, list[Answer]]]:
    """The model's answers. `watch` is told what is read, how many texts have been and how many there are."""
    total = len(CASES) * sum(map(len, sets.values()))
    answers: dict[Case, dict[str, list[Answer]]] = {case: {} for case in CASES}
    done = 0
    for case in CASES:
        for name, texts in sets.items():
            given = texts if case == "cased" else [lowered(text) for text in texts]
            answers[case][name] = []
            for start in range(0, len(given), _AT_ONCE):
                group = given[start : start + _AT_ONCE]
                found = model.entities([text.text for text in group])
                answers[case][name] += [Answer.of(*pair) for pair in zip(group, found, strict=True)]
                done += len(group)
                watch(f"{name}, {case}", done, total)
    return answers
