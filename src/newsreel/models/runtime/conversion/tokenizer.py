"""A published model's tokenizer: that it is there and fits, and how long a text the model is made to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.conversion.documents import read_object

__all__ = ["check_tokenizer", "read_max_tokens"]

_SENTENCE_SETTINGS = (
    "sentence_bert_config.json",
    "sentence_roberta_config.json",
    "sentence_distilbert_config.json",
    "sentence_xlm-roberta_config.json",
)
"""Names that SentenceTransformers gave one file over the years."""


def check_tokenizer(folder: Path, vocabulary: int) -> Path:
    """The path of `tokenizer.json`, once it is known to give none but ids of the vocabulary. Raises ArtifactError."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise ArtifactError(
            f"{folder} has no tokenizer.json: save the model's fast tokenizer there "
            "(transformers' AutoTokenizer.from_pretrained(...).save_pretrained)"
        )
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        raise ArtifactError(f"{path} is no tokenizer ({str(error)[:80]}): fetch the model anew") from error
    highest = max(tokenizer.get_vocab().values(), default=-1)
    if not 0 <= highest < vocabulary:
        raise ArtifactError(
            f"{path} gives ids up to {highest}, the model knows {vocabulary}: they are not of one model"
        )
    if _settings(folder).get("do_lower_case") is True and not _lowers(json.loads(tokenizer.to_str()).get("normalizer")):
        raise ArtifactError(
            f"{folder} wants its texts in lower case and its tokenizer.json does not do it: "
            "put a Lowercase normalizer there"
        )
    return path


def read_max_tokens(folder: Path, positions: int) -> int:
    """The least of what sentence-transformers, the tokenizer and the table of positions allow."""
    said = [_settings(folder).get("max_seq_length")]
    if (folder / "tokenizer_config.json").is_file():
        said.append(read_object(folder / "tokenizer_config.json").get("model_max_length"))
    numbers = [int(n) for n in said if isinstance(n, int | float) and not isinstance(n, bool) and 1 <= n <= positions]
    return min([*numbers, positions])


def _settings(folder: Path) -> Mapping[str, Any]:
    found = next((folder / name for name in _SENTENCE_SETTINGS if (folder / name).is_file()), None)
    return read_object(found) if found else {}


def _lowers(normalizer: object) -> bool:
    return any(part.get("type") == "Lowercase" or part.get("lowercase") is True for part in _parts(normalizer))


def _parts(normalizer: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(normalizer, dict):
        yield normalizer
        for part in normalizer.get("normalizers", ()):
            yield from _parts(part)
