"""Names to put in the place of names, of lists that are our own."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from newsreel.evaluate.entities.labelled import Labelled

__all__ = ["Gazetteer"]

_FOLDER = Path(__file__).parent / "written" / "gazetteer"


class Gazetteer:
    """Lists by file; a file's name begins with its label."""

    def __init__(self) -> None:
        self._lists = {path.stem: _lines(path) for path in sorted(_FOLDER.glob("*.txt"))}
        self._of_name: dict[str, str] = {}
        for name, lines in self._lists.items():
            for line in lines:
                self._of_name.setdefault(line.casefold(), name)
        self._other = [name for name in self._lists if not name.startswith("per_")]

    def any(self, chance: random.Random) -> tuple[str, str]:
        """Some name and its label: two of five a person's, the others evenly of all lists."""
        if chance.random() < 0.4:
            return self.person(chance, whole=chance.random() < 0.6), "PER"
        name = chance.choice(self._other)
        return chance.choice(self._lists[name]), name.partition("_")[0].upper()

    def person(self, chance: random.Random, *, whole: bool) -> str:
        """A person's whole name, in the news or made up; or a surname, rarely a given name."""
        public = chance.choice(self._lists["per_public"])
        if whole:
            given, family = (chance.choice(self._lists[f"per_{part}"]) for part in ("given", "family"))
            return public if chance.random() < 0.6 else f"{given} {family}"
        if chance.random() < 0.5:
            return public.split()[-1]
        return chance.choice(self._lists["per_given" if chance.random() < 0.25 else "per_family"])

    def swapped(self, text: Labelled, chance: random.Random, share: float) -> Labelled:
        """With other names of the same kind in the place of a share of those it knows, and of persons."""
        parts, spans, read = [], list[tuple[int, int, str]](), 0
        length = 0
        for start, end, label in text.spans:
            name = text.text[start:end]
            put = self._other_than(name, label, chance) if chance.random() < share else name
            parts += [text.text[read:start], put]
            length += start - read
            spans.append((length, length + len(put), label))
            length += len(put)
            read = end
        return replace(text, text="".join([*parts, text.text[read:]]), spans=tuple(spans))

    def _other_than(self, name: str, label: str, chance: random.Random) -> str:
        if label == "PER":
            return self.person(chance, whole=" " in name)
        known = self._of_name.get(name.casefold())
        if known is None or not known.startswith(label.lower()):
            return name
        return chance.choice(self._lists[known])


def _lines(path: Path) -> list[str]:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
