"""The process that does one job of a benchmark: a job as JSON on stdin, its answer as JSON on stdout.

What is heavy is imported in here only, so that its memory and its crashes are the job's.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from newsreel.core.errors import NewsreelError
from newsreel.models.runtime.batching import WIDTH_STEP
from newsreel.models.runtime.sessions import Arrays, Output, Session
from newsreel.ops.bench.grid import WIDTH_STEPS, Configuration
from newsreel.ops.bench.models import Model
from newsreel.ops.bench.quality import compare
from newsreel.ops.bench.workload import Workload

__all__ = ["main"]

_WARM_UP_QUERIES = 3
_FEWEST_QUERIES, _MOST_QUERIES = 20, 1_000

_PROBES, _PROFILED = 4, 6
"""Rows run beside another, and batches profiled."""


def main() -> None:
    """Do the job on stdin. Anything else that is printed goes to stderr."""
    _die_first()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as stdout:
        os.dup2(2, 1)
        job = json.load(sys.stdin)
        try:
            answer = _JOBS[job["job"]](job)
        except NewsreelError as error:
            answer = {"error": str(error)}
        except MemoryError:
            answer = {"error": "out of memory"}
        except Exception as error:  # noqa: BLE001 whatever a runtime raises is its row's cause
            first = (str(error).strip().splitlines() or [""])[0]
            answer = {"error": f"{type(error).__name__}: {first}"[:300]}
        json.dump(answer, stdout)
        stdout.flush()
        os._exit(0)  # a runtime that hangs or crashes as it is torn down has measured all the same


def _measure(job: Mapping[str, Any]) -> dict[str, Any]:
    configuration, workload = Configuration(**job["configuration"]), Workload.load(Path(job["workload"]))
    step, model = WIDTH_STEPS.get(configuration.runtime, WIDTH_STEP), Model(**job["model"])
    before_mb = _peak_mb()
    start = time.perf_counter()
    session = model.open(configuration)
    load_s = time.perf_counter() - start
    rows, batches = zip(*workload.batches(configuration.batch_tokens, step), strict=True)
    queries = [workload.batch([query]) for query in workload.queries]
    outputs = session.run_all(batches)  # the warm-up
    query_ms = _query_ms(session, queries, job["seconds"])
    documents_s = len(workload.documents) / _seconds_each(lambda: session.run_all(batches), job["seconds"])
    p50, p95 = np.percentile(query_ms, [50, 95]).tolist()
    sample = {
        "load_s": load_s,
        "memory_mb": max(_peak_mb() - before_mb, 0.0),
        "query_p50_ms": p50,
        "query_p95_ms": p95,
        "documents_s": documents_s,
    }
    if not job["compare"]:
        return {"sample": sample, "quality": None}
    found = _by_row(workload, rows, outputs)
    quality = compare(
        model.task, found, _load(job["reference"]), labels=model.labels, **_changes(session, workload, step)
    )
    return {"sample": sample, "quality": asdict(quality)}


def _reference(job: Mapping[str, Any]) -> dict[str, Any]:
    """What the fp32 graph gives for each document alone."""
    workload = Workload.load(Path(job["workload"]))
    session = Model(**job["model"]).open(Configuration(**job["configuration"]))
    outputs = [session.run(document)[0] for document in workload.documents]
    path = Path(job["reference"])
    with path.with_suffix(".part").open("wb") as file:
        np.savez(file, *outputs)
    path.with_suffix(".part").replace(path)
    return {}


def _prepare(job: Mapping[str, Any]) -> dict[str, Any]:
    Model(**job["model"]).prepare(job["form"])
    return {}


def _profile(job: Mapping[str, Any]) -> dict[str, Any]:
    configuration, workload = Configuration(**job["configuration"]), Workload.load(Path(job["workload"]))
    step = WIDTH_STEPS.get(configuration.runtime, WIDTH_STEP)
    batches = [inputs for _, inputs in workload.batches(configuration.batch_tokens, step)]
    batches = batches[:: -(-len(batches) // _PROFILED)]
    return {"operators": Model(**job["model"]).profile(configuration, batches)}


_JOBS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "measure": _measure,
    "reference": _reference,
    "prepare": _prepare,
    "profile": _profile,
}


def _query_ms(session: Session, queries: list[Arrays], seconds: float) -> list[float]:
    """One query at a time, as many as there is time for, within bounds; first one of each width, to warm up."""
    widths = {next(iter(query.values())).shape: query for query in queries}
    for query in [*widths.values(), *queries[:_WARM_UP_QUERIES]]:
        session.run(query)
    taken: list[float] = []
    begun = time.perf_counter()
    while len(taken) < _MOST_QUERIES:
        start = time.perf_counter()
        session.run(queries[len(taken) % len(queries)])
        end = time.perf_counter()
        taken.append((end - start) * 1000)
        if end - begun > seconds and (len(taken) >= _FEWEST_QUERIES or end - begun > 4 * seconds):
            break
    return taken


def _seconds_each(call: Callable[[], object], seconds: float) -> float:
    """Of the median of as many calls as there is time for, one at least."""
    taken: list[float] = []
    while not taken or sum(taken) < seconds:
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return float(np.median(taken))


def _changes(session: Session, workload: Workload, step: int) -> dict[str, float]:
    """What becomes of a row's numbers in company: with rows of its own width, as models batch them, and padded.

    One text alone has no company, and changes nothing.
    """
    by_length = [workload.documents[n] for n in sorted(range(len(workload.documents)), key=workload.tokens)]
    probes = by_length[: -1 : max(1, len(by_length) // _PROBES)]
    return {
        "neighbours": max(
            (_change(session, workload, row, workload.company(row, step), step) for row in probes), default=0.0
        ),
        "padding": max((_change(session, workload, row, by_length[-1:], step) for row in probes), default=0.0),
    }


def _change(session: Session, workload: Workload, row: Arrays, others: Sequence[Arrays], step: int) -> float:
    """The greatest change of a number of a row's when it runs before others instead of alone."""
    alone = session.run(workload.batch([row], step))[0]
    beside = session.run(workload.batch([row, *others], step))[0][: len(alone)]
    return float(np.abs(alone - beside).max())


def _by_row(workload: Workload, rows: tuple[list[int], ...], outputs: list[Output]) -> list[Output]:
    """Each document's output, without what was given for padding."""
    found = dict(zip((n for batch in rows for n in batch), (o for batch in outputs for o in batch), strict=True))
    return [found[n][: workload.tokens(n)] if found[n].ndim > 1 else found[n] for n in range(len(found))]


def _load(path: str) -> list[Output]:
    with np.load(path, allow_pickle=False) as stored:
        return [stored[name] for name in stored.files]


def _peak_mb() -> float:
    """The most memory this process held at once. Linux's `ru_maxrss` would count what its parent held as well."""
    with contextlib.suppress(OSError, StopIteration):
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS counts bytes


def _die_first() -> None:
    """Where memory runs out, it is this process that ends, not the one that keeps the results."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


if __name__ == "__main__":
    main()
