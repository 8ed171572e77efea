"""A token classifier, whatever runs its graph. Never imports torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from newsreel.core.entities import Entity
from newsreel.core.errors import ArtifactError
from newsreel.core.protocols import OverLength
from newsreel.models.entities.case import case_types
from newsreel.models.entities.config import EntitiesCard
from newsreel.models.entities.decoding import Decoder
from newsreel.models.entities.edges import seen
from newsreel.models.entities.tags import TaggedWord, entities
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.logits import softmax
from newsreel.models.runtime.reading import Reader, ReadingModel, Sessions, open_sessions
from newsreel.models.runtime.sessions import Output
from newsreel.models.runtime.tokens import Input, Part, Tokens

__all__ = ["TokenClassifier"]

OVERLAP_TOKENS = 32
"""What the parts of a split text have in common: a word at the edge of one is read with words around it in another."""


class TokenClassifier(ReadingModel[list[Entity]]):
    """Text to entities; see `core.protocols.EntityModel`. A word has the tag of its first token."""

    def __init__(self, artifact: Artifact, sessions: Sessions) -> None:
        """Find entities with an artifact's graph, which is open already. Raises ArtifactError."""
        self.card = EntitiesCard.of(artifact.card)
        overlap = min(OVERLAP_TOKENS, self.card.max_tokens // 4)
        self._decoder = Decoder(self.card.labels, strict=self.card.strict_bio)
        types = case_types if self.card.case_as_token_type else None
        if types and "token_type_ids" not in sessions.inputs:
            raise ArtifactError(
                f"the graph of '{self.card.name}' reads no capitals where its card says so: build the model anew"
            )
        file = artifact.file("tokenizer.json")
        tokens = Tokens(file, self.card.max_tokens, overlap=overlap, offsets=True, types=types)
        self._reader = Reader(tokens, sessions, len(self.card.labels))

    @classmethod
    def open(cls, artifact: Artifact, runtime: str = "auto", *, threads: int = 0) -> TokenClassifier:
        """Open an artifact; see `open_sessions`. Raises ArtifactError."""
        return cls(artifact, open_sessions(artifact, runtime, threads=threads))

    @property
    def fingerprint(self) -> str:
        """See `core.protocols.EntityModel`."""
        return self.card.fingerprint

    def entities(self, texts: Sequence[str], over_length: OverLength = "split") -> list[list[Entity]]:
        """See `core.protocols.EntityModel`."""
        return self.finish(texts, self._reader.read(texts, over_length))

    def finish(self, inputs: Sequence[Input], read: Iterable[tuple[Part, Output]]) -> list[list[Entity]]:
        """The entities of each; see `ReadingModel`."""
        by_text = groupby(read, lambda row: row[0].text)
        return [entities(self._tagged(str(inputs[text]), list(parts))) for text, parts in by_text]

    def _tagged(self, text: str, parts: Sequence[tuple[Part, Output]]) -> list[TaggedWord]:
        words = [(word, *seen(text, word.start, word.end)) for word in _words(parts)]
        words = [(word, start, end) for word, start, end in words if start < end]
        if not words:
            return []
        probabilities = softmax(np.stack([word.logits for word, _, _ in words]) / np.float32(self.card.temperature))
        tags = self._decoder.tags(probabilities)
        scores = probabilities[np.arange(len(tags)), tags].tolist()
        ends = self._decoder.ends(tags, probabilities).tolist()
        return [
            TaggedWord(start, end, self.card.labels[tag], score, end_score)
            for (_, start, end), tag, score, end_score in zip(words, tags.tolist(), scores, ends, strict=True)
        ]


@dataclass(slots=True)
class _Word:
    start: int
    end: int
    logits: Output
    """Of its first token."""
    margin: int
    """Tokens between it and the nearer edge of the part it was read in, where the text goes on beyond that edge."""


def _words(parts: Sequence[tuple[Part, Output]]) -> list[_Word]:
    """A text's words, each as the part read it that has most of the text around it."""
    found: dict[int, _Word] = {}
    for number, (part, logits) in enumerate(parts):
        for place, word in _words_of(part, logits, first=number == 0, last=number == len(parts) - 1):
            known = found.setdefault(place, word)
            best = word if word.margin > known.margin else known
            # One that is longer than the overlap is nowhere whole.
            best.start, best.end = min(word.start, known.start), max(word.end, known.end)
            found[place] = best
    return [found[place] for place in sorted(found)]


def _words_of(part: Part, logits: Output, *, first: bool, last: bool) -> Iterator[tuple[int, _Word]]:
    """The words in a part, by their place in the text."""
    offsets, places = part.encoding.offsets, part.encoding.word_ids
    tokens = [token for token, place in enumerate(places) if place is not None]
    for place, group in groupby(tokens, lambda token: places[token]):
        of_word = list(group)
        before = len(places) if first else of_word[0] - tokens[0]
        after = len(places) if last else tokens[-1] - of_word[-1]
        start, end = offsets[of_word[0]][0], offsets[of_word[-1]][1]
        yield place, _Word(start, end, logits[of_word[0]], min(before, after))
