"""Making the default embedder's artifact: weights checked, converted, measured against the reference, then installed.

Imports torch and sentence-transformers; nothing that serves imports this.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from newsreel.core.errors import ArtifactError
from newsreel.core.protocols import Vectors
from newsreel.models.embedder.config import default_card
from newsreel.models.embedder.model import TextEmbedder
from newsreel.models.runtime import artifact
from newsreel.models.runtime.weights import REMEDY, checked_weights

__all__ = ["build_default", "weights_folder"]

RECIPE = "1"
"""Part of the fingerprint: raise it whenever the graph a build makes could give other vectors."""

PROBES = (
    "flood",
    "Prime minister resigns",
    "ukraine grain deal un",
    "Where did the container ship run aground?",
    "Rescue workers carry a man from his house in the flooded old town on Tuesday.",
    "The central bank left borrowing costs unchanged, saying inflation would return to its target by the autumn.",
    "Zürich, São Paulo, Łódź: naïve façades 東京 Москва القاهرة 🙂",
    "It rained. " * 40,
    "The committee met on Thursday and heard evidence from eleven witnesses. " * 30,  # longer than the model reads
)


def build_default(root: Path, report: Callable[[str], None], *, again: bool = False) -> None:
    """Build all-MiniLM-L6-v2 into `root`, unless it is there. `report` is told each step.

    Raises ArtifactError, also below the gate.
    """
    card = default_card()
    source = weights_folder()
    artifact.install(root, card["name"], lambda folder: _fill(folder, source, card, report), again=again, report=report)


def weights_folder() -> Path:
    """The Hugging Face folder of the default embedder, its weights' checksum checked. Raises ArtifactError."""
    return checked_weights(default_card()["weights"]).parent


def _fill(folder: Path, source: Path, card: dict[str, Any], report: Callable[[str], None]) -> None:
    try:
        from newsreel.models.runtime.conversion.export import export_encoder
        from newsreel.models.runtime.conversion.pretrained import read_pretrained
    except ImportError as error:
        raise ArtifactError(f"{error.name} is not installed: {REMEDY}") from error
    report("weights checked; converting to ONNX")
    export_encoder(read_pretrained(source, "embed"), folder / "model.onnx")
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
    tokenizer = hashlib.sha256((folder / "tokenizer.json").read_bytes()).hexdigest()
    identity = f"{card['weights']['sha256']} {tokenizer} {RECIPE} fp32 {card['max_tokens']}"
    built = {
        "format": artifact.FORMAT,
        "fingerprint": hashlib.sha256(identity.encode()).hexdigest()[:16],
        "precision": "fp32",
        **card,
        "graphs": {"fp32": "model.onnx"},
        "files": artifact.listing(folder),
    }
    report("measuring against sentence-transformers")
    built["measured"] = _measure(TextEmbedder.open(artifact.Artifact(folder, built)), source, card)
    (folder / "card.toml").write_text(tomli_w.dumps(built), encoding="utf-8")


def _measure(embedder: TextEmbedder, source: Path, card: dict[str, Any]) -> dict[str, Any]:
    """Quality and speed beside the reference implementation's, on the same texts, in the same process."""
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(source), device="cpu", local_files_only=True)

    def encode(texts: list[str]) -> Vectors:
        vectors: Vectors = reference.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return vectors

    probes = list(PROBES)
    cosines = (embedder.embed(probes) * encode(probes)).sum(axis=1)
    if cosines.min() < card["gate_cosine"]:
        worst = probes[int(np.argmin(cosines))]
        raise ArtifactError(
            f"the converted model is refused: cosine {cosines.min():.6f} to the reference on {worst[:40]!r}, "
            f"the gate is {card['gate_cosine']}"
        )
    query, passage = probes[2:3], probes[5:6] * 32
    return {
        "cosine_to_reference_min": round(float(cosines.min()), 7),
        "cosine_to_reference_mean": round(float(cosines.mean()), 7),
        "speed_one_query_ratio": _ratio(lambda: encode(query), lambda: embedder.embed(query), 15),
        "speed_passages_ratio": _ratio(lambda: encode(passage), lambda: embedder.embed(passage), 5),
        "reference": "sentence-transformers on torch, same machine, same run, median",
        "machine": f"{platform.machine()}, {platform.processor() or 'unnamed processor'}",
    }


def _ratio(reference: Callable[[], object], ours: Callable[[], object], runs: int) -> float:
    """How many times faster ours is: medians of runs taken in turns."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for times, call in zip(taken, (reference, ours), strict=True):
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
    return round(statistics.median(taken[0]) / statistics.median(taken[1]), 2)
