"""Making an embedder's artifact. Imports torch and sentence-transformers; nothing that serves imports this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from newsreel.models.embedder.config import default_card
from newsreel.models.embedder.model import TextEmbedder
from newsreel.models.making import Answers, make_encoder
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.conversion.gates import Measure, Verdict, embeddings_gate
from newsreel.models.runtime.conversion.pretrained import Pretrained
from newsreel.models.runtime.conversion.tasks import Task
from newsreel.models.runtime.order import Made, Order
from newsreel.models.runtime.reading import Sessions
from newsreel.models.runtime.tokens import Input, Tokens
from newsreel.models.runtime.weights import checked_weights

__all__ = ["build", "weights_folder"]

LEAST_COSINE = 0.999
"""Of a converted model's vectors, in floats, to the published implementation's."""


def build(root: Path, order: Order, report: Callable[[str], None]) -> Made:
    """Make the embedder that is ordered into `root`; without a source the default. Raises ArtifactError."""
    card = default_card() if order.source is None else {}
    order = order if order.source is not None else replace(order, source=card["source"])
    return make_encoder(root, order, card, _Embedders(), report)


def weights_folder() -> Path:
    """The Hugging Face folder of the default embedder, its weights' checksum checked. Raises ArtifactError."""
    return checked_weights(default_card()["weights"]).parent


class _Embedders:
    """See `making.Craft`."""

    task: Task = "embed"
    published = "sentence-transformers"

    def about(self, model: Pretrained) -> Mapping[str, Any]:
        """See `making.Craft`."""
        pooling = model.pooling
        return {"dimension": model.hidden, "pooling": pooling.way, "normalise": pooling.normalised}

    def tokens(self, model: Pretrained) -> Tokens:
        """See `making.Craft`."""
        return Tokens(model.tokenizer, model.max_tokens)

    def inputs(self, texts: Sequence[str]) -> list[Input]:
        """See `making.Craft`."""
        return list(texts)

    def ours(self, artifact: Artifact, sessions: Sessions) -> Answers:
        """See `making.Craft`."""
        return TextEmbedder(artifact, sessions).embed

    def theirs(self, model: Pretrained) -> Answers:
        """See `making.Craft`."""
        from sentence_transformers import SentenceTransformer

        published = SentenceTransformer(str(model.folder), device="cpu", local_files_only=True)
        published.max_seq_length = model.max_tokens
        normalised = model.pooling.normalised
        return lambda texts: published.encode(list(texts), normalize_embeddings=normalised, show_progress_bar=False)

    def same(self, expected: Any, found: Any) -> Verdict:
        """See `making.Craft`."""
        mean, least = embeddings_gate(expected, found).measures
        asked = (Measure(mean.name, mean.found, LEAST_COSINE), Measure(least.name, least.found, LEAST_COSINE))
        return Verdict(f"{self.published}'s vectors of {len(expected)} texts", asked)

    def near(self, expected: Any, found: Any) -> Verdict:
        """See `making.Craft`."""
        return embeddings_gate(expected, found)
