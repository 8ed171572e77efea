"""What somebody asks to be built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsreel.core.errors import UsageError
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.gold import Gold

__all__ = ["PRECISIONS", "Made", "Order"]

PRECISIONS = ("fp32", "int8", "int8-dynamic", "int8-weights")
"""Of a graph: floats; integers with scales fixed by calibration; with scales found as it runs; weights alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A model to be made ready to run."""

    task: str
    source: str | None = None
    """Where its pretrained folder is; None for the task's default model."""
    name: str | None = None
    """What the artifact is to be called; None for the source's own name."""
    precision: str | None = None
    """One of PRECISIONS; None for int8 where the processor multiplies bytes natively, else fp32."""
    calibration: Sequence[str] = ()
    """Our own text, which int8's scales come of."""
    held_out: Sequence[str] = ()
    """Other text of our own: what quality and speed are measured on."""
    gold: Sequence[Gold] | None = None
    """The entities in each of `held_out`, by people: what is lost is then measured against these."""
    only: bool = False
    """Keep no other graph than the one that runs."""
    pickle_sha256: str | None = None
    """The checksum of a `pytorch_model.bin` that is trusted."""
    again: bool = False
    """Build even if it is there."""

    @property
    def own_name(self) -> str | None:
        """What the artifact will be called; None for the name of the task's default model."""
        if self.name or self.source is None:
            return self.name
        if self.source.startswith("hf:"):
            return self.source.removeprefix("hf:").partition("@")[0]
        return Path(self.source.rstrip("/")).name or self.source

    def __post_init__(self) -> None:
        if self.precision not in (None, *PRECISIONS):
            raise UsageError(f"there is no precision '{self.precision}': they are {', '.join(PRECISIONS)}")
        if self.gold is not None and len(self.gold) != len(self.held_out):
            raise UsageError(f"{len(self.held_out)} held-out texts have gold entities of {len(self.gold)}: give all")


@dataclass(frozen=True, slots=True)
class Made:
    """What came of an order."""

    artifact: Artifact
    fresh: bool
    """Built now; otherwise it was there."""
