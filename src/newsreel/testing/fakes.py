"""Fakes that need no model, and are held to the same contracts as the real ones."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from newsreel.core.entities import Entity
from newsreel.core.errors import UsageError
from newsreel.core.protocols import OverLength, Vectors

__all__ = ["FakeEmbedder", "FakeEntityModel", "FakeShotModel"]


class FakeEmbedder:
    """Hashes words into a bag and scales it to length 1. Congruent with a real one: see `EmbedderContract`."""

    def __init__(self, dimension: int = 64, max_tokens: int = 64) -> None:
        """Vectors of this length; a token is a word."""
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.fingerprint = f"fake-{dimension}"
        self.embedded: list[str] = []
        """Every text it was ever given, in order."""

    def embed(self, texts: Sequence[str], over_length: OverLength = "truncate") -> Vectors:
        """See `core.protocols.Embedder`."""
        self.embedded += texts
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        room = self.max_tokens - 2
        for row, text in enumerate(texts):
            words = self._words(text)
            if len(words) > room and over_length == "error":
                raise UsageError(f"text {row + 1} has {len(words) + 2} tokens, the model reads {self.max_tokens}")
            vectors[row, 0] = 1e-3  # a text without words has a direction too
            for word in words if over_length == "split" else words[:room]:
                digest = hashlib.blake2b(word.lower().encode(), digest_size=4).digest()
                vectors[row, int.from_bytes(digest, "big") % self.dimension] += 1
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `core.protocols.Embedder`."""
        return [len(self._words(text)) for text in texts]

    def _words(self, text: str) -> list[str]:
        return re.findall(r"\w+", text)


class FakeEntityModel:
    """Knows a few names, wherever they stand."""

    fingerprint = "fake-entities"

    def __init__(self, names: Mapping[str, str]) -> None:
        """Labels by name."""
        self._labels = dict(names)
        self._names = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))
        self.texts: list[str] = []
        """Every text it was ever given, in order."""

    def entities(self, texts: Sequence[str], over_length: OverLength = "split") -> list[list[Entity]]:
        """See `core.protocols.EntityModel`."""
        del over_length  # no text is too long for it
        self.texts += texts
        return [[Entity(m.start(), m.end(), self._labels[m[0]], 0.9) for m in self._names.finditer(t)] for t in texts]


class FakeShotModel:
    """Says that a shot ends where a frame and the next have little in common. See `ShotModelContract`."""

    fingerprint = "fake-shots"

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.windows = 0
        """How many windows it was ever given."""

    def probabilities(self, windows: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """See `core.protocols.ShotModel`."""
        self.windows += len(windows)
        pictures = windows.astype(np.int16)
        change = np.abs(np.diff(pictures, axis=1, append=pictures[:, -1:])).mean(axis=(2, 3, 4))
        ends = np.where(change > 30, 0.9, 0.01).astype(np.float32)
        return np.stack([ends, ends], axis=-1)
