"""An environment for each peer, made once with pip: what one needs never changes what another gets."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

__all__ = ["NotInstalledError", "environment", "of_its_own", "versions"]

_REQUIREMENTS = Path(__file__).parent / "requirements"
_TORCH = "torch==2.13.0"
"""Installed first: any other order may bring another build of it."""

_THE_CALLERS = ("PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH")
"""The last keeps `python -m` from the folder it runs in, where a contestant finds its module."""

_INSTALL_LIMIT_S = 1_800
_TOLD = (
    "torch",
    "transformers",
    "sentence-transformers",
    "optimum",
    "optimum-onnx",
    "optimum-intel",
    "onnxruntime",
    "openvino",
    "nncf",
    "tokenizers",
    "numpy",
    "fastapi",
    "uvicorn",
    "litserve",
    "infinity-emb",
)
"""What decides a contestant's speed."""


class NotInstalledError(Exception):
    """A peer's environment cannot be made. The message is pip's own."""


def environment(name: str, root: Path, report: Callable[[str], None], requirements: Path = _REQUIREMENTS) -> Path:
    """The Python of the peer's environment below `root`, made if need be of what is listed in the folder
    `requirements`. Raises NotInstalledError.
    """
    wanted = requirements / f"{name}.txt"
    digest = hashlib.sha256(f"{_TORCH}\n{wanted.read_text(encoding='utf-8')}".encode()).hexdigest()
    folder = root / name
    python, made = folder / "bin" / "python", folder / "made-of"
    if made.is_file() and made.read_text(encoding="utf-8") == digest:
        return python
    report(f"making the environment of {name}")
    shutil.rmtree(folder, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(folder)])
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, _TORCH])
    _run([*pip, "--requirement", str(wanted)])
    made.write_text(digest, encoding="utf-8")  # last: half an environment is made anew
    return python


def versions(python: Path | str) -> dict[str, str]:
    """What is installed there of what decides a contestant's speed."""
    listed = _run([str(python), "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"])
    found = {entry["name"].lower().replace("_", "-"): entry["version"] for entry in json.loads(listed)}
    return {name: found[name] for name in _TOLD if name in found}


def of_its_own() -> dict[str, str]:
    """The environment variables, without those that would take a peer's Python to the packages of the caller."""
    return {name: value for name, value in os.environ.items() if name not in _THE_CALLERS}


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=of_its_own(), timeout=_INSTALL_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalledError(f"{' '.join(command[:4])}: {error}") from error
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()
        raise NotInstalledError(next((line for line in lines if line.startswith("ERROR")), lines[-1]))
    return done.stdout
