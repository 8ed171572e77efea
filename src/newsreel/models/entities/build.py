"""Making a token classifier's artifact. Imports torch and transformers; nothing that serves imports this."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tomli_w

from newsreel.core.errors import ArtifactError
from newsreel.models.entities.case import CASE_TYPES, case_types
from newsreel.models.entities.config import DEFAULT
from newsreel.models.entities.model import TokenClassifier
from newsreel.models.entities.tags import OUTSIDE
from newsreel.models.making import Answers, Logits, TypedLogits, make_encoder, sourced
from newsreel.models.runtime.artifact import Artifact, load_shipped
from newsreel.models.runtime.conversion.gates import Measure, Verdict, span_f1, spans_gate
from newsreel.models.runtime.conversion.pretrained import Pretrained
from newsreel.models.runtime.conversion.tasks import Task
from newsreel.models.runtime.files import megabytes, sha256_of
from newsreel.models.runtime.gold import Gold, Span
from newsreel.models.runtime.order import Made, Order
from newsreel.models.runtime.reading import Sessions
from newsreel.models.runtime.sessions import Execution, open_session
from newsreel.models.runtime.tokens import Input, Tokens

__all__ = ["build", "ship"]

LEAST_F1 = 0.99
"""Of a converted model's entities, in floats, against the published implementation's."""

MOST_BYTES = 25_000_000
"""What the model that comes with the package may have, for it lies in the repository."""


def build(root: Path, order: Order, report: Callable[[str], None]) -> Made:
    """Make the token classifier that is ordered into `root`. Raises ArtifactError, UsageError without a source."""
    return make_encoder(root, sourced(order), {}, _TokenClassifiers(order.gold), report)


def ship(order: Order, folder: Path, about: Mapping[str, Any], report: Callable[[str], None]) -> Artifact:
    """Make the model that comes with the package of `order.source`, and put it into `folder` in place of what is there.

    Its one graph, its tokenizer and its card, which says `about` beside what a build writes, or in its place (as the
    `source`). Raises ArtifactError, also where it is larger than MOST_BYTES.
    """
    with TemporaryDirectory(prefix="newsreel-ship-") as scratch:
        made = build(Path(scratch), replace(order, name=DEFAULT, only=True), report).artifact
        size = sum(file["bytes"] for file in made.card["files"].values())
        if size > MOST_BYTES:
            raise ArtifactError(f"the model has {megabytes(size)}, what comes with the package {megabytes(MOST_BYTES)}")
        card = {**made.card, **about, "default": True, "shipped": True}
        (made.folder / "card.toml").write_text(tomli_w.dumps(card), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made.folder, folder)
    return load_shipped(folder, task="entities")


class _TokenClassifiers:
    """See `making.Craft`."""

    task: Task = "entities"
    published = "transformers"

    def __init__(self, gold: Sequence[Gold] | None) -> None:
        """`gold`: of the held-out texts."""
        self._gold = gold

    def about(self, model: Pretrained) -> Mapping[str, Any]:
        """See `making.Craft`."""
        if OUTSIDE not in model.labels:
            raise ArtifactError(
                f"the model in {model.folder} has the labels {', '.join(model.labels)[:80]}, and none of them is "
                f"{OUTSIDE}, for what is no name: say in id2label of its config.json what they are, as O, B-PER, I-PER"
            )
        said = {"labels": list(model.labels), "temperature": model.temperature, "strict_bio": model.strict_bio}
        if not model.case_as_token_type:
            return said
        if model.token_types != CASE_TYPES:
            raise ArtifactError(
                f"the model in {model.folder} is to read capitals as token types, and has {model.token_types} of "
                f"those where there are {CASE_TYPES} ways to be written: its config.json or its weights are of another"
            )
        return {**said, "case_as_token_type": True}

    def tokens(self, model: Pretrained) -> Tokens:
        """See `making.Craft`."""
        return Tokens(model.tokenizer, model.max_tokens, types=case_types if model.case_as_token_type else None)

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
        shown = TypedLogits(network) if model.case_as_token_type else Logits(network)
        card = {"name": "", "fingerprint": "", "max_tokens": model.max_tokens, **self.about(model)}
        files = {model.tokenizer.name: {"sha256": sha256_of(model.tokenizer)}}
        published = Artifact(model.tokenizer.parent, {**card, "files": files})
        return self.ours(published, Sessions(open_session("torch", shown, Execution())))

    def same(self, expected: Any, found: Any) -> Verdict:
        """See `making.Craft`."""
        agreed = Measure("span F1", span_f1(expected, found), LEAST_F1)
        return Verdict(f"{self.published}' entities of {len(expected)} texts", (agreed,))

    def near(self, expected: Any, found: Any) -> Verdict:
        """See `making.Craft`."""
        return spans_gate(expected, found, self._gold)
