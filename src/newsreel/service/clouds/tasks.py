"""Each task as a cloud asks for it: a row of texts at a time, or a body of the task's own route."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from newsreel.core.errors import UsageError
from newsreel.service import answering
from newsreel.service.schemas import ClassifyAsked, EmbeddingsAsked, LabelAnswer, RerankAsked, TextsAsked
from newsreel.service.state import State

__all__ = ["Task", "task_named"]


@dataclass(frozen=True, slots=True)
class Task:
    """What a row is turned into, and what is said of it."""

    name: str
    columns: tuple[str, ...]
    """Of a row; each is a text."""

    asked: type[BaseModel]
    body: Callable[..., dict[str, object]]
    """Of a row's texts."""

    answer: Callable[[State, Any], Awaitable[Any]]
    said: Callable[[Any], object]
    """Of the answer to a row's body: what it says of the row."""

    cells: Callable[[Any], Iterable[object]] | None
    """That as columns; None where it does not fit into any."""

    def read(self, body: Mapping[str, object]) -> BaseModel:
        """What is asked in a body of the task's own route. Raises RequestValidationError, as that route does."""
        try:
            return self.asked.model_validate(body)
        except ValidationError as error:
            wrong = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
            raise RequestValidationError(wrong) from None


def _numbers(vector: Any) -> Iterable[object]:
    return [vector] if isinstance(vector, str) else vector


def _likeliest_first(labels: Iterable[LabelAnswer]) -> Iterable[object]:
    return [cell for each in labels for cell in (each.label, each.score)]


_TASKS = (
    Task(
        "embed",
        ("text",),
        EmbeddingsAsked,
        lambda text: {"input": text},
        answering.embeddings,
        lambda answer: answer.data[0].embedding,
        _numbers,
    ),
    Task(
        "entities",
        ("text",),
        TextsAsked,
        lambda text: {"text": text},
        answering.entities,
        lambda answer: answer.results[0].entities,
        None,
    ),
    Task(
        "rerank",
        ("query", "passage"),
        RerankAsked,
        lambda query, passage: {"query": query, "documents": [passage]},
        answering.rerank,
        lambda answer: answer.results[0].relevance_score,
        lambda score: [score],
    ),
    Task(
        "classify",
        ("text",),
        ClassifyAsked,
        lambda text: {"inputs": text},
        answering.classify,
        lambda answer: answer.results[0].labels,
        _likeliest_first,
    ),
)
_NAMED = {task.name: task for task in _TASKS}


def task_named(name: object) -> Task:
    """The task of this name. Raises UsageError."""
    if not isinstance(name, str) or name not in _NAMED:
        raise UsageError(f"{name!r} is no task: {', '.join(_NAMED)} are")
    return _NAMED[name]
