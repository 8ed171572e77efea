"""A contestant's side of the race: commands come as lines of JSON, answers go back the same way.

Runs in the contestant's own environment, so: standard library and numpy only. Whatever a library prints goes to
stderr; stdout carries answers alone.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Encode", "Given", "Loaded", "by_length", "instruction_set", "made_once", "mean_pooled", "serve"]

Encode = Callable[[list[str], int | None], Any]
"""Texts and batch size (None: the contestant's own default) to vectors, or to whatever the task gives."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a contestant is told when it loads its model."""

    model: Path
    """Folder of the weights, the same for all."""

    scratch: Path
    """Where converted models may be kept between runs; of this contestant alone."""

    calibration: tuple[str, ...]
    """Real text for static quantisation."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A contestant that is ready."""

    encode: Encode
    about: str
    """What runs, in a few words: precision and runtime."""


def serve(load: Callable[[Given], Loaded]) -> None:
    """Answer commands until stdin ends. A command that fails is answered with its error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    encode: Encode | None = None
    for line in sys.stdin:
        command = json.loads(line)
        try:
            if command["do"] == "load":
                start = time.perf_counter()
                loaded = load(Given(Path(command["model"]), Path(command["scratch"]), tuple(command["calibration"])))
                encode = loaded.encode
                answer: dict[str, Any] = {"load_s": time.perf_counter() - start, "about": loaded.about}
            elif encode is None:
                raise RuntimeError("nothing is loaded yet")
            else:
                answer = _DOES[command["do"]](encode, command)
        except Exception as error:  # noqa: BLE001 - the race goes on without this contestant and says why
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


def _singly(encode: Encode, command: dict[str, Any]) -> dict[str, Any]:
    """Seconds for each text, one at a time."""
    return {"seconds": [_timed(encode, [text], None) for text in command["texts"]]}


def _together(encode: Encode, command: dict[str, Any]) -> dict[str, Any]:
    """Seconds for all texts in one call."""
    return {"seconds": [_timed(encode, command["texts"], command["batch"])]}


def _vectors(encode: Encode, command: dict[str, Any]) -> dict[str, Any]:
    """Write the texts' vectors to a file."""
    np.save(command["file"], np.asarray(encode(command["texts"], None), np.float32))
    return {}


_DOES: dict[str, Callable[[Encode, dict[str, Any]], dict[str, Any]]] = {
    "singly": _singly,
    "together": _together,
    "vectors": _vectors,
}


def _timed(encode: Encode, texts: list[str], batch: int | None) -> float:
    start = time.perf_counter()
    encode(texts, batch)
    return time.perf_counter() - start


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`, filled by `make` unless an earlier run has filled it."""
    if not folder.is_dir():
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        make(part)
        part.rename(folder)
    return folder


def instruction_set() -> str:
    """The quantisation preset made for this machine, as optimum calls it."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        flags = ""
    if "avx512_vnni" in flags:
        return "avx512_vnni"
    return "avx2" if os.uname().machine == "x86_64" else "arm64"


def mean_pooled(tokens: npt.NDArray[np.float32], mask: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Unit vectors from token vectors [batch, tokens, dim] and their mask."""
    weights = mask[..., None].astype(np.float32)
    pooled = (tokens * weights).sum(axis=1) / weights.sum(axis=1)
    unit: npt.NDArray[np.float32] = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
    return unit


def by_length(texts: Sequence[str]) -> list[int]:
    """Positions of texts, longest first: batches of like lengths pad least."""
    return sorted(range(len(texts)), key=lambda n: -len(texts[n]))
