"""Train one network: the pretrained encoder, epochs of examples, the average of the weights on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tokenizers import Tokenizer
from transformers import BertForTokenClassification

from newsreel.evaluate.entities.sets import read_sets
from training.entities.encode import Row, encode
from training.entities.examples import Examples, Mix
from training.entities.fit import Recipe, fit
from training.entities.judge import judge
from training.entities.network import new_network, saved_network
from training.entities.save import save

__all__ = ["MAX_POSITIONS", "PHASES", "open_tokenizer", "train"]

PHASES = (
    Recipe(epochs=5, rate=1e-4, smoothing=0.03, average=0.999),
    Recipe(epochs=1, rate=5e-5, smoothing=0.03, average=0.998, seed=2),
)
"""The second begins with the averaged weights of the first, as a restart with a lower rate (Loshchilov, 2017)."""

MAX_TOKENS, MAX_POSITIONS = 192, 512
"""Of a row in training, and that the model reads."""

Report = Callable[[str], None]


def train(corpora: Path, start: Path, out: Path, report: Report) -> Path:
    """Train from the pretrained folder `start`; a phase that is saved in `out` already is not run again.

    Returns the folder of the last phase. Raises SourceError where a corpus is missing.
    """
    before = start
    for number, recipe in enumerate(PHASES, 1):
        folder = out / f"phase-{number}"
        if not (folder / "model.safetensors").is_file():
            network = new_network(start) if before == start else saved_network(before)
            report(f"phase {number} of {len(PHASES)}")
            _phase(corpora, start, network, folder, recipe, report)
        before = folder
    return before


def _phase(
    corpora: Path, start: Path, network: BertForTokenClassification, out: Path, recipe: Recipe, report: Report
) -> None:
    tokenizer = open_tokenizer(start)
    examples = Examples(corpora, Mix(), recipe.seed)
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
