"""One label for a name that was found with several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from newsreel.names.mentions import Mention
from newsreel.names.people import FAMILY, GIVEN, parts, runs
from newsreel.names.words import PER

__all__ = ["labels"]


def labels(mentions: Sequence[Mention]) -> list[str]:
    """Each mention's label: where those of a name disagree, that of more than half, by the sum of their scores.

    A person's short name stays one where the item has that person's full name: Denzel Washington does not vanish in
    the city. Where no label has more than half, all stay.
    """
    scores = defaultdict[str, defaultdict[str, float]](lambda: defaultdict(float))
    for mention in mentions:
        scores[mention.words][mention.entity.label] += mention.entity.score
    disagree = {words for words, by_label in scores.items() if len(by_label) > 1}
    called = _called(mentions) if disagree else set()

    def label_of(mention: Mention) -> str:
        by_label, own = scores[mention.words], mention.entity.label
        if mention.words not in disagree or (own == PER and mention.words in called):
            return own
        first = max(by_label, key=lambda label: by_label[label])
        return first if by_label[first] > sum(by_label.values()) - by_label[first] else own

    return [label_of(mention) for mention in mentions]


def _called(mentions: Sequence[Mention]) -> set[str]:
    """What the people named in full are also called."""
    full = {parts(mention.name) for mention in mentions if mention.entity.label == PER}
    return {run for person in full for run, rule in runs(person) if rule in (FAMILY, GIVEN)}
