"""Tiny artifacts, made once a session by architecture and task."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.encoder_builders import tiny_folder

from newsreel.models.runtime.artifact import Artifact, listing


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """A pretrained folder by architecture and task."""
    pytest.importorskip("torch", reason="needs the build extra")
    root = tmp_path_factory.mktemp("pretrained")

    def find(architecture: str, task: str) -> Path:
        path = root / f"{architecture}-{task}"
        return path if path.exists() else tiny_folder(path, architecture, task)

    return find


@pytest.fixture(scope="session")
def make(folder: Callable[[str, str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Artifact]:
    """An artifact by architecture and task; its card as a build writes it, as far as running needs it."""
    from newsreel.models.runtime.conversion.export import export_encoder
    from newsreel.models.runtime.conversion.pretrained import read_pretrained

    made: dict[tuple[str, str], Path] = {}

    def build(architecture: str, task: str, **said: Any) -> Artifact:
        model = read_pretrained(folder(architecture, task), task)
        if (architecture, task) not in made:
            target = made[architecture, task] = tmp_path_factory.mktemp("artifact")
            export_encoder(model, target / "model.onnx")
            (target / "tokenizer.json").write_bytes(model.tokenizer.read_bytes())
        target = made[architecture, task]
        about = {"name": f"tiny {task}", "fingerprint": "f", "task": task, "precision": "fp32"}
        read = {"labels": list(model.labels), "scores": model.scores, "max_tokens": model.max_tokens}
        files = {"graphs": {"fp32": "model.onnx"}, "files": listing(target)}
        return Artifact(target, about | read | {"dimension": model.hidden} | files | said)

    return build
