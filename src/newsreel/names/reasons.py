"""Why names are taken for one, and who a name on its own may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from newsreel.core.entities import ItemEntity
from newsreel.names.bodies import ACRONYM, BRACKETS, FORM, acronyms
from newsreel.names.people import SAME, fits, parts
from newsreel.names.words import LOC, MISC, ORG, PER, STATES, key, normal, plain, split_key, without_form

__all__ = ["Likely", "explain", "likely"]

UNSAID = "merged by the editor"


@dataclass(frozen=True, slots=True)
class Likely:
    """Who or what a key may be, for people to decide."""

    key: str
    reason: str
    """As "family name of"."""


def explain(entity: ItemEntity) -> list[tuple[str, str]]:
    """Each of its aliases, and the rule by which it is this entity: "same name", "family name of Angela Merkel".

    By its name if that can be, or else by another of its aliases.
    """
    others = sorted(alias for alias, _ in entity.aliases)
    return [(alias, _why(entity, alias, others)) for alias, _ in entity.aliases]


def likely(entity_key: str, keys: Iterable[str]) -> Likely | None:
    """Which one of these keys, and why, a key on its own may be: "Merkel" perhaps "Angela Merkel".

    None where there is no such key, or more than one. Only a suggestion: nothing is counted by it.
    """
    label, name = split_key(entity_key)
    fuller = {}
    for other in set(keys) - {entity_key}:
        other_label, full = split_key(other)
        reason = _rule(label, name, full) if other_label == label else None
        if reason is not None and len(full) > len(name):
            fuller[other] = reason
    return Likely(*fuller.popitem()) if len(fuller) == 1 else None


def _why(entity: ItemEntity, alias: str, others: Iterable[str]) -> str:
    if alias == entity.name:
        return SAME
    for full in (entity.name, *others):
        rule = _rule(entity.label, alias, full)
        if rule is not None and not rule.startswith(SAME[:4]):
            return f"{rule} {full}"
        if rule is not None and full == entity.name:
            return rule
    return UNSAID if entity.label not in (ORG, MISC) else f"{BRACKETS} its name, or {UNSAID}"


def _rule(label: str, name: str, full: str) -> str | None:
    """The rule by which one name is another's; None where the names alone do not say."""
    if key(label, name) == key(label, full):
        return _same(label, name, full)
    if label == PER:
        return fits(parts(name), parts(full))
    if label in (ORG, MISC):
        words, short = _words(label, full), _words(label, name)
        if short == without_form(words):
            return FORM
        if len(short) == 1 and short[0] in acronyms(words):
            return ACRONYM
    if label == LOC and plain(full)[: len(plain(name))] == plain(name):
        return FORM if " ".join(plain(full)[len(plain(name)) :]) in STATES else None
    return None


def _words(label: str, name: str) -> tuple[str, ...]:
    return tuple(split_key(key(label, name))[1].split())


def _same(label: str, name: str, full: str) -> str:
    if name.casefold() == full.casefold():
        return "same but for case"
    if normal(name) == normal(full):
        return "same but for spelling"
    return {LOC: "same country", PER: "same but for a title"}.get(label, "same but for the legal form")
