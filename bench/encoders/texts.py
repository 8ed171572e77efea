"""What is encoded: real English, recombined from the sample stories, and published sets for quality."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsreel.evaluate.ecbplus import read_ecbplus
from newsreel.sample.stories import load_stories

__all__ = ["MAX_TOKENS", "Pairs", "calibration", "documents", "passages", "queries", "sts"]

MAX_TOKENS = 256
QUERY_TOKENS = 8
SHORTEST, LONGEST = 20, 250
"""Words of a document."""


def calibration() -> list[str]:
    """The sample stories' paragraphs: for the peers that calibrate."""
    return [paragraph for story in load_stories() for paragraph in (story.headline, *story.body)]


def documents(count: int) -> list[str]:
    """Documents of 20 to 250 words, evenly: each a stretch of the stories' running text from a random word on."""
    draw, words = random.Random(1), _words()
    lengths = [draw.randint(SHORTEST, LONGEST) for _ in range(count)]
    starts = [draw.randrange(len(words) - LONGEST) for _ in range(count)]
    return [" ".join(words[start : start + length]) for start, length in zip(starts, lengths, strict=True)]


def queries(model: Path, count: int) -> list[str]:
    """Different stretches of the stories, each of exactly 8 tokens with the two that every text gets."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    draw, words, found = random.Random(2), _words(), dict[str, None]()
    while len(found) < count:
        start = draw.randrange(len(words) - QUERY_TOKENS)
        text = " ".join(words[start : start + draw.randint(4, 6)])
        if len(tokenizer.encode(text).ids) == QUERY_TOKENS:
            found[text] = None
    return list(found)


def _words() -> list[str]:
    return [word for text in calibration() for word in text.split()]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Sentence pairs and how alike people find them."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    scores: tuple[float, ...]


def sts(shared: Path, split: str) -> Pairs | None:
    """STS benchmark (Cer et al., 2017): `dev` or `test`; None where the shared data is not at hand."""
    path = shared / "data" / "sts" / "data" / "stsbenchmark" / f"sts-{split}.csv"
    if not path.is_file():
        return None
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line]
    return Pairs(tuple(r[5] for r in rows), tuple(r[6] for r in rows), tuple(float(r[4]) for r in rows))


def passages(shared: Path, count: int) -> list[str]:
    """Passages of ECB+ news stories, which no calibration has seen; none where the shared data is not at hand."""
    folder = shared / "data" / "news" / "ecbplus"
    return list(_cut(folder, count)) if folder.is_dir() else []


def _cut(folder: Path, count: int) -> Iterator[str]:
    draw = random.Random(3)
    stories = list(read_ecbplus(folder).documents.values())
    for body in draw.sample(stories, min(count, len(stories))):
        yield " ".join(body.split()[: draw.randint(SHORTEST, LONGEST)])
