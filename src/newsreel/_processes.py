"""Metrics of processes that serve as one: each keeps its own in files of one folder, and any of them tells all.

prometheus_client does the keeping and the adding up. Here a process is known by its place among the others, not by its
number in the system: whoever comes after one that died goes on counting where that one stopped, so that no counter
falls and there are never more files than places.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

__all__ = ["FOLDER", "PLACE", "begun", "ended", "kept_in", "together"]

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder; prometheus_client's own."""

PLACE = "NEWSREEL_PROCESS"
"""The variable that names a process's place. Both are there before it begins, or it counts for itself."""


def kept_in() -> Path | None:
    """The folder that this process's metrics are kept in, from now on; None where there is no other process.

    To be asked before a metric is made.
    """
    folder, place = os.environ.get(FOLDER), os.environ.get(PLACE)
    if not folder or not place:
        return None
    begun(Path(folder), place)
    values.ValueClass = values.MultiProcessValue(lambda: place)  # type: ignore[no-untyped-call]
    return Path(folder)


def together(folder: Path) -> CollectorRegistry:
    """The metrics of all, as they are whenever they are collected."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    registry.register(_Processes(folder))
    return registry


def begun(folder: Path, place: str) -> None:
    """This process runs at this place."""
    _pid_file(folder, place).write_text(str(os.getpid()), encoding="ascii")


def ended(folder: Path, place: str) -> None:
    """It does no longer. What it counted stays."""
    _pid_file(folder, place).unlink(missing_ok=True)
    mark_process_dead(place, str(folder))  # type: ignore[no-untyped-call]


def _pid_file(folder: Path, place: str) -> Path:
    return folder / f"{place}.pid"


class _Processes(Collector):
    """`process_*` of each, told apart by `process`: one's CPU seconds are not to be taken for another's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        found: dict[str, Metric] = {}
        for file in sorted(self._folder.glob("*.pid")):
            with suppress(FileNotFoundError):  # it has just ended
                for metric in _of(file.read_text(encoding="ascii")):
                    of_all = found.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                    for sample in metric.samples:
                        of_all.add_sample(sample.name, {"process": file.stem}, sample.value)
        yield from found.values()


def _of(pid: str) -> Iterable[Metric]:
    return ProcessCollector(pid=lambda: pid, registry=None).collect()
