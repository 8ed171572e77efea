"""What a task asks of a model's head, and what the configuration says of its labels and scores."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.conversion.documents import whole_number

__all__ = ["TASKS", "Scores", "Task", "check_task", "read_flag", "read_labels", "read_scores", "read_temperature"]

Task = Literal["embed", "entities", "classify", "rerank"]
Scores = Literal["softmax", "sigmoid", "identity"]
"""What makes scores of logits: over all labels, for each by itself, or nothing."""

TASKS: Mapping[Task, str] = {
    "embed": "",
    "entities": "ForTokenClassification",
    "classify": "ForSequenceClassification",
    "rerank": "ForSequenceClassification",
}
"""How the name of a class with the task's head ends."""

MAX_LABELS = 10_000


def check_task(path: Path, config: Mapping[str, Any], task: str, *, pooled: bool) -> None:
    """Raise ArtifactError where the class that `config` names has another head than the task's; UsageError for no task.

    `pooled` tells whether the folder itself says how it embeds.
    """
    if task not in TASKS:
        raise UsageError(f"there is no task '{task}' for an encoder: the tasks are {', '.join(TASKS)}")
    names = config.get("architectures")
    named = str(names[0]) if isinstance(names, list) and names else None
    if named is None or (task == "embed" and pooled):
        return
    fitting = [other for other, ending in TASKS.items() if ending and named.endswith(ending)] or ["embed"]
    if task not in fitting:
        raise ArtifactError(
            f"{path} says this is a {named[:80]}, which has no head for '{task}': build it for {' or '.join(fitting)}"
        )


def read_labels(path: Path, config: Mapping[str, Any], task: Task) -> tuple[str, ...]:
    """The labels in the order of the logits; none of an embedder. Raises ArtifactError."""
    if task == "embed":
        return ()
    labels = _labels(path, config)
    if task == "rerank" and len(labels) != 1:
        raise ArtifactError(
            f"{path} has {len(labels)} labels, a reranker has one, its score: build it with the task classify"
        )
    return labels


def read_scores(path: Path, config: Mapping[str, Any], task: Task, labels: int) -> Scores:
    """What the model's own configuration makes of its logits. Raises ArtifactError for what is not known here."""
    if task == "embed":
        return "identity"
    if task == "rerank":
        return _reranker_scores(path, config)
    alone = task == "classify" and (labels == 1 or config.get("problem_type") == "multi_label_classification")
    return "sigmoid" if alone else "softmax"


def read_flag(path: Path, config: Mapping[str, Any], key: str, task: Task) -> bool:
    """What is true of our own models for entities, and never of others. Raises ArtifactError."""
    said = config.get(key, False)
    if not isinstance(said, bool):
        raise ArtifactError(f"{path} says '{key}' is {str(said)[:40]!r}: true or false is expected")
    if said and task != "entities":
        raise ArtifactError(f"{path} says '{key}', which is of models for entities alone, not for '{task}'")
    return said


def read_temperature(path: Path, config: Mapping[str, Any]) -> float:
    """What logits are divided by: a number above 0, 1 where nothing is said. Raises ArtifactError."""
    found = config.get("temperature", 1.0)
    if type(found) not in (int, float) or not 0 < found < math.inf:
        raise ArtifactError(f"{path} says 'temperature' is {str(found)[:40]}: a number above 0 is expected")
    return float(found)


def _labels(path: Path, config: Mapping[str, Any]) -> tuple[str, ...]:
    named = config.get("id2label")
    if named is None:
        return tuple(f"LABEL_{n}" for n in range(whole_number(path, config, "num_labels", (1, MAX_LABELS), 2)))
    if not isinstance(named, dict) or not 1 <= len(named) <= MAX_LABELS:
        raise ArtifactError(f"{path}: 'id2label' names no labels, or more than {MAX_LABELS}: it is damaged")
    try:
        labels = tuple(named[str(n)] for n in range(len(named)))
    except KeyError as error:
        raise ArtifactError(f"{path}: 'id2label' leaves out label {error.args[0]}: it is damaged") from None
    if not all(isinstance(label, str) and label for label in labels) or len(set(labels)) != len(labels):
        raise ArtifactError(f"{path}: the labels in 'id2label' are not names that differ: it is damaged")
    return labels


def _reranker_scores(path: Path, config: Mapping[str, Any]) -> Scores:
    said = config.get("sentence_transformers")
    named = said.get("activation_fn") if isinstance(said, dict) else None
    named = named or config.get("sbert_ce_default_activation_function") or "torch.nn.Sigmoid"
    known: Mapping[str, Scores] = {"Sigmoid": "sigmoid", "Identity": "identity"}
    found = known.get(str(named).rpartition(".")[2])
    if found is None:
        raise ArtifactError(
            f"{path} makes scores by {str(named)[:80]!r}, which is not known here: Sigmoid, Identity are"
        )
    return found
