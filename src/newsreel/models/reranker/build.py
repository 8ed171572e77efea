"""Making a cross-encoder's artifact. Imports torch and sentence-transformers; nothing that serves imports this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from newsreel.models.making import Answers, make_encoder, sourced
from newsreel.models.reranker.model import CrossEncoder
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.conversion.gates import Measure, Verdict, ranking_gate
from newsreel.models.runtime.conversion.pretrained import Pretrained
from newsreel.models.runtime.conversion.tasks import Task
from newsreel.models.runtime.order import Made, Order
from newsreel.models.runtime.reading import Sessions
from newsreel.models.runtime.sessions import Output
from newsreel.models.runtime.tokens import Input, Tokens

__all__ = ["build"]

MOST_APART = 1e-3
"""Between a converted model's scores, in floats, and the published implementation's."""

QUERIES, PASSAGES, RELEVANT = 8, 10, 3
"""Of the texts, each query is asked of the same passages; for nDCG, the reference's best are the relevant ones."""


def build(root: Path, order: Order, report: Callable[[str], None]) -> Made:
    """Make the cross-encoder that is ordered into `root`. Raises ArtifactError, UsageError without a source."""
    return make_encoder(root, sourced(order), {}, _CrossEncoders(), report)


class _CrossEncoders:
    """See `making.Craft`. What is compared: the scores of `PASSAGES` for each of `QUERIES`."""

    task: Task = "rerank"
    published = "sentence-transformers"

    def about(self, model: Pretrained) -> Mapping[str, Any]:
        """See `making.Craft`."""
        return {"scores": model.scores}

    def tokens(self, model: Pretrained) -> Tokens:
        """See `making.Craft`."""
        return Tokens(model.tokenizer, model.max_tokens, pairs=True)

    def inputs(self, texts: Sequence[str]) -> list[Input]:
        """See `making.Craft`."""
        return [(query, passage) for query in texts[:QUERIES] for passage in texts[:PASSAGES]]

    def ours(self, artifact: Artifact, sessions: Sessions) -> Answers:
        """See `making.Craft`."""
        model = CrossEncoder(artifact, sessions)
        return lambda texts: [model.scores(query, texts[:PASSAGES]) for query in texts[:QUERIES]]

    def theirs(self, model: Pretrained) -> Answers:
        """See `making.Craft`."""
        from sentence_transformers import CrossEncoder as Published

        published = Published(
            str(model.folder),
            device="cpu",
            local_files_only=True,
            processor_kwargs={"model_max_length": model.max_tokens},
        )

        def scores(texts: Sequence[str]) -> list[Output]:
            pairs = [[(query, passage) for passage in texts[:PASSAGES]] for query in texts[:QUERIES]]
            return [np.asarray(published.predict(asked, show_progress_bar=False)) for asked in pairs]

        return scores

    def same(self, expected: Any, found: Any) -> Verdict:
        """See `making.Craft`."""
        apart = max(float(np.abs(theirs - ours).max()) for theirs, ours in zip(expected, found, strict=True))
        return Verdict(
            f"{self.published}' scores for {len(expected)} queries",
            (Measure("1 - largest difference", 1 - apart, 1 - MOST_APART),),
        )

    def near(self, expected: Any, found: Any) -> Verdict:
        """See `making.Craft`."""
        relevance = [(scores >= np.sort(scores)[-RELEVANT:].min()).astype(np.float32) for scores in expected]
        return ranking_gate(expected, found, relevance)
