"""What was measured: a sample is one round of one configuration, a row the median of its samples."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from newsreel.ops.bench.grid import SERVING, Configuration

__all__ = ["STORABLE", "Quality", "Row", "Sample", "row"]

STORABLE = 1e-5
"""Most that a number of an output may change with the rows beside it. A float32 sum's rounding is below 1e-6; a scale
that neighbours move is above 1e-2."""


@dataclass(frozen=True, slots=True)
class Quality:
    """An output beside that of the fp32 graph in ONNX Runtime, each text alone."""

    measure: str
    value: float
    worst: float
    """Of the text, or the window, that fared worst."""

    equal: float
    """What the value is where nothing is lost: 1, or 0 where the measure is a difference."""

    neighbours: float
    """Greatest change of a number when a text runs beside others of its width, as models batch them."""

    padding: float
    """Greatest change of a number when it is padded to a longer text: what padding by batch would cost."""

    below: str = ""
    """Why the gate refuses it; empty where it holds."""

    @property
    def loss(self) -> float:
        """How far the value is from equal."""
        return abs(self.equal - self.value)

    @property
    def storable(self) -> bool:
        """What it gives does not depend on what it was batched with (design decision 6)."""
        return self.neighbours <= STORABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One configuration in one round, in a process of its own."""

    load_s: float
    memory_mb: float
    """The process's peak beyond what it held before the runtime was imported."""

    query_p50_ms: float
    query_p95_ms: float
    documents_s: float
    """Documents a second; of film, windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A configuration and what came of it."""

    configuration: Configuration
    measured: Sample | None = None
    """Medians over the rounds."""

    documents_s_range: tuple[float, float] | None = None
    """Of the slowest round and of the fastest one."""

    quality: Quality | None = None
    rounds: int = 0
    failed: str = ""
    """Why there are no figures, or fewer rounds of them."""

    @property
    def key(self) -> str:
        """Its configuration's."""
        return self.configuration.key

    def refused(self, task: str) -> str:
        """Why it is not to be chosen for a task; empty where it may be."""
        if not self.configuration.serves:
            return self.failed or f"for comparison only: Newsreel serves with {' or '.join(SERVING)} on a processor"
        if self.measured is None or self.quality is None:
            return self.failed or "not measured"
        if self.quality.below:
            return self.quality.below
        if task == "embed" and not self.quality.storable:
            return f"not storable: a vector changes by {self.quality.neighbours:.0e} with its neighbours"
        return ""

    def as_json(self, task: str) -> dict[str, Any]:
        """For `results.json`."""
        return {
            "configuration": self.configuration.as_json(),
            "measured": asdict(self.measured) if self.measured else None,
            "quality": {**asdict(self.quality), "storable": self.quality.storable} if self.quality else None,
            "rounds": self.rounds,
            "documents_s_range": self.documents_s_range,
            "refused": self.refused(task),
            "failed": self.failed,
        }


def row(configuration: Configuration, samples: Sequence[Sample], quality: Quality | None, failed: str = "") -> Row:
    """Put the samples of one configuration together."""
    if not samples:
        return Row(configuration=configuration, failed=failed or "not measured")
    fields: Mapping[str, list[float]] = {name: [asdict(s)[name] for s in samples] for name in asdict(samples[0])}
    measured = Sample(**{name: _rounded(median(values)) for name, values in fields.items()})
    each = fields["documents_s"]
    return Row(
        configuration=configuration,
        measured=measured,
        documents_s_range=(_rounded(min(each)), _rounded(max(each))),
        quality=quality,
        rounds=len(samples),
        failed=failed,
    )


def _rounded(value: float) -> float:
    """Four significant figures: more than repeats."""
    return value if not value else round(value, 3 - math.floor(math.log10(abs(value))))
