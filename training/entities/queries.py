"""Queries made of sentences and of names: fragments, word order, questions, as they are typed into a search box."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from newsreel.evaluate.entities.labelled import Labelled
from training.entities.gazetteer import Gazetteer
from training.entities.shapes import bare, headline, lower, misspelt

__all__ = ["QueryMaker"]

_FORMS = tomllib.loads((Path(__file__).parent / "forms.toml").read_text(encoding="utf-8"))
_STOP = frozenset(_FORMS["stop"].split())

_Part = tuple[str, str | None]
"""Some words, and the label of those that are a name."""


class QueryMaker:
    """Makes queries, each different each time."""

    def __init__(self, gazetteer: Gazetteer, plain: Sequence[Labelled], chance: random.Random) -> None:
        """`plain` are texts without names, whose words stand beside names."""
        self._gazetteer = gazetteer
        self._chance = chance
        self._words = [word for text in plain for word in _content(text.text)]

    def of_sentence(self, text: Labelled) -> Labelled | None:
        """A few of its names with a few of the words around them; or, of a text without names, some of its words."""
        parts = [part for part in _parts(text) if part[1] or part[0].casefold() not in _STOP]
        named = [place for place, part in enumerate(parts) if part[1]]
        if not parts:
            return None
        around = self._chance.choice(named) if named else self._chance.randrange(len(parts))
        before, after = self._chance.randrange(3), self._chance.randrange(1, 4)
        chosen = parts[max(0, around - before) : around + after]
        if self._chance.random() < 0.3:
            self._chance.shuffle(chosen)
        return self._typed(chosen, text)

    def of_names(self) -> Labelled:
        """One to three names of the lists in a question, beside words, or alone."""
        name, label = self._gazetteer.any(self._chance)
        form = self._chance.random()
        if form < 0.3:
            before, after = self._chance.choice(_FORMS["around"][label]).split("{}")
            parts: list[_Part] = [(before.strip(), None), (name, label), (after.strip(), None)]
        else:
            names: list[_Part] = [(name, label), *self._more_names()]
            words: list[_Part] = [(self._chance.choice(self._words), None) for _ in range(self._chance.randrange(4))]
            parts = names + words
            if self._chance.random() < 0.5:
                self._chance.shuffle(parts)
        return self._typed([part for part in parts if part[0]], Labelled("", (), "names"))

    def _more_names(self) -> list[_Part]:
        how_many = self._chance.choices((0, 1, 2), (6, 3, 1))[0]
        return [self._gazetteer.any(self._chance) for _ in range(how_many)]

    def _typed(self, parts: Sequence[_Part], of: Labelled) -> Labelled:
        parts = list(parts)
        if self._chance.random() < 0.15:
            parts.append((self._chance.choice(_FORMS["tails"]), None))
        text, spans = "", []
        for words, label in parts:
            text += " " * bool(text)
            if label:
                spans.append((len(text), len(text) + len(words), label))
            text += words
        made = bare(replace(of, text=text, spans=tuple(spans)))
        if self._chance.random() < 0.15:
            made = misspelt(made, self._chance)
        how = self._chance.random()
        return lower(made) if how < 0.8 else headline(made) if how < 0.87 else made


def _parts(text: Labelled) -> list[_Part]:
    parts: list[_Part] = []
    read = 0
    for start, end, label in text.spans:
        parts += [(word, None) for word in text.text[read:start].split()]
        parts.append((text.text[start:end], label))
        read = end
    return parts + [(word, None) for word in text.text[read:].split()]


def _content(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]{3,}", text) if word.casefold() not in _STOP]
