"""The query language: words, and whom or what the items must name.

`person:"Angela Merkel" summit` asks for items about a summit that name her. Only the words of `LABELS` count before a
colon, and only with a name right after it: `topic: rain` and `person: unknown` are text, and so is a quote that nobody
closed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsreel.core.errors import UsageError

__all__ = ["FACETS", "LABELS", "MAX_NAMES", "AskedName", "Understood", "understand"]

FACETS = {"PER": "person", "ORG": "organisation", "LOC": "place", "MISC": "misc"}
"""What a label is called in a query and among the facets."""

LABELS = {word: label for label, word in FACETS.items()} | {"org": "ORG", "organization": "ORG", "location": "LOC"}

MAX_NAMES = 10
"""Most names that one query can ask for."""

_NAME = re.compile(rf'(?<!\S)({"|".join(LABELS)}):(?:"([^"]*)"|“([^“”]*)”|(\w\S*))', re.IGNORECASE)

_MISSED = re.compile(rf"""(?<!\S)({"|".join(LABELS)}):(?=\s|$|["“”„'‘’«])""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AskedName:
    """A name that the items must have, as the query asks for it."""

    label: str
    name: str
    start: int
    end: int
    """Where in the query's text it stands: half-open, in characters."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A query's text, understood."""

    text: str
    names: tuple[AskedName, ...]
    """All of them must be named; by place."""

    @property
    def words(self) -> str:
        """What is searched for: the text without the names."""
        return _without(self.text, self.names)

    @property
    def missed(self) -> tuple[str, ...]:
        """The words before a colon that seem to begin a name and do not, each once."""
        return tuple(dict.fromkeys(found[1].lower() for found in _MISSED.finditer(self.words)))

    def without(self, name: AskedName) -> str:
        """The query's text without this name."""
        return _without(self.text, (name,))


def understand(text: str) -> Understood:
    """The words and names of a query. Raises UsageError for too many names."""
    names = tuple(
        AskedName(LABELS[found[1].lower()], " ".join(name.split()), *found.span())
        for found in _NAME.finditer(text)
        if re.search(r"\w", name := found[2] or found[3] or found[4] or "")
    )
    if len(names) > MAX_NAMES:
        raise UsageError(f"the query asks for {len(names)} names; {MAX_NAMES} is the most")
    return Understood(text, names)


def _without(text: str, names: tuple[AskedName, ...]) -> str:
    if not names:
        return text
    starts, ends = [0, *(name.end for name in names)], [*(name.start for name in names), len(text)]
    kept = (text[start:end].strip() for start, end in zip(starts, ends, strict=True))
    return " ".join(part for part in kept if part)
