"""Train one network: the pretrained encoder, epochs of examples, the average of the weights on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tokenizers import Tokenizer

from newsreel.evaluate.entities.sets import read_sets
from training.entities.encode import Row, encode
from training.entities.examples import Examples, Mix
from training.entities.fit import Recipe, fit
from training.entities.judge import judge
from training.entities.network import new_network
from training.entities.save import save

__all__ = ["MAX_TOKENS", "RECIPE", "open_tokenizer", "train"]

RECIPE = Recipe(epochs=5, rate=1e-4, smoothing=0.03, average=0.999)

MAX_TOKENS, MAX_POSITIONS = 192, 512
"""Of a row in training, and that the model reads."""


def train(corpora: Path, start: Path, out: Path, recipe: Recipe, mix: Mix, report: Callable[[str], None]) -> None:
    """Train from the pretrained folder `start` and save into `out`. Raises SourceError where a corpus is missing."""
    tokenizer = open_tokenizer(start)
    examples = Examples(corpora, mix, recipe.seed)
    network = new_network(start)
    began = time.monotonic()

    def rows(epoch: int) -> list[Row]:
        made = encode(tokenizer, examples.epoch(epoch))
        report(f"epoch {epoch + 1} of {recipe.epochs}: {len(made):,} texts, {sum(len(r.ids) for r in made):,} tokens")
        return made

    def told(done: int, planned: int, loss: float) -> None:
        left = (time.monotonic() - began) / done * (planned - done)
        report(f"step {done:,} of {planned:,}, loss {loss:.4f}, about {left / 60:.0f} minutes left")

    weights = fit(network, rows, recipe, told)
    tuned = read_sets(corpora, "tune")
    report(f"last weights, tuning sets: {judge(network, tokenizer, tuned)}")
    network.load_state_dict(weights)
    report(f"averaged weights, tuning sets: {judge(network, tokenizer, tuned)}")
    save(out, network, weights, open_tokenizer(start, MAX_POSITIONS))


def open_tokenizer(start: Path, max_tokens: int = MAX_TOKENS) -> Tokenizer:
    """The encoder's own, cutting at `max_tokens`."""
    tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer
