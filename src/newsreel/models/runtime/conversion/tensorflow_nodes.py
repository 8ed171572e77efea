"""A node of an ONNX graph, as what translates it to TensorFlow is given it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from newsreel.core.errors import ArtifactError

__all__ = ["Node", "Value"]

Value = Any
"""A TensorFlow tensor, variable or constant."""


@dataclass(frozen=True, slots=True)
class Node:
    """One operator of a graph, with what it reads."""

    kind: str
    name: str
    attributes: Mapping[str, Any]
    inputs: Sequence[Value]
    """None where one is left out."""
    constants: Sequence[npt.NDArray[Any] | None]
    """Of the inputs, those known before the graph runs."""

    def given(self, number: int) -> bool:
        """Whether an input that may be left out is there."""
        return number < len(self.inputs) and self.inputs[number] is not None

    def constant(self, number: int) -> list[int]:
        """An input of whole numbers that must be known now. Raises ArtifactError where it is computed."""
        found = self.constants[number]
        if found is None:
            raise self.refused(f"its input {number} is computed")
        return [int(n) for n in np.ravel(found)]

    def attribute(self, name: str, default: Any) -> Any:
        """An attribute, or what ONNX says it is without."""
        return self.attributes.get(name, default)

    def refused(self, why: str) -> ArtifactError:
        """The error for what of an operator is not translated."""
        return ArtifactError(f"{self.kind} {self.name} cannot be converted to TensorFlow: {why}")
