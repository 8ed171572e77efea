"""Stories with their names marked, `[PER Angela Merkel] spoke`, as a model that makes no mistake would find them."""

from __future__ import annotations

import re

from newsreel.core.entities import Entity
from newsreel.names import Linked, link

MARKED = re.compile(r"\[([A-Z]+) ([^\]]*)\]")


def read(marked: str, score: float = 0.9) -> tuple[str, list[Entity]]:
    text, found, at = "", [], 0
    for mark in MARKED.finditer(marked):
        text += marked[at : mark.start()]
        found.append(Entity(len(text), len(text) + len(mark[2]), mark[1], score))
        text += mark[2]
        at = mark.end()
    return text + marked[at:], found


def linked(*marked: str) -> Linked:
    texts, found = zip(*map(read, marked), strict=True)
    return link(texts, found)


def counts(*marked: str) -> dict[str, int]:
    """How often each key is named."""
    return {entity.key: entity.mentions for entity in linked(*marked).entities}


def joined(names: list[str], label: str = "PER") -> tuple[list[str], list[list[Entity]]]:
    """A text of nothing but these names."""
    text, found = read(" and ".join(f"[{label} {name}]" for name in names))
    return [text], [found]
