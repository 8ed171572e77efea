"""Making a sequence classifier's artifact. Imports torch and transformers; nothing that serves imports this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from newsreel.models.classifier.model import SequenceClassifier
from newsreel.models.making import Answers, make_encoder, sourced
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.conversion.gates import Measure, Verdict, classes_gate
from newsreel.models.runtime.conversion.pretrained import Pretrained
from newsreel.models.runtime.conversion.tasks import Task
from newsreel.models.runtime.logits import SCORES
from newsreel.models.runtime.order import Made, Order
from newsreel.models.runtime.reading import Sessions
from newsreel.models.runtime.sessions import Output
from newsreel.models.runtime.tokens import Input, Tokens

__all__ = ["build"]

MOST_APART = 1e-3
"""Between a converted model's probabilities, in floats, and the published implementation's."""


def build(root: Path, order: Order, report: Callable[[str], None]) -> Made:
    """Make the sequence classifier that is ordered into `root`. Raises ArtifactError, UsageError without a source."""
    return make_encoder(root, sourced(order), {}, _SequenceClassifiers(), report)


class _SequenceClassifiers:
    """See `making.Craft`."""

    task: Task = "classify"
    published = "transformers"

    def about(self, model: Pretrained) -> Mapping[str, Any]:
        """See `making.Craft`."""
        return {"labels": list(model.labels), "scores": model.scores}

    def tokens(self, model: Pretrained) -> Tokens:
        """See `making.Craft`."""
        return Tokens(model.tokenizer, model.max_tokens)

    def inputs(self, texts: Sequence[str]) -> list[Input]:
        """See `making.Craft`."""
        return list(texts)

    def ours(self, artifact: Artifact, sessions: Sessions) -> Answers:
        """See `making.Craft`."""
        return SequenceClassifier(artifact, sessions).probabilities

    def theirs(self, model: Pretrained) -> Answers:
        """See `making.Craft`."""
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(model.folder, model_max_length=model.max_tokens)
        network = AutoModelForSequenceClassification.from_pretrained(model.folder, use_safetensors=True).eval()

        def probabilities(texts: Sequence[str]) -> Output:
            given = tokenizer(list(texts), padding=True, truncation=True, return_tensors="pt")
            with torch.no_grad():
                return SCORES[model.scores](network(**given).logits.numpy())

        return probabilities

    def same(self, expected: Any, found: Any) -> Verdict:
        """See `making.Craft`."""
        apart = float(np.abs(expected - found).max())
        return Verdict(
            f"{self.published}' probabilities of {len(expected)} texts",
            (Measure("1 - largest difference", 1 - apart, 1 - MOST_APART),),
        )

    def near(self, expected: Any, found: Any) -> Verdict:
        """See `making.Craft`."""
        return classes_gate(expected, found)
