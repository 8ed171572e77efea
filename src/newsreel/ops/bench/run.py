"""A benchmark from beginning to end: prepare, measure in rounds, profile, report."""

from __future__ import annotations

import importlib.metadata
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from newsreel.core.errors import UsageError
from newsreel.models.runtime import cpu
from newsreel.ops.bench.children import JobError, ask
from newsreel.ops.bench.grid import PRECISIONS, Configuration, Here, Wanted, grid
from newsreel.ops.bench.models import Model, has_cuda, missing
from newsreel.ops.bench.records import Records
from newsreel.ops.bench.report import Report
from newsreel.ops.bench.rows import Quality, Row, Sample
from newsreel.ops.bench.workload import Workload

__all__ = ["Benchmark", "Step", "bench"]

_PACKAGES = ("onnxruntime", "openvino", "torch", "tensorflow-cpu", "ai-edge-litert", "numpy")
_BATCHES: Mapping[str, tuple[int, ...]] = {"shots": (1, 4)}
_BATCH_TOKENS = (512, 2048)
_PREPARING_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """What is to be measured, and how long."""

    model: Model
    workload: Workload
    inputs: str
    """The workload in words."""

    wanted: Wanted
    seconds: float = 0.7
    """For the queries, and as much again for the documents, of one configuration in one round."""

    deadline_s: float = 120.0
    """For one configuration in one round, loading and compiling counted."""

    p95_ms: float | None = None
    """What one query may take."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a benchmark is."""

    doing: str
    done: int
    total: int


def bench(asked: Benchmark, watch: Callable[[Step], None]) -> Report:
    """Measure what is not yet measured in the model's `out` folder; the report says all that is.

    KeyboardInterrupt ends the measuring, not the report. Raises UsageError where the folder holds another
    benchmark or one is writing to it, JobError where not even the reference runs.
    """
    with _alone(Path(asked.model.out)):
        run = _Run(asked, watch)
        interrupted = False
        try:
            run.measure()
        except KeyboardInterrupt:
            interrupted = True
        return run.report(interrupted=interrupted)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Two at once would mix their results, and slow each other."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / "lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise UsageError(
            f"another benchmark is writing to {out}: wait for it, or name another folder with --out"
        ) from None
    except OSError as error:
        raise UsageError(f"{out} cannot be written to ({error.strerror}): name another folder with --out") from error
    try:
        yield
    finally:
        lock.release()


class _Run:
    def __init__(self, asked: Benchmark, watch: Callable[[Step], None]) -> None:
        self._asked, self._watch = asked, watch
        self._processor = cpu.describe()
        batches = _BATCHES.get(asked.model.task, _BATCH_TOKENS)
        precisions = tuple(name for name in PRECISIONS if name != "int8" or name in asked.model.graphs)
        here = Here(cores=self._processor.cores, batch_tokens=batches, precisions=precisions, cuda=has_cuda())
        whole = grid(asked.wanted, here)
        self._missing = missing(one.runtime for one in whole)
        self._configurations = [one for one in whole if one.runtime not in self._missing]
        self._unprofiled: dict[str, str] = {}
        self._out = Path(asked.model.out)
        self._records = Records(self._out / "results.jsonl", self._subject())
        self._done = 0

    def measure(self) -> None:
        """Every configuration once, then every one again: a slow minute hits them all alike."""
        if self._records.fresh:
            self._clear()
        self._asked.workload.save(self._out / "inputs.npz")
        if not (self._out / "reference.npz").exists():
            self._step("the reference: fp32 in ONNX Runtime")
            ask({"job": "reference", **self._job(self._reference())}, _PREPARING_S)
        self._prepare()
        for round_ in range(self._asked.wanted.rounds):
            for configuration in self._configurations:
                self._step(f"round {round_ + 1}: {configuration}")
                self._once(configuration, round_)
                self._done += 1
        self._profile()

    def report(self, *, interrupted: bool) -> Report:
        """What is known by now."""
        asked = self._asked
        return Report(
            model=asked.model.name,
            task=asked.model.task,
            fingerprint=asked.model.fingerprint,
            processor=self._processor,
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            versions=_versions(),
            inputs=asked.inputs,
            rows=tuple(self._records.rows(self._configurations)),
            missing=self._missing,
            profiles=self._records.profiles,
            unprofiled=self._unprofiled,
            p95_ms=asked.p95_ms,
            interrupted=interrupted,
            precision=asked.model.precision,
            order=asked.model.order,
            unbuilt=self._unbuilt(),
        )

    def _unbuilt(self) -> tuple[str, ...]:
        model, wanted = self._asked.model, self._asked.wanted.precisions
        return () if "int8" in model.graphs or (wanted and "int8" not in wanted) else ("int8",)

    def _clear(self) -> None:
        (self._out / "reference.npz").unlink(missing_ok=True)
        shutil.rmtree(self._out / "graphs", ignore_errors=True)

    def _prepare(self) -> None:
        """Graphs that the artifact does not have. What cannot be made fails the configurations that would run it."""
        forms = {one: self._asked.model.form(one) for one in self._configurations}
        for form in dict.fromkeys(form for form in forms.values() if form is not None):
            if self._asked.model.graph(form).exists():
                continue
            self._step(f"making {form}")
            try:
                ask({"job": "prepare", "model": asdict(self._asked.model), "form": form}, _PREPARING_S)
            except JobError as error:
                for one in (one for one, needed in forms.items() if needed == form):
                    self._records.fail(one, str(error))

    def _once(self, configuration: Configuration, round_: int) -> None:
        if self._records.has(configuration, round_) or self._records.failed(configuration):
            return
        compare = not self._records.has_quality(configuration)
        job = {"job": "measure", "compare": compare, "seconds": self._asked.seconds, **self._job(configuration)}
        try:
            answer = ask(job, self._asked.deadline_s, configuration.threads)
        except JobError as error:
            self._records.fail(configuration, str(error))
            return
        quality = Quality(**answer["quality"]) if answer["quality"] else None
        self._records.add(configuration, round_, Sample(**answer["sample"]), quality)

    def _profile(self) -> None:
        """Of each runtime and precision one configuration: the last that was measured."""
        measured = {(row.configuration.runtime, row.configuration.precision): row for row in self._measured()}
        for row in (row for row in measured.values() if row.key not in self._records.profiles):
            self._step(f"profile: {row.configuration}")
            try:
                answer = ask({"job": "profile", **self._job(row.configuration)}, self._asked.deadline_s)
            except JobError as error:
                self._unprofiled.setdefault(str(error), row.key)
            else:
                self._records.add_profile(row.configuration, answer["operators"])

    def _measured(self) -> list[Row]:
        return [row for row in self._records.rows(self._configurations) if row.measured is not None]

    def _reference(self) -> Configuration:
        return Configuration(
            runtime="onnxruntime", precision="fp32", threads=self._processor.cores, streams=1, batch_tokens=1
        )

    def _job(self, configuration: Configuration) -> dict[str, Any]:
        return {
            "configuration": configuration.as_json(),
            "model": asdict(self._asked.model),
            "workload": str(self._out / "inputs.npz"),
            "reference": str(self._out / "reference.npz"),
        }

    def _subject(self) -> dict[str, str]:
        """What results must have in common to stand in one table."""
        return {
            "model": f"{self._asked.model.name} {self._asked.model.fingerprint}",
            "machine": str(self._processor),
            "text": self._asked.workload.identity,
            "version of a package": " ".join(f"{name} {version}" for name, version in _versions().items()),
        }

    def _step(self, doing: str) -> None:
        self._watch(Step(doing, self._done, len(self._configurations) * self._asked.wanted.rounds))


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
