"""The model that is measured: its graphs, what is made of them for other runtimes, and how each is opened."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from newsreel.models.catalogue import default_card, find, load
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.sessions import Arrays, Session
from newsreel.ops.bench.grid import Configuration

if TYPE_CHECKING:
    import torch

__all__ = ["Model", "has_cuda", "missing", "pinned"]

_FILES = {
    "int8-dynamic": "model.int8-dynamic.onnx",
    "int8-weights": "model.int8-weights.onnx",
    "torchscript": "model.torchscript.pt",
    "tensorflow": "model.savedmodel",
    "litert": "model.tflite",
}
"""What is made for a benchmark alone, by its form: a precision of the ONNX graph, or a runtime's own format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """An artifact, and the folder in which more graphs are made of it. Plain values: it travels to other processes."""

    name: str
    task: str
    fingerprint: str
    artifacts: str
    """The folder of artifacts."""

    out: str
    """The benchmark's folder."""

    graphs: tuple[str, ...]
    """Precisions that the artifact has."""

    precision: str
    """The one of them that serves."""

    order: str
    """The command that builds it, but for the precision."""

    labels: tuple[str, ...] = ()
    """In the order of the logits, of a model that has them."""

    @classmethod
    def of(cls, artifacts: Path, name: str, out: Path) -> Model:
        """The artifact called `name`. Raises UsageError where there is none, and ArtifactError."""
        card = find(artifacts, name).card
        return cls(
            name=card["name"],
            task=card["task"],
            fingerprint=card["fingerprint"],
            artifacts=str(artifacts.absolute()),
            out=str(out.absolute()),
            graphs=tuple(card["graphs"]),
            precision=card["precision"],
            order=_order(card),
            labels=tuple(card.get("labels", ())),
        )

    def made(self) -> Artifact:
        """What is measured. Raises ArtifactError."""
        return load(Path(self.artifacts), self.name, self.task)

    def form(self, configuration: Configuration) -> str | None:
        """What has to be made before it can be opened; None where the artifact has it."""
        if configuration.runtime in _FILES:
            return configuration.runtime
        precision = configuration.precision
        return precision if precision in _FILES and precision not in self.graphs else None

    def graph(self, form: str) -> Path:
        """Where a form is, or will be."""
        return Path(self.out) / "graphs" / _FILES[form]

    def prepare(self, form: str) -> None:
        """Make a form; it is there whole or not at all. Raises ArtifactError where the graph cannot be converted."""
        from newsreel.ops.bench import forms

        target = self.graph(form)
        scratch = target.with_name(f"part.{target.name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.unlink(missing_ok=True)
        forms.make(form, self.made(), scratch)
        scratch.replace(target)

    def open(self, configuration: Configuration) -> Session:
        """A session for a configuration whose form is made. Raises NewsreelError."""
        from newsreel.models.runtime.sessions.opening import open_session

        return open_session(configuration.runtime, self._runnable(configuration), configuration.execution)

    def profile(self, configuration: Configuration, batches: Sequence[Arrays]) -> list[dict[str, Any]]:
        """Seconds and share of each operator, the longest first. Raises NewsreelError."""
        from newsreel.models.runtime.sessions.profiles import profile

        found = profile(configuration.runtime, self._runnable(configuration), configuration.execution, batches)
        return [{"operator": one.operator, "seconds": one.seconds, "share": one.share} for one in found]

    def _runnable(self, configuration: Configuration) -> Path | torch.nn.Module:
        form = self.form(configuration)
        if form is not None:
            return self.graph(form)
        if configuration.runtime.startswith("torch"):
            from newsreel.ops.bench import forms

            return forms.module(self.made())
        return self.made().graph(configuration.precision)


def _order(card: Mapping[str, Any]) -> str:
    default = default_card(card["task"])
    if default is not None and default["name"] == card["name"]:
        return f"newsreel models build {card['task']}"
    return f"newsreel models build {card['task']} {quote(pinned(card))} --name {quote(card['name'])}"


def pinned(card: Mapping[str, Any]) -> str:
    """What an artifact was made of, as `models build` is told it; of the Hub, the revision that it was."""
    source = str(card["source"])
    return f"{source}@{card['revision']}" if source.startswith("hf:") else source


def missing(runtimes: Iterable[str]) -> dict[str, str]:
    """Which of these runtimes cannot be had on this machine, and why."""
    from newsreel.models.runtime.sessions.opening import available

    return {name: why for name in dict.fromkeys(runtimes) if (why := available(name)) is not None}


def has_cuda() -> bool:
    """Whether there is a GPU of NVIDIA's with a driver."""
    return Path("/proc/driver/nvidia/version").exists()
