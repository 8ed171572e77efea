"""Where the time of a graph goes, operator by operator, and what a runtime has made of its operators."""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.sessions.opening import available, open_session
from newsreel.models.runtime.sessions.seam import Arrays, Execution

if TYPE_CHECKING:
    import torch

__all__ = ["Share", "fused", "profile"]

_Times = Iterable[tuple[str, float, int]]
"""Operators, the seconds that they took and how often they ran; one may come several times."""

_NOT_RUN = ("Const", "Input", "Output")
"""What OpenVINO counts among its operators."""


@dataclass(frozen=True, slots=True)
class Share:
    """What of a graph's time one kind of operator takes."""

    operator: str
    """As the runtime names it; OpenVINO's with its kernel."""
    seconds: float
    """Over all batches."""
    share: float
    """Of all operators together: 0 to 1."""
    calls: int


def profile(
    runtime: str, graph: Path | torch.nn.Module, how: Execution, batches: Sequence[Arrays]
) -> tuple[Share, ...]:
    """The time that each kind of operator takes of these batches, each run once before, the longest first.

    On one stream, whatever `how` says: several would count each other's time. Measuring costs time itself, so that the
    shares tell more than the seconds. Raises UsageError for runtimes that tell nothing, and as `open_session`.
    """
    if runtime not in _PROFILERS:
        raise UsageError(f"{runtime} tells no times of its operators: {', '.join(_PROFILERS)} do")
    _check(runtime)
    seconds: defaultdict[str, float] = defaultdict(float)
    calls: Counter[str] = Counter()
    for operator, spent, ran in _PROFILERS[runtime](graph, replace(how, streams=1), batches):
        seconds[operator] += spent
        calls[operator] += ran
    total = sum(seconds.values())
    shares = [Share(operator, spent, spent / total, calls[operator]) for operator, spent in seconds.items()]
    return tuple(sorted(shares, key=lambda share: -share.seconds))


def fused(runtime: str, graph: Path) -> Counter[str]:
    """How many operators of each kind a runtime runs, once it has fused those of an `.onnx` graph.

    Of `onnxruntime` (which needs the onnx package for this) and `openvino` (each with its kernel, which says what
    it computes in). Raises UsageError for others, and as `open_session`.
    """
    if runtime not in _FUSED:
        raise UsageError(f"{runtime} does not tell what it runs: {' and '.join(_FUSED)} do")
    _check(runtime)
    return Counter(_FUSED[runtime](graph))


def _check(runtime: str) -> None:
    missing = available(runtime)
    if missing is not None:
        raise ArtifactError(missing)


def _onnx_times(graph: Path, how: Execution, batches: Sequence[Arrays]) -> _Times:
    from newsreel.models.runtime.sessions.onnx import open_graph, options_for

    with tempfile.TemporaryDirectory(prefix="newsreel-profile-") as scratch:
        options = options_for(how)
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(scratch) / "times")
        session = open_graph(graph, how, options)
        names = [found.name for found in session.get_inputs()]
        for batch in [*batches, *batches]:
            session.run(None, {name: batch[name] for name in names})
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    kernels = [event for event in events if event["cat"] == "Node" and event["name"].endswith("_kernel_time")]
    return [(event["args"]["op_name"], event["dur"] / 1e6, 1) for event in kernels[len(kernels) // 2 :]]


def _openvino_times(graph: Path, how: Execution, batches: Sequence[Arrays]) -> _Times:
    from newsreel.models.runtime.sessions.openvino import compiled

    model = compiled(graph, how, PERF_COUNT="YES")
    names, request = [found.any_name for found in model.inputs], model.create_infer_request()
    times = []
    for number, batch in enumerate([*batches, *batches]):
        request.infer({name: batch[name] for name in names})
        if number >= len(batches):
            ran = [one for one in request.profiling_info if one.real_time]
            times += [(_with_kernel(one.node_type, one.exec_type), one.real_time.total_seconds(), 1) for one in ran]
    return times


def _torch_times(graph: Any, how: Execution, batches: Sequence[Arrays], runtime: str) -> _Times:
    from torch.profiler import ProfilerActivity
    from torch.profiler import profile as record

    session = open_session(runtime, graph, how)
    session.run_all(batches)
    activities = [ProfilerActivity.CPU] + [ProfilerActivity.CUDA] * (how.device == "cuda")
    with record(activities=activities) as recorded:
        session.run_all(batches)
    spent = "self_device_time_total" if how.device == "cuda" else "self_cpu_time_total"
    return [(one.key, getattr(one, spent) / 1e6, one.count) for one in recorded.key_averages() if getattr(one, spent)]


def _onnx_fused(graph: Path) -> Iterable[str]:
    import onnx

    from newsreel.models.runtime.sessions.onnx import open_graph, options_for

    with tempfile.TemporaryDirectory(prefix="newsreel-fused-") as scratch:
        options = options_for(Execution(threads=1))
        options.optimized_model_filepath = str(Path(scratch) / "fused.onnx")
        open_graph(graph, Execution(), options)
        return [node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node]


def _openvino_fused(graph: Path) -> Iterable[str]:
    from newsreel.models.runtime.sessions.openvino import compiled

    model = compiled(graph, Execution(threads=1)).get_runtime_model()
    ran = [(info["layerType"].astype(str), info["primitiveType"].astype(str)) for info in map(_told, model.get_ops())]
    return [_with_kernel(operator, kernel) for operator, kernel in ran if operator not in _NOT_RUN]


def _told(node: Any) -> Mapping[str, Any]:
    info: Mapping[str, Any] = node.get_rt_info()
    return info


def _with_kernel(operator: str, kernel: str) -> str:
    return f"{operator} {kernel}"


_PROFILERS: Mapping[str, Callable[[Any, Execution, Sequence[Arrays]], _Times]] = {
    "onnxruntime": _onnx_times,
    "openvino": _openvino_times,
    **{name: partial(_torch_times, runtime=name) for name in ("torch", "torch-compile", "torchscript")},
}

_FUSED: Mapping[str, Callable[[Path], Iterable[str]]] = {"onnxruntime": _onnx_fused, "openvino": _openvino_fused}
