"""What is measured: every way of running a model that makes sense on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any, Literal

from newsreel.core.errors import UsageError
from newsreel.models.runtime import order
from newsreel.models.runtime.sessions import Execution

__all__ = ["PRECISIONS", "RUNTIMES", "SERVING", "WIDTH_STEPS", "Configuration", "Here", "Wanted", "grid"]

_RUNS: Mapping[str, tuple[str, ...]] = {
    "onnxruntime": order.PRECISIONS,
    "openvino": order.PRECISIONS,
    "torch": ("fp32", "bf16", "fp16"),
    "torch-compile": ("fp32", "bf16", "fp16"),
    "torchscript": ("fp32",),
    "tensorflow": ("fp32",),
    "litert": ("fp32",),
}
"""Precisions that a runtime has here."""

RUNTIMES = tuple(_RUNS)
PRECISIONS = (*order.PRECISIONS, "bf16", "fp16")
SERVING = ("onnxruntime", "openvino")
"""Runtimes that Newsreel serves with, by NEWSREEL_RUNTIME; the others are for comparison."""

WIDTH_STEPS: Mapping[str, int] = {"tensorflow": 64}
"""Runtimes that compile each shape anew are given few of them: documents are padded to multiples of this."""

_STREAMS = frozenset({"onnxruntime", "openvino"})
"""Runtimes that run several batches at once."""

_ON_CUDA: Mapping[str, tuple[str, ...]] = {
    "onnxruntime": ("fp32",),
    "torch": ("fp32", "bf16", "fp16"),
    "torch-compile": ("fp32", "bf16", "fp16"),
}

_DTYPES: Mapping[str, Literal["bfloat16", "float16"]] = {"bf16": "bfloat16", "fp16": "float16"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One way of running a model."""

    runtime: str
    precision: str
    threads: int
    streams: int
    batch_tokens: int
    """Tokens a batch at most; of film, windows."""

    device: Literal["cpu", "cuda"] = "cpu"

    @property
    def key(self) -> str:
        """What it is called in files: `openvino int8 2/2 512`."""
        where = "" if self.device == "cpu" else f"{self.device} "
        return f"{self.runtime} {self.precision} {where}{self.width} {self.batch_tokens}"

    def __str__(self) -> str:
        """`openvino int8, 2 threads in 2 streams, batches of 512`."""
        threads = f"{self.threads} thread{'' if self.threads == 1 else 's'}"
        streams = "" if self.streams == 1 else f" in {self.streams} streams"
        where = "" if self.device == "cpu" else f" on {self.device}"
        return f"{self.runtime} {self.precision}{where}, {threads}{streams}, batches of {self.batch_tokens}"

    @property
    def width(self) -> str:
        """Threads, and how they are shared: `2` is one stream of two, `2/2` is two of one."""
        return str(self.threads) if self.streams == 1 else f"{self.threads}/{self.streams}"

    @property
    def serves(self) -> bool:
        """Whether Newsreel can be set to run so; others are measured for comparison."""
        return self.runtime in SERVING and self.device == "cpu"

    @property
    def execution(self) -> Execution:
        """As sessions are told it."""
        how = Execution(threads=self.threads, streams=self.streams, device=self.device)
        return replace(how, dtype=_DTYPES[self.precision]) if self.precision in _DTYPES else how

    def as_json(self) -> dict[str, Any]:
        """For a file; `Configuration(**found)` is the way back."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a caller wants measured. What is empty is chosen for this machine."""

    runtimes: tuple[str, ...] = ()
    precisions: tuple[str, ...] = ()
    threads: tuple[int, ...] = ()
    batch_tokens: tuple[int, ...] = ()
    quick: bool = False
    """One width, one batch size, one round."""

    def __post_init__(self) -> None:
        """Raise UsageError for what does not exist."""
        _check("runtime", self.runtimes, RUNTIMES)
        _check("precision", self.precisions, PRECISIONS)
        if any(n < 1 for n in (*self.threads, *self.batch_tokens)):
            raise UsageError("threads and tokens a batch are 1 at least")

    @property
    def rounds(self) -> int:
        """How often every configuration is measured; the median counts."""
        return 1 if self.quick else 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What there is to choose from: of this machine and of this model."""

    cores: int
    batch_tokens: tuple[int, ...]
    precisions: tuple[str, ...] = PRECISIONS
    """That its graphs have or can be given."""

    cuda: bool = False


def grid(wanted: Wanted, here: Here) -> list[Configuration]:
    """The configurations wanted, those that share a graph together. Raises UsageError where nothing fits together."""
    threads = wanted.threads or ((here.cores,) if wanted.quick else tuple(sorted({1, here.cores})))
    batches = wanted.batch_tokens or (here.batch_tokens[:1] if wanted.quick else here.batch_tokens)
    found = [
        Configuration(
            runtime=runtime, precision=precision, threads=width[0], streams=width[1], batch_tokens=batch, device="cpu"
        )
        for runtime, precision in _pairs(wanted, here, _RUNS)
        if precision != "fp16"  # a processor has no fast way of it
        for width, batch in product(_widths(runtime, threads), batches)
    ]
    if here.cuda:
        found += [
            Configuration(
                runtime=runtime, precision=precision, threads=here.cores, streams=1, batch_tokens=batch, device="cuda"
            )
            for runtime, precision in _pairs(wanted, here, _ON_CUDA)
            for batch in batches
        ]
    if not found:
        names = ", ".join(f"{runtime}: {' '.join(precisions)}" for runtime, precisions in _RUNS.items())
        raise UsageError(f"no runtime asked for has such a precision here ({names}; fp16 on a GPU only)")
    return found


def _pairs(wanted: Wanted, here: Here, runs: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for runtime in wanted.runtimes or runs:
        for precision in runs.get(runtime, ()):
            if precision in (wanted.precisions or here.precisions):
                yield runtime, precision


def _widths(runtime: str, threads: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Threads and streams: all in one, and, where the runtime can, one each."""
    for count in threads:
        yield count, 1
        if count > 1 and runtime in _STREAMS:
            yield count, count


def _check(what: str, asked: Iterable[str], known: tuple[str, ...]) -> None:
    for name in asked:
        if name not in known:
            raise UsageError(f"there is no {what} '{name}': there are {', '.join(known)}")
