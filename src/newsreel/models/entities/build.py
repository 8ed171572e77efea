"""Making a token classifier's artifact. Imports torch and transformers; nothing that serves imports this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from newsreel.models.entities.model import TokenClassifier
from newsreel.models.making import Answers, Logits, make_encoder, sourced
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.conversion.gates import Measure, Span, Verdict, span_f1, spans_gate
from newsreel.models.runtime.conversion.pretrained import Pretrained
from newsreel.models.runtime.conversion.tasks import Task
from newsreel.models.runtime.files import sha256_of
from newsreel.models.runtime.order import Made, Order
from newsreel.models.runtime.reading import Sessions
from newsreel.models.runtime.sessions import Execution, open_session
from newsreel.models.runtime.tokens import Input

__all__ = ["build"]

LEAST_F1 = 0.99
"""Of a converted model's entities, in floats, against the published implementation's."""


def build(root: Path, order: Order, report: Callable[[str], None]) -> Made:
    """Make the token classifier that is ordered into `root`. Raises ArtifactError, UsageError without a source."""
    return make_encoder(root, sourced(order), {}, _TokenClassifiers(), report)


class _TokenClassifiers:
    """See `making.Craft`."""

    task: Task = "entities"
    published = "transformers"

    def about(self, model: Pretrained) -> Mapping[str, Any]:
        """See `making.Craft`."""
        return {"labels": list(model.labels)}

    def inputs(self, texts: Sequence[str]) -> list[Input]:
        """See `making.Craft`."""
        return list(texts)

    def ours(self, artifact: Artifact, sessions: Sessions) -> Answers:
        """See `making.Craft`."""
        model = TokenClassifier(artifact, sessions)

        def spans(texts: Sequence[str]) -> list[list[Span]]:
            found = model.entities(texts, "truncate")
            return [[(entity.start, entity.end, entity.label) for entity in entities] for entities in found]

        return spans

    def theirs(self, model: Pretrained) -> Answers:
        """See `making.Craft`. Their network and our words: their pipeline takes commas into the word before them."""
        from transformers import AutoModelForTokenClassification

        network = AutoModelForTokenClassification.from_pretrained(model.folder, use_safetensors=True)
        card = {"name": "", "fingerprint": "", "max_tokens": model.max_tokens, **self.about(model)}
        files = {model.tokenizer.name: {"sha256": sha256_of(model.tokenizer)}}
        published = Artifact(model.tokenizer.parent, {**card, "files": files})
        return self.ours(published, Sessions(open_session("torch", Logits(network), Execution())))

    def same(self, expected: Any, found: Any) -> Verdict:
        """See `making.Craft`."""
        agreed = Measure("span F1", span_f1(expected, found), LEAST_F1)
        return Verdict(f"{self.published}' entities of {len(expected)} texts", (agreed,))

    def near(self, expected: Any, found: Any) -> Verdict:
        """See `making.Craft`."""
        return spans_gate(expected, found)
