"""A pretrained model in a folder, as Hugging Face and SentenceTransformers write it: read, checked, not yet loaded.

Nothing of what is read is run, and nothing of it is believed: what the files say of themselves must fit together.
Imports torch only for a pickle.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.conversion.architectures import ARCHITECTURES
from newsreel.models.runtime.conversion.documents import read_object
from newsreel.models.runtime.conversion.names import parameters, plain_name
from newsreel.models.runtime.conversion.pooling import Modules, Pooling, read_modules
from newsreel.models.runtime.conversion.shape import Shape, read_shape
from newsreel.models.runtime.conversion.tasks import (
    Scores,
    Task,
    check_task,
    read_flag,
    read_labels,
    read_scores,
    read_temperature,
)
from newsreel.models.runtime.conversion.tensors import Weights, find_weights
from newsreel.models.runtime.conversion.tokenizer import check_tokenizer, read_max_tokens
from newsreel.models.runtime.files import megabytes
from newsreel.models.runtime.memory import available_bytes

__all__ = ["Pretrained", "read_pretrained"]

ROOM = 3
"""Times its own size that converting a model takes: what is read, what is exported, and the graph that is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretrained(Shape):
    """A model that can be loaded, its weights still where they lie."""

    folder: Path
    task: Task
    labels: tuple[str, ...]
    """In the order of the logits; none of an embedder."""
    scores: Scores
    """What makes scores of logits, by the model's own configuration."""
    case_as_token_type: bool
    """Whether it reads capitals as token types: see `models.entities.case`."""
    strict_bio: bool
    """Whether its tags are to keep to BIO: see `models.entities.decoding`."""
    temperature: float
    """What logits are divided by before they become probabilities; 1 unless one was fitted."""
    pooling: Pooling
    """Of an embedder; of others it says nothing."""
    max_tokens: int
    """The longest text it is made to read, in tokens, those put around it included."""
    weights: Weights
    tokenizer: Path
    notes: tuple[str, ...]
    """What was taken for granted, or is left to whoever uses the model: a sentence each."""

    @property
    def reads_types(self) -> bool:
        """Whether it is to be told which text of a pair a token is of, or how its tokens are written."""
        if self.case_as_token_type:
            return True
        return self.task == "rerank" and self.token_types > 1 and ARCHITECTURES[self.architecture].pairs_typed

    @property
    def weights_sha256(self) -> str:
        """Of the file as it is now; see `Weights.sha256`. Raises ArtifactError."""
        return self.weights.sha256()

    @property
    def bytes(self) -> int:
        """Of its parameters as float32."""
        return 4 * sum(math.prod(parameter.shape) for parameter in parameters(self))


def read_pretrained(folder: Path, task: str, *, pickle_sha256: str | None = None) -> Pretrained:
    """The model in `folder`, for a task. Raises ArtifactError where it is none, is damaged, or does not fit the task.

    `pickle_sha256` is the checksum of a `pytorch_model.bin` that is trusted. UsageError for a task that there is not.
    """
    modules = read_modules(folder)
    place = modules.encoder if modules else folder
    path = place / "config.json"
    if not path.is_file():
        raise ArtifactError(
            f"{place} is no model: it has no config.json. A folder as transformers or sentence-transformers save it "
            "is expected"
        )
    config = read_object(path)
    shape = read_shape(path, config)
    check_task(path, config, task, pooled=modules is not None and modules.pooling is not None)
    fitting = cast("Task", task)
    labels = read_labels(path, config, fitting)
    pooling, notes = _pooling(folder, modules, shape, fitting)
    model = Pretrained(
        **{field.name: getattr(shape, field.name) for field in dataclasses.fields(shape)},
        folder=folder,
        task=fitting,
        labels=labels,
        scores=read_scores(path, config, fitting, len(labels)),
        case_as_token_type=read_flag(path, config, "case_as_token_type", fitting),
        strict_bio=read_flag(path, config, "strict_bio", fitting),
        temperature=read_temperature(path, config),
        pooling=pooling,
        max_tokens=read_max_tokens(place, shape.positions),
        weights=find_weights(place, pickle_sha256),
        tokenizer=check_tokenizer(place, shape.vocabulary),
        notes=(*notes, *_prompts(folder)),
    )
    _check_weights(model)
    _check_memory(model)
    return model


def _pooling(folder: Path, modules: Modules | None, shape: Shape, task: Task) -> tuple[Pooling, list[str]]:
    if modules is None or modules.pooling is None:
        assumed = f"{folder} does not say how it pools: by the mean of its tokens, normalised, is taken for granted"
        return Pooling("mean", normalised=True), [assumed] if task == "embed" else []
    if task != "embed":
        raise ArtifactError(
            f"{folder} is an embedder by its modules.json, which does not fit '{task}': build it for embed"
        )
    if modules.pooling.dimension not in (None, shape.hidden):
        raise ArtifactError(
            f"{folder} pools states {modules.pooling.dimension} wide of an encoder {shape.hidden} wide: "
            "it is damaged, fetch the model anew"
        )
    return modules.pooling, []


def _prompts(folder: Path) -> list[str]:
    """What the model wants in front of its texts: said where it is a choice, refused where it is the default."""
    path = folder / "config_sentence_transformers.json"
    said: Mapping[str, Any] = read_object(path) if path.is_file() else {}
    prompts = said.get("prompts")
    written = {name: text for name, text in prompts.items() if text} if isinstance(prompts, dict) else {}
    if not written:
        return []
    default = said.get("default_prompt_name")
    if isinstance(default, str) and default in written:
        raise ArtifactError(
            f"{path} puts {written[default]!r} in front of every text, which is not done here: "
            "use a model without a default prompt"
        )
    shown = ", ".join(f"{name} {text!r}" for name, text in written.items())
    return [f"it was trained with words in front of its texts, which the caller is to put there: {shown}"]


def _check_weights(model: Pretrained) -> None:
    """Every parameter is there, a number, and of the shape that the configuration says."""
    family = ARCHITECTURES[model.architecture]
    stored = {plain_name(name, family): tensor for name, tensor in model.weights.tensors.items()}
    for parameter in parameters(model):
        found = stored.get(parameter.published)
        if found is None:
            raise ArtifactError(
                f"the weights in {model.folder} hold no '{parameter.published}', which a {model.architecture} "
                f"for '{model.task}' has: they are of another model, or not whole"
            )
        if found.shape != parameter.shape:
            raise ArtifactError(
                f"'{parameter.published}' in {found.file} is {list(found.shape)}, its config.json makes it "
                f"{list(parameter.shape)}: one of them is of another model"
            )
        if not found.is_float:
            raise ArtifactError(
                f"'{parameter.published}' in {found.file} is quantised already: use the model's float weights"
            )


def _check_memory(model: Pretrained) -> None:
    free = available_bytes()
    if free is not None and ROOM * model.bytes > free:
        raise ArtifactError(
            f"the model in {model.folder} has {megabytes(model.bytes)} of weights, to convert it takes about {ROOM} "
            f"times that, and {megabytes(free)} of memory are free: use a larger machine, or a smaller model"
        )
