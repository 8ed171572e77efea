"""What a task knows of its models: the part of building one that differs from task to task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.conversion.gates import Verdict
from newsreel.models.runtime.conversion.pretrained import Pretrained
from newsreel.models.runtime.conversion.tasks import Task
from newsreel.models.runtime.reading import Sessions
from newsreel.models.runtime.tokens import Input, Tokens

__all__ = ["Answers", "Craft"]

Answers = Callable[[Sequence[str]], Any]
"""Texts to what a model makes of them, in a form that two models' can be compared in."""


class Craft(Protocol):
    """How the models of a task are opened, compared and described."""

    task: Task
    published: str
    """The implementation that models of this task are published for."""

    def about(self, model: Pretrained) -> Mapping[str, Any]:
        """What the card says of such a model alone."""
        ...

    def tokens(self, model: Pretrained) -> Tokens:
        """What such a model reads with."""
        ...

    def inputs(self, texts: Sequence[str]) -> list[Input]:
        """What the graph is calibrated on, of these texts."""
        ...

    def ours(self, artifact: Artifact, sessions: Sessions) -> Answers:
        """The model, with a graph that is open."""
        ...

    def theirs(self, model: Pretrained) -> Answers:
        """The published implementation, on the CPU."""
        ...

    def same(self, expected: Any, found: Any) -> Verdict:
        """Whether a converted model answers as the published one does."""
        ...

    def near(self, expected: Any, found: Any) -> Verdict:
        """Whether a quantised model answers nearly as it did in floats: the gate."""
        ...
