"""ONNX graphs as files: reading, changing, writing. Imports onnx, so only building imports this."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from newsreel.core.errors import ArtifactError

__all__ = ["OLDEST_OPSET", "Draft", "read"]

OLDEST_OPSET = 18
"""The oldest operator set that is read: from here on the axes of a reduction are an input."""


def read(graph: Path) -> onnx.ModelProto:
    """A graph with its weights. Raises ArtifactError when it cannot be read or is of an older operator set."""
    try:
        model = onnx.load(str(graph))
    except Exception as error:
        raise ArtifactError(f"the graph {graph} cannot be read ({type(error).__name__}): build it anew") from error
    found = max((opset.version for opset in model.opset_import if opset.domain in ("", "ai.onnx")), default=0)
    if found < OLDEST_OPSET:
        raise ArtifactError(
            f"the graph {graph} is of operator set {found}, quantising reads {OLDEST_OPSET} and newer: export it anew"
        )
    return model


class Draft:
    """A graph being changed: nodes may be put before a node, constants added; constants nobody reads go at the end."""

    def __init__(self, model: onnx.ModelProto) -> None:
        """Change `model` itself."""
        self.model = model
        self._constants = {tensor.name: tensor for tensor in model.graph.initializer}

    def weight(self, name: str) -> npt.NDArray[np.float32]:
        """The value of a constant of floats."""
        value: npt.NDArray[np.float32] = numpy_helper.to_array(self._constants[name])
        return value

    def add(self, name: str, value: npt.ArrayLike) -> str:
        """Add a constant. Returns its name."""
        self._constants[name] = numpy_helper.from_array(np.asarray(value), name)
        return name

    def rewrite(self, change: Callable[[onnx.NodeProto], list[onnx.NodeProto]]) -> None:
        """Put in the place of each node what `change` makes of it, in the order of execution."""
        nodes = [made for node in self.model.graph.node for made in change(node)]
        del self.model.graph.node[:]
        self.model.graph.node.extend(nodes)

    def raise_opset(self, version: int) -> None:
        """Declare at least this operator set. What the operators of a converted encoder mean is the same since 18."""
        for opset in self.model.opset_import:
            if opset.domain in ("", "ai.onnx"):
                opset.version = max(opset.version, version)

    def save(self, out: Path) -> None:
        """Write the graph, its weights inside. Raises ArtifactError where it is too large for one file."""
        read = {name for node in self.model.graph.node for name in node.input}
        read |= {output.name for output in self.model.graph.output}
        del self.model.graph.initializer[:]
        self.model.graph.initializer.extend(tensor for name, tensor in self._constants.items() if name in read)
        try:
            onnx.save(self.model, str(out))
        except ValueError as error:  # protobuf's EncodeError among them
            raise ArtifactError(f"{out.name} would be larger than the 2 GB one file of a graph can hold") from error
