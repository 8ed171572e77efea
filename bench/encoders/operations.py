"""What a model's shape makes it compute: the same for every contestant, whatever it pads or fuses."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

__all__ = ["operations", "token_counts"]


def operations(model: Path, lengths: Iterable[int]) -> float:
    """Multiplications and additions of the encoder's matrix products for texts of these lengths in tokens.

    Only real tokens count: padding is work that nobody asked for.
    """
    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    layers = config.get("num_hidden_layers") or config["n_layers"]
    hidden = config.get("hidden_size") or config["dim"]
    inner = config.get("intermediate_size") or config["hidden_dim"]
    token = 2 * (4 * hidden**2 + 2 * hidden * inner)
    return float(sum(layers * (n * token + 4 * n * n * hidden) for n in lengths))


def token_counts(model: Path, texts: list[str], max_tokens: int) -> list[int]:
    """The tokens of each text as the model reads them."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return [len(encoding.ids) for encoding in tokenizer.encode_batch_fast(texts)]
