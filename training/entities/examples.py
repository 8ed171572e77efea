"""What an epoch reads: every training sentence once, in some shape, what is made of them, and our own text."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from newsreel.evaluate.entities.labelled import Labelled, read_marked
from newsreel.evaluate.entities.sets import read_sets
from training.entities.gazetteer import Gazetteer
from training.entities.queries import QueryMaker
from training.entities.shapes import bare, capitals, headline, lower, misspelt, spaced_as_written

__all__ = ["Examples", "Mix"]

_WRITTEN = Path(__file__).parent / "written"
_RUNNING = ("wikigold", "gum")
"""Sets whose sentences follow each other: some are read together, as a story's are."""


@dataclass(frozen=True, slots=True)
class Mix:
    """How much of each there is."""

    made_queries: float = 0.5
    """Queries made of each sentence."""
    name_queries: int = 4000
    """Queries made of names."""
    written: int = 2
    """Times that our own text is read in an epoch; from the second on with other names."""
    joined: float = 0.25
    """Share of the running sentences that are read together with those behind them."""


class Examples:
    """Training text, made anew each epoch."""

    def __init__(self, corpora: Path, mix: Mix, seed: int) -> None:
        """Raises SourceError where a corpus is missing."""
        self._mix = mix
        self._seed = seed
        self._sets = read_sets(corpora, "train")
        self._gazetteer = Gazetteer()
        asked = {text.text.casefold() for split in ("tune", "report") for text in read_sets(corpora, split)["queries"]}
        self._written = {
            path.stem: [text for text in read_marked(path) if text.text.casefold() not in asked]
            for path in sorted(_WRITTEN.glob("*.txt"))
        }

    def epoch(self, number: int) -> list[Labelled]:
        """The texts of an epoch, the same ones for the same seed and number."""
        chance = random.Random(f"{self._seed} {number}")
        plain = [text for text in self._written.get("queries", ()) if not text.spans]
        maker = QueryMaker(self._gazetteer, plain, chance)
        texts = [text for name, given in self._sets.items() for text in self._shaped(name, given, chance)]
        texts += self._made(maker, chance)
        texts += [maker.of_names() for _ in range(self._mix.name_queries)]
        for again in range(self._mix.written):
            texts += self._ours(chance, swap=again > 0)
        return [text for text in texts if text.text]

    def _shaped(self, name: str, texts: Sequence[Labelled], chance: random.Random) -> Iterator[Labelled]:
        texts = list(_joined(texts, self._mix.joined, chance) if name in _RUNNING else texts)
        for text in texts:
            shaped = spaced_as_written(text) if chance.random() < 0.6 else text
            how = chance.random()
            if how < 0.17:
                shaped = lower(shaped)
            elif how < 0.21:
                shaped = bare(lower(shaped))
            elif how < 0.24:
                shaped = capitals(shaped)
            elif how < 0.26:
                shaped = headline(shaped)
            yield misspelt(shaped, chance) if chance.random() < 0.05 else shaped

    def _made(self, maker: QueryMaker, chance: random.Random) -> Iterator[Labelled]:
        sources: Mapping[str, Sequence[Labelled]] = {**self._sets, **self._written}
        for name, texts in sources.items():
            for text in texts:
                handles = "@" in text.text  # of no use in a search box
                if name != "queries" and not handles and chance.random() < self._mix.made_queries:
                    made = maker.of_sentence(self._gazetteer.swapped(text, chance, 0.3))
                    if made is not None:
                        yield made

    def _ours(self, chance: random.Random, *, swap: bool) -> Iterator[Labelled]:
        for name, texts in self._written.items():
            for text in texts:
                given = self._gazetteer.swapped(text, chance, 0.6) if swap else text
                how = chance.random()
                if name.startswith("newswire"):
                    given = lower(given) if how < 0.12 else capitals(given) if how < 0.16 else given
                    given = bare(lower(given)) if 0.16 < how < 0.2 else given
                elif swap:
                    given = misspelt(given, chance) if how < 0.12 else headline(given) if how < 0.2 else given
                yield given


def _joined(texts: Sequence[Labelled], share: float, chance: random.Random) -> Iterator[Labelled]:
    """Some of the texts, each with the one to four behind it in its document; all of them once."""
    place = 0
    while place < len(texts):
        text = texts[place]
        place += 1
        more = chance.randrange(1, 5) if chance.random() < share else 0
        while more and place < len(texts) and texts[place].document == text.document:
            text = _after(text, texts[place])
            place, more = place + 1, more - 1
        yield text


def _after(text: Labelled, following: Labelled) -> Labelled:
    offset = len(text.text) + 1
    moved = tuple((start + offset, end + offset, label) for start, end, label in following.spans)
    return replace(text, text=f"{text.text} {following.text}", spans=text.spans + moved)
