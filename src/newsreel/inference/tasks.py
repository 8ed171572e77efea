"""All that a process can be asked, by task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from newsreel.core.entities import Entity
from newsreel.core.errors import NotFoundError
from newsreel.inference.answers import Answers
from newsreel.inference.engine import Engine
from newsreel.inference.load import Load
from newsreel.inference.memory import Memory
from newsreel.inference.redis_memory import RedisMemory
from newsreel.models.classifier import SequenceClassifier
from newsreel.models.embedder import TextEmbedder
from newsreel.models.entities import TokenClassifier
from newsreel.models.reranker import CrossEncoder
from newsreel.models.runtime.reading import ReadingModel
from newsreel.models.runtime.sessions import Output

__all__ = ["Inference", "Models"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Open models, None for a task that is not served."""

    embedder: TextEmbedder | None = None
    entities: TokenClassifier | None = None
    reranker: CrossEncoder | None = None
    classifier: SequenceClassifier | None = None


class Inference:
    """One engine, and a way to ask for each task. Thread-safe."""

    def __init__(self, models: Models, load: Load, memory: Memory, second: RedisMemory | None = None) -> None:
        """Start the engine. The second memory is closed with it."""
        self.load = load
        self.memory = memory
        self._second = second
        self._engine = Engine(load)
        self._embed: Answers[Output] | None = self._answers("embed", models.embedder)
        self._entities: Answers[list[Entity]] | None = self._answers("entities", models.entities)
        self._rerank: Answers[float] | None = self._answers("rerank", models.reranker)
        self._classify: Answers[Output] | None = self._answers("classify", models.classifier)
        self.models = models

    @property
    def embed(self) -> Answers[Output]:
        """Texts to vectors. Raises NotFoundError where they are not served, as all of these do."""
        return _served(self._embed, "embed")

    @property
    def entities(self) -> Answers[list[Entity]]:
        """Texts to entities."""
        return _served(self._entities, "entities")

    @property
    def rerank(self) -> Answers[float]:
        """Pairs of a query and a passage to scores."""
        return _served(self._rerank, "rerank")

    @property
    def classify(self) -> Answers[Output]:
        """Texts to a probability of each label."""
        return _served(self._classify, "classify")

    def close(self) -> None:
        """Take no more, and return when all that was asked has been answered."""
        self._engine.close()
        if self._second is not None:
            self._second.close()

    def _answers(self, task: str, model: ReadingModel[Any] | None) -> Answers[Any] | None:
        return None if model is None else Answers(task, model, self._engine, self.memory, self._second)


def _served(answers: Answers[Any] | None, task: str) -> Answers[Any]:
    if answers is None:
        raise NotFoundError(f"no model for {task} is served here: its operator names one in the settings")
    return answers
