"""What the configurations are given: short queries and documents, made into a graph's inputs once for all."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.batching import WIDTH_STEP, token_batches
from newsreel.models.runtime.sessions import Arrays

__all__ = ["PASSAGES", "QUERY_TOKENS", "Workload", "of_pairs", "of_texts", "of_windows"]

_PAIRS_ASKED = 16
_COMPANY = 3

PASSAGES = 8
"""Of each query, one after the other, where pairs are read."""

QUERY_TOKENS = 8
"""Of a query, the markers at its ends counted in: what people type."""


@dataclass(frozen=True, slots=True)
class Workload:
    """Inputs of one row each: `[1, tokens]` of a text, `[1, 100, 27, 48, 3]` of film."""

    queries: tuple[Arrays, ...]
    documents: tuple[Arrays, ...]
    padding_id: int = 0
    most: int = 0
    """Tokens that the model reads."""

    @property
    def identity(self) -> str:
        """A checksum of all of it."""
        found = hashlib.sha256()
        for inputs in (*self.queries, *self.documents):
            for name in sorted(inputs):
                found.update(f"{name} {inputs[name].shape}".encode() + inputs[name].tobytes())
        return found.hexdigest()[:16]

    def batches(self, batch_tokens: int, step: int = WIDTH_STEP) -> list[tuple[list[int], Arrays]]:
        """The documents' numbers and inputs, batch by batch, as models batch them (`runtime.batching`).

        A text is as wide as the next multiple of `step` tokens.
        """
        widths = [self._width(document, step) for document in self.documents]
        return [
            (rows, self.batch([self.documents[row] for row in rows], step))
            for rows in token_batches(widths, batch_tokens)
        ]

    def batch(self, rows: Sequence[Arrays], step: int = WIDTH_STEP) -> Arrays:
        """These rows together, the shorter ones padded and the padding masked."""
        if "attention_mask" not in rows[0]:
            return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
        width = max(self._width(row, step) for row in rows)
        return {
            name: np.concatenate([_padded(row[name], width, self._filling(name)) for row in rows]) for name in rows[0]
        }

    def company(self, row: Arrays, step: int = WIDTH_STEP) -> list[Arrays]:
        """Rows that a model would batch with this one: longer documents cut to its width; of film, other windows."""
        width = self._width(row, step)
        others = [other for other in self.documents if other is not row]
        if "input_ids" not in row:
            return others[:_COMPANY]
        longer = [other for other in others if other["input_ids"].shape[1] >= width][:_COMPANY]
        return [{name: array[:, :width] for name, array in other.items()} for other in longer]

    def tokens(self, number: int) -> int:
        """How many tokens a document has; of film, frames."""
        return int(next(iter(self.documents[number].values())).shape[1])

    def save(self, path: Path) -> None:
        """Write it for the processes that measure."""
        named: dict[str, Any] = {
            f"{part} {number} {name}": array
            for part, rows in (("queries", self.queries), ("documents", self.documents))
            for number, inputs in enumerate(rows)
            for name, array in inputs.items()
        }
        with path.open("wb") as file:
            np.savez(file, padding_id=np.int64(self.padding_id), most=np.int64(self.most), **named)

    @classmethod
    def load(cls, path: Path) -> Workload:
        """What `save` wrote."""
        parts: dict[str, dict[int, dict[str, npt.NDArray[np.int64 | np.uint8]]]] = {"queries": {}, "documents": {}}
        with np.load(path, allow_pickle=False) as stored:
            padding_id, most = int(stored["padding_id"]), int(stored["most"])
            for key in (key for key in stored.files if " " in key):
                part, number, name = key.split(" ")
                parts[part].setdefault(int(number), {})[name] = stored[key]
        queries, documents = (tuple(rows[n] for n in sorted(rows)) for rows in parts.values())
        return cls(queries, documents, padding_id, most)

    def _width(self, row: Arrays, step: int) -> int:
        """Tokens of a text, rounded up within what the model reads; a window is one."""
        if "input_ids" not in row:
            return 1
        tokens = int(row["input_ids"].shape[1])
        return max(tokens, min(-(-tokens // step) * step, self.most))

    def _filling(self, name: str) -> int:
        return self.padding_id if name == "input_ids" else 0


def of_texts(texts: Sequence[str], tokenizer: Path, max_tokens: int) -> Workload:
    """Documents are the texts, cut at `max_tokens`; queries are their first words. Raises ArtifactError."""
    encoder = _encoder(tokenizer)
    documents = _encoded(encoder, list(texts), max_tokens)
    queries = _encoded(encoder, list(texts), min(QUERY_TOKENS, max_tokens))
    return Workload(queries, documents, _padding_id(encoder), max_tokens)


def of_pairs(texts: Sequence[str], tokenizer: Path, max_tokens: int) -> Workload:
    """Each text behind the first words of one among them: a query and a passage. Raises ArtifactError."""
    encoder = _encoder(tokenizer)
    asked = [" ".join(texts[number // PASSAGES * PASSAGES].split()[: QUERY_TOKENS - 2]) for number in range(len(texts))]
    pairs = list(zip(asked, texts, strict=True))
    documents = _encoded(encoder, pairs, max_tokens)
    queries = documents[:: max(1, len(documents) // _PAIRS_ASKED)]
    return Workload(queries, documents, _padding_id(encoder), max_tokens)


def of_windows(windows: npt.NDArray[np.uint8]) -> Workload:
    """Windows of film, `[n, 100, 27, 48, 3]`; a query is one of them."""
    rows = tuple({"frames": windows[n : n + 1]} for n in range(len(windows)))
    return Workload(rows, rows)


def _encoder(tokenizer: Path) -> Tokenizer:
    try:
        encoder = Tokenizer.from_file(str(tokenizer))
    except Exception as error:
        raise ArtifactError(f"the tokenizer {tokenizer} cannot be read: build the model anew") from error
    encoder.no_padding()
    return encoder


def _encoded(encoder: Tokenizer, texts: Sequence[str | tuple[str, str]], max_tokens: int) -> tuple[Arrays, ...]:
    encoder.enable_truncation(max_tokens)
    return tuple(
        {
            "input_ids": np.array([found.ids], np.int64),
            "attention_mask": np.ones((1, len(found.ids)), np.int64),
            "token_type_ids": np.array([found.type_ids], np.int64),
        }
        for found in encoder.encode_batch(list(texts))
    )


def _padding_id(encoder: Tokenizer) -> int:
    known = (encoder.token_to_id(name) for name in ("[PAD]", "<pad>"))
    return next((number for number in known if number is not None), 0)


def _padded(row: npt.NDArray[np.int64], width: int, filling: int) -> npt.NDArray[np.int64]:
    return np.pad(row, ((0, 0), (0, width - row.shape[1])), constant_values=filling)
