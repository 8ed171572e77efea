"""A whole run: inference, files of three sizes, several at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.shots import inference
from bench.shots.contestants import OURS, PACKAGE, Package, detectors, models
from bench.shots.files import measure
from bench.shots.footage import frames_of, model_films, pieces, write_sizes
from bench.shots.inference import Stretch
from bench.shots.report import Report
from bench.shots.several import together

from newsreel.models.runtime import artifact, cpu
from newsreel.models.runtime.sessions import available
from newsreel.models.shots import DEFAULT, TransNetModel
from newsreel.settings import Settings

__all__ = ["FULL", "QUICK", "Scale", "hold"]

_SEVERAL = "720p"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured."""

    stretch: int
    """Frames of a stretch that inference is raced through."""
    stretches: int | None
    """Of each film; None is all of it."""
    rounds: int
    frames: int
    """Of a file."""
    films: int
    """Cut at once."""


FULL = Scale(stretch=500, stretches=None, rounds=4, frames=600, films=4)
QUICK = Scale(stretch=250, stretches=1, rounds=2, frames=100, films=2)


def hold(videos: Path, scale: Scale, say: Callable[[str], None]) -> Report:
    """Race all. Raises ArtifactError, SourceError, UsageError."""
    settings = Settings()
    made = artifact.load(settings.artifacts, DEFAULT, task="shots")
    model, package, others = TransNetModel(made, threads=settings.threads), Package(), detectors()
    scoring = models(made, model, settings.threads)
    stretches = [
        Stretch(path.name, number * scale.stretch, piece)
        for path in model_films(videos).values()
        for number, piece in enumerate(pieces(frames_of(path), scale.stretch)[: scale.stretches])
    ]
    inferred = inference.infer(stretches, scoring, package, _rounds(say, "inference", len(stretches)))
    with TemporaryDirectory(prefix="newsreel-bench-") as scratch:
        say("coding films")
        files = write_sizes(videos, Path(scratch), scale.frames)
        sizes = [
            measure(name, path, model, scoring[OURS], package, others, scale.rounds, _rounds(say, name, scale.rounds))
            for name, path in files.items()
        ]
        films = [files[_SEVERAL]] * scale.films
        several = together(films, model, scale.rounds, _rounds(say, "several at once", scale.rounds))
    runtime = "ONNX Runtime, fp32" if available("openvino") else f"OpenVINO, {made.precision}"
    return Report(
        machine=str(cpu.describe()),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        rounds=scale.rounds,
        about={OURS: f"{runtime}, long windows", PACKAGE: package.about},
        inference=inferred,
        sizes=sizes,
        several=several,
        claims=inference.claims(inferred),
    )


def _rounds(say: Callable[[str], None], what: str, rounds: int) -> Callable[[int], None]:
    return lambda number: say(f"{what}: round {number} of {rounds}")
