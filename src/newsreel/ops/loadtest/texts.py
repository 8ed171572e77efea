"""Texts to ask about, made from the sample's stories: of realistic lengths, and hardly ever the same one twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate

import numpy as np

from newsreel.ops.loadtest.plan import Traffic
from newsreel.sample.stories import load_stories

__all__ = ["LONG_WORDS", "Writer"]

LONG_WORDS = 10_000

_DOCUMENT_WORDS = (20, 250)
_LONGER_QUERY = 0.65
"""A query is twice two or three words of four letters or more; so often three. That makes 8 tokens on average, with
the two that every text has."""

_QUERIES_A_DOCUMENT = 4
_POPULAR = 1000
_DRAWN_TOGETHER = 512


class Words:
    """A text, of which passages are cut without splitting it again."""

    def __init__(self, words: Sequence[str]) -> None:
        """In this order, and from the beginning again where they end."""
        self.count = len(words)
        again = list(words) * (1 + -(-LONG_WORDS // len(words)))
        self._text = " ".join(again)
        self._starts = [0, *accumulate(len(word) + 1 for word in again)]

    def passage(self, start: int, count: int) -> str:
        """So many words from this one on."""
        return self._text[self._starts[start] : self._starts[start + count] - 1]


class Writer:
    """Texts of a mix, the same ones for a seed."""

    def __init__(self, traffic: Traffic, seed: int) -> None:
        """Draw what is popular."""
        self._traffic = traffic
        self._seed = seed
        fresh = self._fresh(np.random.default_rng((seed, 0)))
        self._popular = [next(fresh) for _ in range(_POPULAR)] if traffic.repeat_share else []

    def texts(self, window: int) -> Iterator[str]:
        """For ever, others in each window, which are counted from 1."""
        random = np.random.default_rng((self._seed, window))
        fresh = self._fresh(random)
        return self._with_repeats(fresh, random) if self._popular else fresh

    def queries(self, window: int) -> Iterator[str]:
        """For ever, beside the texts."""
        return _queries(np.random.default_rng((self._seed, window, 1)))

    def long(self, window: int) -> Iterator[str]:
        """For ever, of `LONG_WORDS` words."""
        random = np.random.default_rng((self._seed, window, 2))
        words = _prose()
        while True:
            yield words.passage(int(random.integers(words.count)), LONG_WORDS)

    def _fresh(self, random: np.random.Generator) -> Iterator[str]:
        match self._traffic.mix:
            case "queries":
                return _queries(random)
            case "documents":
                return _documents(random)
            case "mixed":
                return _mixed(random)
            case "own":
                return _shuffled(self._traffic.own, random)

    def _with_repeats(self, fresh: Iterator[str], random: np.random.Generator) -> Iterator[str]:
        bounds = np.cumsum(1 / np.arange(1, _POPULAR + 1))
        while True:
            repeated = random.random(_DRAWN_TOGETHER) < self._traffic.repeat_share
            which = np.searchsorted(bounds, random.random(_DRAWN_TOGETHER) * bounds[-1])
            for again, number in zip(repeated.tolist(), which.tolist(), strict=True):
                yield self._popular[number] if again else next(fresh)


@cache
def _prose() -> Words:
    return Words([word for story in load_stories() for paragraph in story.body for word in paragraph.split()])


@cache
def _terms() -> Words:
    """What people search for: no articles, no prepositions, no capitals."""
    text = " ".join(paragraph for story in load_stories() for paragraph in story.body)
    return Words([word.lower() for word in re.findall(r"[A-Za-z]{4,}", text)])


def _queries(random: np.random.Generator) -> Iterator[str]:
    """Words from two places of the stories."""
    terms = _terms()
    while True:
        starts = random.integers(terms.count, size=(_DRAWN_TOGETHER, 2)).tolist()
        counts = (2 + (random.random((_DRAWN_TOGETHER, 2)) < _LONGER_QUERY)).tolist()
        for (one, two), (first, second) in zip(starts, counts, strict=True):
            yield f"{terms.passage(one, first)} {terms.passage(two, second)}"


def _documents(random: np.random.Generator) -> Iterator[str]:
    """Two passages."""
    prose, (shortest, longest) = _prose(), _DOCUMENT_WORDS
    while True:
        starts = random.integers(prose.count, size=(_DRAWN_TOGETHER, 2)).tolist()
        counts = random.integers(shortest, longest + 1, size=_DRAWN_TOGETHER).tolist()
        for (one, two), count in zip(starts, counts, strict=True):
            first = count // 2
            yield f"{prose.passage(one, first)} {prose.passage(two, count - first)}"


def _mixed(random: np.random.Generator) -> Iterator[str]:
    queries, documents = _queries(random), _documents(random)
    while True:
        for number in random.integers(_QUERIES_A_DOCUMENT + 1, size=_DRAWN_TOGETHER).tolist():
            yield next(queries if number else documents)


def _shuffled(texts: Sequence[str], random: np.random.Generator) -> Iterator[str]:
    while True:
        for number in random.permutation(len(texts)).tolist():
            yield texts[number]
