"""One entry of the editor's file, and the names in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsreel.core.errors import UsageError
from newsreel.names.words import LOC, MISC, ORG, PER, key, tidy

__all__ = ["Entry", "Name"]

_LABELS = (PER, ORG, LOC, MISC)
_KINDS = {"person": PER, "org": ORG, "organisation": ORG, "organization": ORG, "place": LOC, "misc": MISC}
_KIND = re.compile(r"\s*([A-Za-z_]+)\s*:\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the editor wrote it."""

    label: str | None
    name: str

    @classmethod
    def read(cls, text: str) -> Name:
        """Of "Merkel", "person: Merkel", or with a label in capitals, as "PER: Merkel"."""
        found = _KIND.match(text)
        label = None if found is None else _KINDS.get(found[1].lower(), found[1] if found[1].isupper() else None)
        return cls(label, tidy(text[found.end() :] if found and label else text))

    @property
    def stands_for(self) -> list[str]:
        """Its keys: one of each label where it has none of its own."""
        return [key(label, self.name) for label in ([self.label] if self.label else _LABELS)]

    def key(self, label: str) -> str:
        """Its key, with this label where it has none of its own."""
        return key(self.label or label, self.name)


@dataclass(frozen=True, slots=True)
class Entry:
    """One `[[...]]` of the file."""

    kind: str
    place: str
    """For people: "entities.toml, line 12 ([[merge]])"."""
    fields: Mapping[str, Any]

    def name(self, field: str) -> Name:
        """The one name in a field. Raises UsageError where it is none."""
        if not isinstance(self.fields[field], str):
            raise self.error(f'{field} must be one text in quotes: {field} = "…"')
        return self.names(field)[0]

    def names(self, field: str) -> list[Name]:
        """The names in a field. Raises UsageError where there are none."""
        return [Name.read(text) for text in self.texts(field)]

    def keys(self, field: str) -> list[str]:
        """All that the names in a field stand for. Raises UsageError where there are none."""
        return [key for name in self.names(field) for key in name.stands_for]

    def texts(self, field: str) -> list[str]:
        """The texts in a field, one or a list. Raises UsageError for anything else."""
        value = self.fields[field]
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not texts or not all(isinstance(t, str) and t.strip() for t in texts):
            raise self.error(f'{field} must be a text in quotes, or several: {field} = ["…", "…"]')
        return [text.strip() for text in texts]

    def error(self, message: str) -> UsageError:
        """What to raise, with the place before it."""
        return UsageError(f"{self.place}: {message}")
